package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.config.Changes;
import dev.nexthop.config.Configuration;
import dev.nexthop.config.Effective;
import dev.nexthop.config.Loaded;
import dev.nexthop.config.Problem;
import dev.nexthop.config.Restarts;
import dev.nexthop.config.Surroundings;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.schedule.Supposed;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What macros yield may be a secret, wherever they stand; people see the macros. */
class MacroValuesTest {
    private static final String FILE = """
            storage.data = "d"
            store.d.type = "rocksdb"
            store.d.path = "/var/%{env:S}%"
            server.hostname = "%{env:S}%.example.org"
            [queue.outbound]
            next-hop = [ { if = "sender = '%{env:S}%' || to_uppercase('%{env:S}%' + sender_domain) = 'x'", then = "'defer:%{env:S}%'" },
                         { if = "%{env:TEST}%", then = "'relay'" },
                         { if = "rcpt_domain = '%{cfg:remote.relay.auth.secret}%'", then = false },
                         { if = "matches('^(.*)$', to_lowercase(rcpt_domain + '%{env:S}%')) && $1 = 'x'", then = false },
                         { if = "key_get('d', '%{env:S}%') = 'x' || true", then = "'%{env:S}%' + rcpt" },
                         { else = "'defer:%{env:S}%'" } ]
            source-ip.v4 = [ { if = "rcpt_domain = '%{env:S}%'", then = "['192.0.2.9']" }, { else = "[]" } ]
            [remote.relay]
            address = "relay.example.org"
            port = 25
            tls.implicit = false
            auth.username = "%{env:S}%"
            auth.secret = "%{env:HUSH}%"
            [lookup.t]
            a = "%{env:S}%"
            """;

    private static Loaded load(String secret, String text) {
        return Configuration.parse(
                "nexthop.toml",
                text.getBytes(StandardCharsets.UTF_8),
                Path.of("/nowhere"),
                new Surroundings(
                        name -> switch (name) {
                            case "TEST" -> "sender_domain = 'a.test' && rcpt_domain != 'b" + secret + "'";
                            case "HUSH" -> secret + "-hush";
                            default -> secret;
                        },
                        () -> "mail.example.org"));
    }

    private static Configuration configuration(String secret) {
        Loaded loaded = load(secret, FILE);
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        return ((Loaded.Ok) loaded).configuration();
    }

    private static String explained(Configuration configuration, String from) {
        Envelope envelope = new Envelope(
                ReversePath.of(from),
                List.of(Mailbox.parse("x@b.test")),
                BodyType.SEVEN_BIT,
                false,
                new Reception("", 0, "", "", "", 0));
        var json = new Explainer(configuration, configuration.local().offline(Map.of()))
                .explain(new Supposed(envelope, new QueueId(0), 0, Supposed.Past.NEW), Instant.EPOCH)
                .json();
        StringWriter text = new StringWriter();
        ExplanationText printer = new ExplanationText(new PrintWriter(text, true), Palette.PLAIN);
        json.path("recipients").forEach(printer::print);
        return json.toPrettyString() + text;
    }

    @Test
    void areInNoExplanation() {
        Configuration configuration = configuration("hush7hush");
        assertThat(explained(configuration, "x@a.test"))
                .doesNotContainIgnoringCase("hush7hush")
                .contains("sender = '%{env:S}%'", "to_uppercase('%{env:S}%' + sender_domain)", "'relay'");
        assertThat(explained(configuration, "x@c.test"))
                .doesNotContainIgnoringCase("hush7hush")
                .contains("%{cfg:remote.relay.auth.secret}%", "could not be evaluated");
    }

    @Test
    void areInNoListOfSettingsAndNoProblem() {
        String problems = load("hush7hush", FILE + """
                        [queue.schedule]
                        retry = "%{env:S}%"
                        notify = ["%{env:S}%"]
                        expire = "rcpt_domain %{env:S}%"
                        """).problems().stream()
                .map(Problem::render)
                .collect(Collectors.joining("\n"));
        String settings = configuration("hush7hush").effective().stream()
                .map(Effective::toString)
                .collect(Collectors.joining("\n"));
        assertThat(problems + settings).doesNotContainIgnoringCase("hush7hush");
        assertThat(problems).contains("what the macro yields does not fit here");
        assertThat(settings)
                .contains(
                        "remote.relay.auth.username = %{env:S}%", "if sender = '%{env:S}%'", "'%{env:S}%.example.org'");
    }

    @Test
    void changeWithoutBeingShown() {
        Configuration before = configuration("hush7hush");
        Configuration after = configuration("mum8mum");
        assertThat(Changes.between(before, after).summary())
                .contains("remote.relay.auth.username", "queue.outbound.next-hop")
                .doesNotContain("hush7hush", "mum8mum");
        assertThat(Restarts.between(before, after))
                .singleElement()
                .satisfies(problem -> assertThat(problem.render())
                        .contains("store.d.path can't change while")
                        .doesNotContain("hush7hush", "mum8mum"));
        assertThat(Changes.between(before, configuration("hush7hush")).settings())
                .isEmpty();
    }
}
