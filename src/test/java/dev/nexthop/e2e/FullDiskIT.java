package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
        Namespace namespace = scenario.closing(Namespace.openWithMounts());
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
        List<String> taken = new ArrayList<>();
        taken.add(take(server, "before@example.net"));

        namespace.shell("cat /dev/zero > " + disk + "/filler 2>/dev/null || true");
        // What still fits into room kept for it may be taken for a moment; what is taken must arrive.
        Await.until("452 4.3.1", LIMIT, () -> {
            String reply = take(server, "full" + taken.size() + "@example.net");
            if (!reply.startsWith("4")) {
                taken.add(reply);
            }
            return reply.startsWith("452") && reply.contains("4.3.1");
        });
        assertThat(server.queue()).hasSize(taken.size());

        namespace.shell("rm " + disk + "/filler");
        Await.until("mail is taken again, without a restart", LIMIT, () -> {
            String reply = take(server, "again@example.net");
            return !reply.startsWith("4") && taken.add(reply);
        });
        server.kill9();
        NexthopProcess restarted = scenario.closing(NexthopProcess.start(file, network, Map.of()));
        taken.add(take(restarted, "after@example.net"));
        Sink sink = scenario.closing(Sink.on(network, new InetSocketAddress("127.0.0.1", 26), false));
        restarted.drained(LIMIT);
        assertThat(sink.recipients()).containsExactlyInAnyOrderElementsOf(taken);
    }

    /** Sends to one; the recipient when it was taken, else the reply. */
    private static String take(NexthopProcess server, String recipient) throws IOException {
        try (SmtpClient client = server.client()) {
            SmtpClient.Reply reply = client.send("jane@example.org", List.of(recipient), Mail.simple("disk"));
            return reply.code() == 250 ? recipient : reply.toString();
        }
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
