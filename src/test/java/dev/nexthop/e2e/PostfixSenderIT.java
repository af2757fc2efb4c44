package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Postfix sends through the server to another Postfix, with all that Postfix does when it may. */
@Tag("postfix")
class PostfixSenderIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void mailGoesFromPostfixThroughUsToPostfix() throws Exception {
        InetSocketAddress last = new InetSocketAddress("127.0.0.1", Ports.free());
        PostfixPeer receiver = scenario.closing(
                PostfixPeer.start(scenario.folder("receiver"), Network.ours(), last, new PostfixPeer.Setup()));
        NexthopProcess server = scenario.closing(NexthopProcess.start(relayingTo(last.getPort())));
        InetSocketAddress first = new InetSocketAddress("127.0.0.1", Ports.free());
        scenario.closing(PostfixPeer.start(
                scenario.folder("sender"),
                Network.ours(),
                first,
                new PostfixPeer.Setup().relayingTo(server.smtp()).with("myhostname", "sender.example.org")));

        byte[] message = Mail.difficult("all the way");
        List<String> recipients = IntStream.range(0, 30)
                .mapToObj(i -> "n%02d@example.net".formatted(i))
                .toList();
        try (SmtpClient client = SmtpClient.ready(Network.ours(), first)) {
            assertThat(client.send("jane@example.org", recipients, message).code())
                    .isEqualTo(250);
            for (int i = 0; i < 20; i++) {
                assertThat(client.send("jane@example.org", List.of("m%02d@example.com".formatted(i)), message)
                                .code())
                        .isEqualTo(250);
            }
        }
        Await.until(
                "the last Postfix has all", LIMIT, () -> receiver.delivered().size() >= 50);
        server.drained(LIMIT);
        assertThat(receiver.recipients()).hasSize(50).doesNotHaveDuplicates().containsAll(recipients);
        for (byte[] delivered : receiver.delivered()) {
            Mail.assertSameBehindTrace(delivered, Mail.bareLines(message));
        }
    }

    @Test
    void theirLoadGeneratorAndTheirSinkAgreeOnTheCount() throws Exception {
        int sinkPort = Ports.free();
        Path counts = scenario.home().resolve("sink.out");
        Process sink = new ProcessBuilder("smtp-sink", "-u", "nobody", "-c", "127.0.0.1:" + sinkPort, "256")
                .redirectOutput(counts.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        scenario.closing(() -> Await.ended(sink, Duration.ofSeconds(5)));
        NexthopProcess server = scenario.closing(NexthopProcess.start(relayingTo(sinkPort)));
        Command.in(
                        scenario.home(),
                        "smtp-source",
                        "-s",
                        "20",
                        "-m",
                        "1000",
                        "-l",
                        "4096",
                        "-r",
                        "3",
                        "-f",
                        "jane@example.org",
                        "-t",
                        "to@example.net",
                        "127.0.0.1:" + server.smtp().getPort())
                .run()
                .orFail();
        server.drained(LIMIT);
        // It counts sessions, commands, recipients and messages: "sess=1 quit=0 mesg=1000".
        Await.until("a thousand messages", LIMIT, () -> Files.readString(counts).contains("mesg=1000"));
        assertThat(Files.readString(counts)).doesNotContain("mesg=1001");
    }

    private ServerFile relayingTo(int port) {
        return ServerFile.in(scenario.home()).retryEvery(1).routing("""
                [queue.outbound]
                next-hop = "'relay'"
                [remote.relay]
                address = "127.0.0.1"
                port = %d
                protocol = "smtp"
                tls.implicit = false
                """.formatted(port));
    }
}
