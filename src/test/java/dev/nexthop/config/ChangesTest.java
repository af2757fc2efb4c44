package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one line that tells what a reload changed, and what can't be changed by one. */
class ChangesTest {
    private static final String BASE = """
            [server]
            hostname = "mx.example.org"
            [server.listener.smtp]
            bind = "127.0.0.1:2525"
            protocol = "smtp"
            [store.db]
            type = "rocksdb"
            path = "/var/lib/nexthop"
            [storage]
            data = "db"
            [queue.outbound]
            next-hop = [ { if = "rcpt_domain = 'example.net'", then = "'relay'" }, { else = false } ]
            [remote.relay]
            address = "relay.example.org"
            port = 25
            protocol = "smtp"
            tls.implicit = false
            auth.username = "us"
            auth.secret = "first-secret"
            """;

    private static Configuration configuration(String text) {
        return switch (Configuration.parse(
                "/etc/nexthop/nexthop.toml",
                text.getBytes(StandardCharsets.UTF_8),
                Path.of("/"),
                new Surroundings(_ -> null, () -> "mx.example.org"))) {
            case Loaded.Ok ok -> ok.configuration();
            case Loaded.Failed failed ->
                throw new AssertionError(failed.problems().getFirst().render());
        };
    }

    private static String summary(String before, String after) {
        return Changes.between(configuration(before), configuration(after)).summary();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port = 25 | port = 2525 | 1 setting changed: remote.relay.port 25 → 2525 (nexthop.toml:15)",
                "first-secret | other-secret | 1 setting changed: remote.relay.auth.secret",
                "example.net | example.com | 1 setting changed: queue.outbound.next-hop",
                "protocol = \"smtp\" | protocol = \"smtp\" | no setting changed; files were read again",
                "[remote.relay] | [remote.\"a.b\"]\\naddress = \"x.example\"\\nport = 25\\ntls.implicit = false\\n"
                        + "[remote.relay] | remote \"a.b\" added",
                "[store.db] | [server.listener.submission]\\nbind = \"127.0.0.1:2587\"\\nprotocol = \"smtp\"\\n[store.db]"
                        + " | listener submission added",
                "port = 25\\n | port = 26\\nconcurrency = 3\\n | 2 settings changed:"
                        + " remote.relay.port 25 → 26 (nexthop.toml:15),"
                        + " remote.relay.concurrency 20 → 3 (nexthop.toml:16)",
            })
    void table(String from, String to, String summary) {
        String old = from.replace("\\n", "\n");
        assertThat(BASE).contains(old);
        assertThat(summary(
                        BASE,
                        BASE.replaceFirst(
                                java.util.regex.Pattern.quote(old),
                                java.util.regex.Matcher.quoteReplacement(to.replace("\\n", "\n")))))
                .isEqualTo(summary)
                .doesNotContain("secret\"", "first-secret", "other-secret");
    }

    @Test
    void whatIsGoneIsNamed() {
        assertThat(summary(
                        BASE,
                        BASE.replace("port = 25\n", "concurrency = 20\n").replace("listener.smtp", "listener.in")))
                .as("a default that is written is no change")
                .isEqualTo("listener in added, listener smtp removed");
    }

    @Test
    void aLineHasAnEnd() {
        List<Effective> before = new java.util.ArrayList<>();
        List<Effective> after = new java.util.ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            before.add(new Effective("k" + i, "1", Origin.DEFAULT));
            after.add(new Effective("k" + i, "2", Origin.DEFAULT));
        }
        assertThat(Changes.between(before, after).summary())
                .startsWith("1000 settings changed: k0 1 → 2 (default), ")
                .endsWith(" and 992 more")
                .hasSizeLessThan(300);
    }

    @Test
    void aSecretIsInNothingThatIsShown() {
        Changes changes =
                Changes.between(configuration(BASE), configuration(BASE.replace("first-secret", "other-secret")));
        assertThat(changes.settings()).hasSize(1);
        assertThat(changes + changes.summary() + configuration(BASE).effective())
                .doesNotContain("first-secret", "other-secret");
        assertThat(configuration(BASE).effective())
                .as("the same secret has the same mark")
                .isEqualTo(configuration(BASE).effective());
    }

    @Test
    void whereDataIsKeptAndHowTheLogIsWrittenWantARestart() {
        Configuration running = configuration(BASE);
        List<Problem> problems = Restarts.between(
                running,
                configuration(BASE.replace("/var/lib/nexthop", "/srv/nexthop") + "[log]\nformat = \"json\"\n"));
        assertThat(problems)
                .extracting(problem -> problem.code().id() + " " + problem.origin() + " " + problem.message())
                .containsExactly(
                        "NH050 /etc/nexthop/nexthop.toml:8:8 store.db.path can't change from /var/lib/nexthop to"
                                + " /srv/nexthop while the server runs",
                        "NH050 /etc/nexthop/nexthop.toml:21:10 log.format can't change from text to json while the"
                                + " server runs");
        String asked = "[store.asked]\ntype = \"rocksdb\"\npath = \"/srv/a\"\n";
        Configuration two = configuration(BASE + asked);
        assertThat(Restarts.between(two, configuration(BASE + asked.replace("/srv/a", "/srv/b"))))
                .as("a store that only rules ask")
                .isEmpty();
        assertThat(Restarts.between(
                        two,
                        configuration(
                                BASE.replace("/var/lib/nexthop", "/srv/nexthop") + asked.replace("/srv/a", "/srv/b"))))
                .extracting(Problem::message)
                .singleElement()
                .asString()
                .startsWith("store.db.path can't change");
        assertThat(Restarts.between(running, configuration(BASE.replace("port = 25", "port = 26"))))
                .isEmpty();
        assertThat(Restarts.between(running, configuration(BASE + "[queue.limits]\ndisk-reserve = \"1gb\"\n")))
                .extracting(Problem::code)
                .containsExactly(Code.NEEDS_RESTART);
    }

    @ParameterizedTest
    @CsvSource({
        "'', false",
        "'[session.data.limits]\nmessages = 7', false",
        "'[session.rcpt]\nrelay = true', true",
        "'[session.auth.errors]\ntotal = 7', true",
        "'[authentication.fallback-admin]\nuser = \"a\"\nsecret = \"s3cret-s3cret\"', true",
    })
    void whatChangesWhoIsAdmittedIsKnown(String more, boolean changed) {
        Configuration before = configuration(BASE);
        Configuration after = configuration(BASE + more.replace("\\n", "\n") + "\n");
        assertThat(Changes.ofAccess(before, after)).isEqualTo(changed);
        assertThat(Changes.ofAccess(after, before)).isEqualTo(changed);
    }
}
