package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import dev.nexthop.config.Surroundings;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.schedule.Supposed;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code explain} says of virtual queues. */
class VirtualQueueExplainTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Path GOLDEN = Path.of("src/test/resources/dev/nexthop/cli/virtual-queues.txt");

    private static final String QUEUES = """
            [queue.outbound]
            next-hop = "'relay'"
            queue = [ { if = "starts_with(rcpt, 'list-')", then = "'bulk'" },
                      { if = "rcpt_domain = 'odd.example'", then = "key_get('default', rcpt_domain)" },
                      { else = false } ]

            [queue.schedule]
            expire = "1d"

            [queue.virtual.bulk]
            concurrency = 50
            per-destination = 3
            schedule.retry = [ { if = "retry_num > 2", then = "[6h]" }, { else = "[30m, 2h]" } ]
            schedule.expire = "12h"
            schedule.notify = "[4h]"

            [remote.relay]
            address = "relay.example.org"
            port = 25
            tls.implicit = false

            [lookup.default]
            "odd.example" = "buld"

            [directory.memory]
            type = "memory"
            lookup.domains = ["example.org"]
            """;

    private static Explainer.Answer explain(String text, String... to) {
        Loaded loaded = Configuration.parse(
                "nexthop.toml",
                text.getBytes(StandardCharsets.UTF_8),
                Path.of("/nowhere"),
                new Surroundings(_ -> null, () -> "mail.example.org"));
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        Configuration configuration = ((Loaded.Ok) loaded).configuration();
        Envelope envelope = new Envelope(
                ReversePath.of("jane@example.org"),
                Stream.of(to).map(Mailbox::parse).toList(),
                BodyType.SEVEN_BIT,
                false,
                new Reception("smtp", 25, "198.51.100.7", "", "", 0));
        return new Explainer(configuration, configuration.local().offline(Map.of()))
                .explain(new Supposed(envelope, new QueueId(0), 0, Supposed.Past.NEW), NOW);
    }

    private static String text(Explainer.Answer answer) {
        StringWriter written = new StringWriter();
        PrintWriter out = new PrintWriter(written);
        ExplanationText text = new ExplanationText(out, Palette.PLAIN);
        answer.json().path("recipients").forEach(text::print);
        out.flush();
        return written.toString();
    }

    @Test
    void theQueueTheRuleAndItsScheduleAreExplained() throws IOException {
        Explainer.Answer answer = explain(QUEUES, "list-a@one.example", "bob@one.example", "x@odd.example");
        assertThat(answer.routable()).as("one has no queue, so it is not sent").isFalse();
        String written = text(answer);
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            Files.writeString(GOLDEN, written);
        }
        assertThat(written)
                .as(GOLDEN + " (run the test with -Dnexthop.docs=write)")
                .isEqualTo(Files.readString(GOLDEN))
                .contains("not with bob@one.example: it is in the ordinary queue")
                .contains("not with list-a@one.example: it is in the virtual queue 'bulk'")
                .contains("queue.virtual.bulk.schedule.retry")
                .contains("gives up   2026-01-01T12:00:00Z")
                .contains("this is 'buld', and no virtual queue has that name");
    }

    @Test
    void whereNobodyAsksNothingIsSaid() {
        String without = QUEUES.replaceAll("(?s)queue = \\[.*?false } ]", "");
        assertThat(text(explain(without, "list-a@one.example")))
                .doesNotContain("queue  ")
                .doesNotContain("bulk");
    }
}
