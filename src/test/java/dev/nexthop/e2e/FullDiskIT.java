package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A disk that fills up: clients are asked to come again, and what is queued stays and goes. */
@Tag("namespace")
class FullDiskIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void mailIsRefusedForNowAndTheQueueSurvives() throws Exception {
        Namespace namespace = scenario.closing(Namespace.open());
        Network network = Network.of(namespace);
        Path disk = scenario.folder("disk");
        namespace.shell("mount -t tmpfs -o size=200m none " + disk);
        ServerFile file = ServerFile.in(scenario.home()).retryEvery(1).routing("""
                [queue.outbound]
                next-hop = "'relay'"
                [remote.relay]
                address = "127.0.0.1"
                port = 26
                protocol = "smtp"
                tls.implicit = false
                """);
        file.part("store", store(disk));
        NexthopProcess server = scenario.closing(NexthopProcess.start(file, network, Map.of()));
        server.take("jane@example.org", List.of("before@example.net"), Mail.simple("before"));

        namespace.shell("cat /dev/zero > " + disk + "/filler 2>/dev/null || true");
        try (SmtpClient client = server.client()) {
            SmtpClient.Reply reply =
                    client.send("jane@example.org", List.of("during@example.net"), Mail.simple("during"));
            assertThat(reply.code()).as(reply.toString()).isEqualTo(452);
            assertThat(reply.toString()).contains("4.3.1");
        }
        assertThat(server.queue()).hasSize(1);
        server.kill9();

        namespace.shell("rm " + disk + "/filler");
        NexthopProcess again = scenario.closing(NexthopProcess.start(file, network, Map.of()));
        again.take("jane@example.org", List.of("after@example.net"), Mail.simple("after"));
        Sink sink = scenario.closing(Sink.on(network, new java.net.InetSocketAddress("127.0.0.1", 26), false));
        again.drained(LIMIT);
        assertThat(sink.recipients()).containsExactly("after@example.net", "before@example.net");
    }

    private static String store(Path disk) {
        return """
                [store."db"]
                type = "rocksdb"
                path = "%s"

                [storage]
                data = "db"
                blob = "db"
                lookup = "db"
                directory = "staff"
                """.formatted(disk.resolve("data"));
    }
}
