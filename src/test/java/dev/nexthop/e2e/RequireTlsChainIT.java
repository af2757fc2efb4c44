package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.tls.TestCertificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * A message that requires TLS all the way (RFC 8689) over two servers of ours: the client to the first, the first to the
 * second, the second to whatever comes behind. It arrives where each step can be trusted, and comes back where one can't.
 */
class RequireTlsChainIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private final TestCertificates authority = new TestCertificates();

    /** The second server's part that a test may change. */
    private enum Second {
        AS_IT_SHOULD_BE,
        WITHOUT_REQUIRETLS,
        CERTIFICATE_OF_NOBODY,
        WITHOUT_TLS
    }

    private NexthopProcess[] chain(Second manner, int behind) throws Exception {
        ServerFile one = ServerFile.in(scenario.folder("first"));
        ServerFile two = ServerFile.in(scenario.folder("second"));
        Path ca = authority.pem(scenario.home());
        one.routing(route("example.org", "else = \"'second'\"", "second", two.smtpPort(), ca));
        certificate(one, authority);
        two.routing(route(
                "second.example",
                "if = \"rcpt_domain = 'example.org'\", then = \"'first'\" }, { else = \"'behind'\"",
                "first",
                one.smtpPort(),
                ca));
        two.routing("""
                [remote.behind]
                address = "127.0.0.1"
                port = %d
                tls.implicit = false
                """.formatted(behind));
        two.part("server", "[server]\nhostname = \"mx.second.example\"\n");
        two.part("directory", """
                [directory."staff"]
                type = "memory"
                [[directory."staff".principals]]
                class = "individual"
                name = "amy"
                secret = "amy-secret"
                email = ["amy@second.example", "postmaster@second.example"]
                """);
        switch (manner) {
            case AS_IT_SHOULD_BE -> certificate(two, authority);
            case WITHOUT_REQUIRETLS -> {
                certificate(two, authority);
                two.part("offers", "[session.extensions]\nrequiretls = false\n");
            }
            case CERTIFICATE_OF_NOBODY -> certificate(two, new TestCertificates());
            case WITHOUT_TLS -> {}
        }
        return new NexthopProcess[] {
            scenario.closing(NexthopProcess.start(one)), scenario.closing(NexthopProcess.start(two))
        };
    }

    /** Mail for the own domain stays; the hop takes any certificate, so that the message alone is what demands more. */
    private static String route(String local, String others, String hop, int port, Path ca) {
        return """
                [queue.outbound]
                next-hop = [ { if = "rcpt_domain = '%s'", then = "'local'" }, { %s } ]
                [remote.%s]
                address = "127.0.0.1"
                port = %d
                tls.implicit = false
                tls.allow-invalid-certs = true
                tls.ca = "%s"
                """.formatted(local, others, hop, port, ca);
    }

    private static void certificate(ServerFile file, TestCertificates authority) throws Exception {
        authority.serverPem(file.home(), "127.0.0.1");
        file.part("certificate", """
                [certificate.main]
                cert = "%%{file:%s/server.pem}%%"
                private-key = "%%{file:%s/server.key}%%"
                default = true
                """.formatted(file.home(), file.home()));
    }

    /** Sends a message that requires TLS by the first server. */
    private static void send(NexthopProcess server, String recipient) throws Exception {
        try (SmtpClient plain = server.client();
                SmtpClient client = plain.secured()) {
            assertThat(client.say("MAIL FROM:<jane@example.org> REQUIRETLS").code())
                    .isEqualTo(250);
            assertThat(client.say("RCPT TO:<" + recipient + ">").code()).isEqualTo(250);
            assertThat(client.say("DATA").code()).isEqualTo(354);
            assertThat(client.content(Mail.simple("secret plans")).code()).isEqualTo(250);
        }
    }

    private static List<String> mailbox(NexthopProcess server, String account) throws Exception {
        List<String> messages = new ArrayList<>();
        for (JsonNode message : server.json("mailbox", "list", account)) {
            byte[] shown = server.cli(
                            "mailbox", "show", account, message.path("id").asString())
                    .orFail()
                    .output();
            messages.add(new String(shown, StandardCharsets.UTF_8));
        }
        return messages;
    }

    private static String only(NexthopProcess server, String account) throws Exception {
        Await.until("mail for " + account, LIMIT, () -> mailbox(server, account).size() == 1);
        return mailbox(server, account).getFirst();
    }

    /** It came back with that status, and only its header (RFC 8689 §5). */
    private static void assertBounced(String bounce, String status, String reporter) {
        assertThat(bounce)
                .contains("Status: " + status)
                .contains("Reporting-MTA: dns; " + reporter)
                .contains("Subject: secret plans")
                .doesNotContain("message/rfc822");
    }

    @Test
    void itArrivesWhereEachStepCanBeTrusted() throws Exception {
        NexthopProcess[] chain = chain(Second.AS_IT_SHOULD_BE, 9);
        send(chain[0], "amy@second.example");
        String arrived = only(chain[1], "amy");
        assertThat(arrived).contains("Subject: secret plans").containsPattern("with ESMTPS");
        assertThat(chain[0].queue()).isEmpty();
    }

    @Test
    void theSecondEnforcesItTooAndItsNoticeComesBackByTls() throws Exception {
        Sink plain = scenario.closing(Sink.smtp());
        NexthopProcess[] chain = chain(Second.AS_IT_SHOULD_BE, plain.port());
        send(chain[0], "far@third.example");
        String bounce = only(chain[0], "jane");
        assertBounced(bounce, "5.7.10", "mx.second.example");
        assertThat(bounce).containsPattern("(?s)Received: .*with ESMTPS");
        assertThat(plain.received()).isEmpty();
    }

    @Test
    void withoutRequiretlsBehindItComesBack() throws Exception {
        NexthopProcess[] chain = chain(Second.WITHOUT_REQUIRETLS, 9);
        send(chain[0], "amy@second.example");
        assertBounced(only(chain[0], "jane"), "5.7.30", "mx.example.org");
        assertThat(mailbox(chain[1], "amy")).isEmpty();
    }

    @Test
    void withACertificateOfNobodyBehindItComesBack() throws Exception {
        NexthopProcess[] chain = chain(Second.CERTIFICATE_OF_NOBODY, 9);
        send(chain[0], "amy@second.example");
        assertBounced(only(chain[0], "jane"), "5.7.10", "mx.example.org");
        assertThat(mailbox(chain[1], "amy")).isEmpty();
    }

    @Test
    void withoutTlsBehindItComesBack() throws Exception {
        NexthopProcess[] chain = chain(Second.WITHOUT_TLS, 9);
        send(chain[0], "amy@second.example");
        assertBounced(only(chain[0], "jane"), "5.7.10", "mx.example.org");
        assertThat(mailbox(chain[1], "amy")).isEmpty();
    }
}
