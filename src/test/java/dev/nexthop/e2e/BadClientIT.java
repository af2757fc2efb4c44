package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that break the rules get the reply that the rules have for it, and the server goes on. */
class BadClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private NexthopProcess server;
    private Sink sink;

    @BeforeEach
    void stage() throws Exception {
        sink = scenario.closing(Sink.smtp());
        ServerFile file = ServerFile.in(scenario.home())
                .retryEvery(1)
                .routing("""
                        [queue.outbound]
                        next-hop = "'relay'"
                        [remote.relay]
                        address = "127.0.0.1"
                        port = %d
                        protocol = "smtp"
                        tls.implicit = false
                        """.formatted(sink.port()))
                .part("limits", """
                        [session.data.limits]
                        size = "100kb"
                        """);
        server = scenario.closing(NexthopProcess.start(file));
    }

    /** A dialogue; the session lives on through all of it. RFC 5321 §4.2.4, §4.1.4, §4.5.3. */
    @Test
    void aSessionOutlivesItsMistakes() throws Exception {
        try (SmtpClient client = SmtpClient.connect(Network.ours(), server.smtp())) {
            assertThat(client.say("MAIL FROM:<a@example.org>").code()).isEqualTo(503);
            assertThat(client.say("NONSENSE").code()).isEqualTo(500);
            assertThat(client.say("EHLO client.example").code()).isEqualTo(250);
            assertThat(client.say("RCPT TO:<b@example.net>").code()).isEqualTo(503);
            assertThat(client.say("MAIL FROM:a@example.org>").code()).isEqualTo(501);
            assertThat(client.say("MAIL FROM:<a@example.org> NOSUCH=1").code()).isIn(501, 555);
            assertThat(client.say("MAIL FROM:<a@example.org> SIZE=999999999").code())
                    .isEqualTo(552);
            assertThat(client.say("NOOP " + "x".repeat(20_000)).code()).isEqualTo(500);
            assertThat(client.say("MAIL FROM:<a@example.org>").code()).isEqualTo(250);
            assertThat(client.say("DATA").code()).isIn(503, 554);
            assertThat(client.say("RSET").code()).isEqualTo(250);
            assertThat(client.send("a@example.org", List.of("b@example.net"), Mail.bytes("x".repeat(500) + "\n"))
                            .code())
                    .isEqualTo(250);
            byte[] big = Mail.bytes(("y".repeat(78) + "\n").repeat(3_000));
            assertThat(client.send("a@example.org", List.of("b@example.net"), big)
                            .code())
                    .isEqualTo(552);
            assertThat(client.send("a@example.org", List.of("c@example.net"), Mail.simple("after all"))
                            .code())
                    .isEqualTo(250);
            assertThat(client.say("QUIT").code()).isEqualTo(221);
        }
        server.drained(LIMIT);
        assertThat(sink.recipients()).containsExactly("b@example.net", "c@example.net");
    }

    /** A client that goes away in the middle of the content has sent nothing (RFC 5321 §4.1.1.4). */
    @Test
    void halfAMessageIsNone() throws Exception {
        try (Socket socket = Network.ours().connect(server.smtp())) {
            socket.getOutputStream()
                    .write(("EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n"
                                    + "Subject: half\r\n\r\nnever end")
                            .getBytes(StandardCharsets.US_ASCII));
        }
        server.take("a@example.org", List.of("c@example.net"), Mail.simple("whole"));
        server.drained(LIMIT);
        assertThat(sink.recipients()).containsExactly("c@example.net");
    }

    /** RFC 5321 §2.3.8 and §4.1.1.4: no other line end closes a message, so none can smuggle another in. */
    @Test
    void nothingIsSmuggledBehindAnotherEndOfData() throws Exception {
        for (String end : List.of("\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r")) {
            try (Socket socket = Network.ours().connect(server.smtp())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream()
                        .write(("EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n"
                                        + "Subject: outer\r\n\r\ntext" + end
                                        + "MAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.net>\r\nDATA\r\n"
                                        + "Subject: inner\r\n\r\ntext\r\n.\r\nQUIT\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readAllBytes();
            }
        }
        server.take("a@example.org", List.of("c@example.net"), Mail.simple("whole"));
        server.drained(LIMIT);
        assertThat(sink.recipients()).doesNotContain("victim@example.net").contains("c@example.net");
    }

    @Test
    @Tag("swaks")
    void swaksIsUnderstood() throws Exception {
        InetSocketAddress address = server.smtp();
        Command.Result sent = Command.in(
                        scenario.home(),
                        "swaks",
                        "--server",
                        "127.0.0.1:" + address.getPort(),
                        "--pipeline",
                        "--from",
                        "a@example.org",
                        "--to",
                        "b@example.net,c@example.com")
                .run();
        assertThat(sent.exit()).as(sent.toString()).isZero();
        server.drained(LIMIT);
        assertThat(sink.recipients()).containsExactly("b@example.net", "c@example.com");
    }
}
