package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A disk whose syncs or writes fail, or take long: mail is put off with a clear text, none that was taken is lost, none
 * that was refused arrives, and all goes on by itself when the disk is well again.
 */
@Tag("cc")
class FaultyDiskIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Beyond what stays in memory, so that it is a file. */
    private static final byte[] LARGE = Mail.bytes("x".repeat(70).concat("\n").repeat(400));

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private final List<String> taken = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private int number;

    @Test
    void aSickDiskPutsMailOffAndLosesNone() throws Exception {
        Path data = scenario.home().resolve("data");
        FaultyDisk disk = FaultyDisk.in(scenario.home(), data);
        Sink sink = scenario.closing(Sink.smtp());
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
        NexthopProcess server = scenario.closing(NexthopProcess.start(file, Network.ours(), disk.environment()));
        both(server);
        assertThat(refused).isEmpty();

        // EIO 5, ENOSPC 28, EROFS 30
        for (String fault : List.of("sync 5", "written 5", "write 5", "write 28", "sync 30")) {
            disk.does(fault);
            int before = refused.size();
            both(server);
            both(server);
            assertThat(refused).as("put off under " + fault).hasSize(before + 4);
            disk.does("");
            Await.until("mail is taken after " + fault + ", without a restart", LIMIT, () -> send(server, false));
            assertThat(send(server, true)).as("a large one too").isTrue();
        }
        server.logged("event=alarm subject=spool", "the database takes writes again", "messages are put off");

        disk.does("slow 700");
        int before = taken.size();
        both(server);
        assertThat(taken).as("a slow disk only takes longer").hasSize(before + 2);
        disk.does("");
        server.drained(LIMIT);
        server.kill9();
        NexthopProcess again = scenario.closing(NexthopProcess.start(file));
        assertThat(send(again, false)).isTrue();
        again.drained(LIMIT);
        assertThat(sink.recipients()).containsExactlyInAnyOrderElementsOf(taken).doesNotContainAnyElementsOf(refused);
        try (Stream<Path> bodies = Files.list(data.resolve("spool").resolve("bodies"))) {
            assertThat(bodies).as("no body is left of what was refused").isEmpty();
        }
    }

    private void both(NexthopProcess server) throws IOException {
        send(server, false);
        send(server, true);
    }

    /** Sends one to a recipient of its own; whether it was taken. */
    private boolean send(NexthopProcess server, boolean large) throws IOException {
        String recipient = "r" + number++ + "@example.net";
        byte[] message = Mail.simple("disk");
        if (large) {
            byte[] head = message;
            message = Arrays.copyOf(head, head.length + LARGE.length);
            System.arraycopy(LARGE, 0, message, head.length, LARGE.length);
        }
        try (SmtpClient client = server.client()) {
            SmtpClient.Reply reply = client.send("jane@example.org", List.of(recipient), message);
            if (reply.code() == 250) {
                return taken.add(recipient);
            }
            assertThat(reply.toString()).matches("(?s)45[12].*4\\.3\\.[01].*");
            refused.add(recipient);
            return false;
        }
    }
}
