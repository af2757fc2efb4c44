package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How few connections and transactions it takes, counted by the Postfix at the other end. */
@Tag("postfix")
class ReuseIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int MESSAGES = 1000;

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void fiftyDomainsAtOneRelayAreOneTransaction() throws Exception {
        PostfixPeer postfix = start();
        NexthopProcess server = serve(postfix, "");
        server.take("jane@example.org", fifty(), Mail.simple("fifty domains"));

        Await.until("all fifty", LIMIT, () -> sent(postfix) == 50);
        server.drained(LIMIT);
        assertThat(connections(postfix)).isEqualTo(1);
        assertThat(transactions(postfix)).isEqualTo(1);
    }

    @Test
    void aLimitOfRecipientsSplitsTheMessageOverOneConnection() throws Exception {
        PostfixPeer postfix = start();
        // One connection at a time, so that the parts have to share it.
        NexthopProcess server = serve(postfix, "max-recipients = 20\nconcurrency = 1\n");
        server.take("jane@example.org", fifty(), Mail.simple("three parts"));

        Await.until("all fifty", LIMIT, () -> sent(postfix) == 50);
        server.drained(LIMIT);
        assertThat(transactions(postfix)).isEqualTo(3);
        assertThat(connections(postfix)).isEqualTo(1);
    }

    @Test
    void aThousandMessagesReuseAHandfulOfConnections() throws Exception {
        PostfixPeer postfix = start();
        NexthopProcess server = serve(postfix, "concurrency = 5\n");
        sendThousand(server);

        server.drained(LIMIT);
        Await.until("all thousand", LIMIT, () -> sent(postfix) == MESSAGES);
        assertThat(transactions(postfix)).isEqualTo(MESSAGES);
        assertThat(connections(postfix)).isBetween(1L, 5L);
    }

    @Test
    void aConnectionUnderTlsIsReusedToo() throws Exception {
        Certificate certificate = Certificate.selfSigned(scenario.home(), "relay.example.org");
        PostfixPeer postfix = start(new PostfixPeer.Setup().startTls(certificate));
        NexthopProcess server = serve(postfix, """
                concurrency = 5
                tls.starttls = "require"
                tls.server-name = "relay.example.org"
                tls.ca = "%s"
                """.formatted(certificate.file()));
        sendThousand(server);

        server.drained(LIMIT);
        Await.until("all thousand", LIMIT, () -> sent(postfix) == MESSAGES);
        assertThat(count(postfix, "TLS connection established from")).isBetween(1L, 5L);
        assertThat(connections(postfix)).isBetween(1L, 5L);
    }

    private void sendThousand(NexthopProcess server) throws IOException, InterruptedException {
        Command.in(
                        scenario.home(),
                        "smtp-source",
                        "-s",
                        "10",
                        "-m",
                        Integer.toString(MESSAGES),
                        "-f",
                        "jane@example.org",
                        "-t",
                        "to@example.net",
                        "127.0.0.1:" + server.smtp().getPort())
                .run()
                .orFail();
    }

    private PostfixPeer start() throws IOException, InterruptedException {
        return start(new PostfixPeer.Setup());
    }

    /** It forgets what it has taken: the log is what counts. */
    private PostfixPeer start(PostfixPeer.Setup setup) throws IOException, InterruptedException {
        return scenario.closing(PostfixPeer.start(
                scenario.folder("postfix"),
                Network.ours(),
                new InetSocketAddress("127.0.0.1", Ports.free()),
                setup.with("virtual_transport", "discard:")));
    }

    private NexthopProcess serve(PostfixPeer postfix, String more) throws IOException {
        return scenario.closing(NexthopProcess.start(ServerFile.in(scenario.home())
                .routing("""
                [queue.outbound]
                next-hop = "'relay'"
                [remote.relay]
                address = "127.0.0.1"
                port = %d
                protocol = "smtp"
                tls.implicit = false
                """.formatted(postfix.address().getPort()) + more)));
    }

    private static List<String> fifty() {
        return IntStream.range(0, 50)
                .mapToObj("n@domain%02d.example"::formatted)
                .toList();
    }

    /** The probe that waited for Postfix connects as well, and says nothing: it is not counted. */
    private static long connections(PostfixPeer postfix) throws IOException {
        return count(postfix, ": connect from ") - count(postfix, " commands=0/0");
    }

    private static long transactions(PostfixPeer postfix) throws IOException {
        return count(postfix, ": client=");
    }

    private static long sent(PostfixPeer postfix) throws IOException {
        return count(postfix, "status=sent");
    }

    private static long count(PostfixPeer postfix, String words) throws IOException {
        return postfix.log().lines().filter(line -> line.contains(words)).count();
    }
}
