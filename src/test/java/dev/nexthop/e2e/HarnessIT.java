package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The stage itself: a peer that does not work must not look like a server that does not. */
class HarnessIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    @Tag("postfix")
    void postfixKeepsWhatItIsSent() throws Exception {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", Ports.free());
        PostfixPeer postfix = scenario.closing(
                PostfixPeer.start(scenario.folder("postfix"), Network.ours(), address, new PostfixPeer.Setup()));
        byte[] message = Mail.difficult("through postfix");
        try (SmtpClient client = SmtpClient.ready(Network.ours(), address)) {
            assertThat(client.send("a@example.org", List.of("b@example.net", "c@example.com"), message)
                            .code())
                    .isEqualTo(250);
        }
        Await.until("two deliveries", LIMIT, () -> postfix.delivered().size() == 2);
        assertThat(postfix.recipients()).containsExactly("b@example.net", "c@example.com");
        Mail.assertSameBehindTrace(postfix.delivered().getFirst(), Mail.bareLines(message));
    }

    @Test
    @Tag("postfix")
    @Tag("namespace")
    void aPostfixBehindAnotherSendsThroughIt() throws Exception {
        Internet internet = scenario.closing(Internet.open());
        Sink sink = scenario.closing(internet.exchanger("example.net", "192.0.2.10"));
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", 25);
        scenario.closing(PostfixPeer.start(
                scenario.folder("postfix"),
                internet.host(),
                address,
                new PostfixPeer.Setup().relayingTo(new InetSocketAddress("192.0.2.10", 25))));
        try (SmtpClient client = SmtpClient.ready(internet.host(), address)) {
            client.send("a@example.org", List.of("b@example.net"), Mail.simple("cable"));
        }
        Await.until("the sink has it", LIMIT, () -> sink.recipients().equals(List.of("b@example.net")));
    }

    @Test
    @Tag("dovecot")
    void dovecotKeepsEveryOctet() throws Exception {
        int port = Ports.free();
        DovecotPeer dovecot =
                scenario.closing(DovecotPeer.start(scenario.folder("dovecot"), Network.ours(), port, List.of()));
        byte[] message = Mail.difficult("through dovecot");
        try (SmtpClient client = SmtpClient.connect(Network.ours(), new InetSocketAddress("127.0.0.1", port))) {
            client.say("LHLO client.example");
            assertThat(client.send("a@example.org", List.of("jane@example.org"), message)
                            .code())
                    .isEqualTo(250);
        }
        Mail.assertSameBehindTrace(dovecot.mailbox("jane", "example.org").getFirst(), message);
    }

    @Test
    void theSinkRecordsWhatItTookAndDoesAsItIsTold() throws Exception {
        Sink sink = scenario.closing(Sink.smtp());
        sink.behave(line -> line.contains("<no@") ? "550 5.1.1 no" : null);
        byte[] message = Mail.difficult("to the sink");
        try (SmtpClient client = SmtpClient.ready(Network.ours(), new InetSocketAddress("127.0.0.1", sink.port()))) {
            assertThat(client.send("a@example.org", List.of("yes@example.net"), message)
                            .code())
                    .isEqualTo(250);
            assertThat(client.send("a@example.org", List.of("no@example.net"), message)
                            .code())
                    .isEqualTo(550);
        }
        assertThat(sink.received()).hasSize(1);
        assertThat(sink.received().getFirst().content()).isEqualTo(message);
        assertThat(sink.recipients()).containsExactly("yes@example.net");
    }

    @Test
    @Tag("namespace")
    void theNameServerAnswersAcrossTheCable() throws Exception {
        Internet internet = scenario.closing(Internet.open());
        scenario.closing(internet.exchanger("example.net", "192.0.2.10"));
        try (SmtpClient client = SmtpClient.connect(internet.host(), new InetSocketAddress("192.0.2.10", 25))) {
            assertThat(client.say("NOOP").code()).isEqualTo(250);
        }
        assertThat(internet.names().asked()).isEmpty();
    }
}
