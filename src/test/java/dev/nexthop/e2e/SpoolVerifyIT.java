package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** A damaged message: the check finds it, with and without a server, and the server puts it aside and serves the others. */
class SpoolVerifyIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String VERIFY = "/api/queue/verify";

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void aDamagedMessageIsFoundPutAsideExportedAndDropped() throws Exception {
        Sink sink = scenario.closing(Sink.smtp()).behave(line -> line.startsWith("RCPT") ? "451 4.2.1 later" : null);
        ServerFile file = ServerFile.in(scenario.home())
                .retryEvery(1)
                .part("limits", "[queue.limits]\nmemory-body = 8192\n")
                .routing("""
                        [queue.outbound]
                        next-hop = "'relay'"
                        [remote.relay]
                        address = "127.0.0.1"
                        port = %d
                        protocol = "smtp"
                        tls.implicit = false
                        """.formatted(sink.port()));
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        byte[] large = Arrays.copyOf(Mail.simple("large"), 60_000);
        Arrays.fill(large, Mail.simple("large").length, large.length - 2, (byte) 'x');
        for (int i = 0; i < 59; i++) {
            large[1_000 * i + 998] = '\r';
            large[1_000 * i + 999] = '\n';
        }
        large[large.length - 2] = '\r';
        large[large.length - 1] = '\n';
        server.take("jane@example.org", List.of("small@example.net"), Mail.simple("small"));
        server.take("jane@example.org", List.of("large@example.net"), large);

        Command.Result running = server.cli("queue", "verify");
        assertThat(running.exit()).as(running.text()).isZero();
        assertThat(running.text()).contains("2 messages with 2 recipients", "1 bodies are files", "0 faults");

        server.kill9();
        Path body;
        try (Stream<Path> bodies = Files.list(scenario.home().resolve("data/spool/bodies"))) {
            body = bodies.findFirst().orElseThrow();
        }
        byte[] octets = Files.readAllBytes(body);
        octets[30_000] ^= 1;
        Files.write(body, octets);
        Command.Result stopped = server.cli("queue", "verify");
        assertThat(stopped.exit()).isEqualTo(1);
        assertThat(stopped.text()).contains("the body " + body, "it goes into quarantine", "1 faults");
        Matcher fault = Pattern.compile("fault damaged (\\w+):").matcher(stopped.text());
        assertThat(fault.find()).as(stopped.text()).isTrue();
        String damaged = fault.group(1);

        NexthopProcess again = scenario.closing(NexthopProcess.start(file, Network.ours(), Map.of()));
        sink.behave(_ -> null);
        // The second look at the body finds the same.
        again.logged("event=alarm subject=spool", "is damaged and in quarantine");
        again.drained(LIMIT);
        assertThat(sink.recipients()).containsExactly("small@example.net");
        JsonNode report = again.post(VERIFY);
        assertThat(report.path("faults")).isEmpty();
        assertThat(report.path("quarantine").path(0).path("id").asString()).isEqualTo(damaged);

        String id = "=" + damaged;
        assertThat(again.post(VERIFY + "?export" + id).path("exported")).hasSize(4);
        assertThat(scenario.home().resolve("data/spool/exported/" + damaged + ".eml"))
                .as("the body without the header of its file")
                .hasBinaryContent(Arrays.copyOfRange(octets, 64, octets.length));
        octets[30_000] ^= 1;
        Files.write(body, octets);
        assertThat(again.post(VERIFY + "?restore" + id).path("restored").asString())
                .isNotEmpty();
        again.drained(LIMIT);
        assertThat(sink.recipients()).containsExactlyInAnyOrder("small@example.net", "large@example.net");
        assertThat(again.post(VERIFY).path("quarantine")).isEmpty();
        assertThat(body).doesNotExist();
    }
}
