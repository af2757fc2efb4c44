package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.nexthop.tls.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A message that requires TLS all the way (RFC 8689) over two servers of ours: the client to the first, the first to a
 * second, the second to whatever comes behind. It arrives where each step can be trusted, and comes back where one can't.
 */
class RequireTlsChainIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private final TestCertificates authority = new TestCertificates();
    private final Map<Second, ServerFile> files = new EnumMap<>(Second.class);
    private final Map<Second, NexthopProcess> seconds = new EnumMap<>(Second.class);

    /** The second servers, each with a domain of its name. */
    private enum Second {
        SOUND,
        WITHOUT_REQUIRETLS,
        FALSE_CERTIFICATE,
        WITHOUT_TLS;

        String hop() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        String domain() {
            return hop() + ".example";
        }
    }

    private ServerFile file(Second second) {
        return Objects.requireNonNull(files.get(second));
    }

    private NexthopProcess server(Second second) {
        return Objects.requireNonNull(seconds.get(second));
    }

    /** The first server knows all of them; what it knows nothing of goes to the sound one. */
    private NexthopProcess first(Path ca, ServerFile one) throws Exception {
        StringBuilder rules = new StringBuilder("{ if = \"rcpt_domain = 'example.org'\", then = \"'local'\" }");
        StringBuilder hops = new StringBuilder();
        for (Second second : Second.values()) {
            String hop = second.hop();
            rules.append(", { if = \"rcpt_domain = '%s'\", then = \"'%s'\" }".formatted(second.domain(), hop));
            hops.append(hop(hop, file(second).smtpPort(), ca));
            // Any certificate will do for this hop, so that the message alone is what demands more.
            hops.append("tls.allow-invalid-certs = " + (second == Second.FALSE_CERTIFICATE) + "\n");
        }
        one.routing("[queue.outbound]\nnext-hop = [ " + rules + ", { else = \"'sound'\" } ]\n" + hops);
        certificate(one, authority);
        return scenario.closing(NexthopProcess.start(one));
    }

    private void second(Second manner, ServerFile one, int behind, Path ca) throws Exception {
        ServerFile two = file(manner);
        two.routing("""
                [queue.outbound]
                next-hop = [ { if = "rcpt_domain = '%s'", then = "'local'" },
                             { if = "rcpt_domain = 'example.org'", then = "'first'" }, { else = "'behind'" } ]
                [remote.behind]
                address = "127.0.0.1"
                port = %d
                tls.implicit = false
                """.formatted(manner.domain(), behind) + hop("first", one.smtpPort(), ca));
        two.part("server", "[server]\nhostname = \"mx.%s\"\n".formatted(manner.domain()));
        two.part("directory", """
                [directory."staff"]
                type = "memory"
                [[directory."staff".principals]]
                class = "individual"
                name = "amy"
                secret = "amy-secret"
                email = ["amy@%1$s", "postmaster@%1$s"]
                """.formatted(manner.domain()));
        switch (manner) {
            case SOUND -> certificate(two, authority);
            case WITHOUT_REQUIRETLS -> {
                certificate(two, authority);
                two.part("offers", "[session.extensions]\nrequiretls = false\n");
            }
            case FALSE_CERTIFICATE -> certificate(two, new TestCertificates());
            case WITHOUT_TLS -> {}
        }
        seconds.put(manner, scenario.closing(NexthopProcess.start(two)));
    }

    private static String hop(String id, int port, Path ca) {
        return """
                [remote.%s]
                address = "127.0.0.1"
                port = %d
                tls.implicit = false
                tls.ca = "%s"
                """.formatted(id, port, ca);
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

    /** It came back with that status, and only its header (RFC 8689 §5). */
    private static String bounced(NexthopProcess first, String recipient, String status, String reporter) {
        String report = "Final-Recipient: rfc822; " + recipient;
        List<String> bounces = Await.value(
                "the bounce of " + recipient,
                LIMIT,
                () -> first.stored("jane").stream()
                        .filter(text -> text.contains(report))
                        .toList(),
                found -> !found.isEmpty());
        assertThat(bounces).hasSize(1);
        assertThat(bounces.getFirst())
                .contains("Status: " + status)
                .contains("Reporting-MTA: dns; " + reporter)
                .contains("Subject: secret plans")
                .doesNotContain("message/rfc822");
        return bounces.getFirst();
    }

    @TestFactory
    Stream<DynamicTest> itArrivesWhereEachStepCanBeTrustedAndComesBackFromElsewhere() throws Exception {
        Sink plain = scenario.closing(Sink.smtp());
        Path ca = authority.pem(scenario.home());
        ServerFile one = ServerFile.in(scenario.folder("first"));
        for (Second second : Second.values()) {
            files.put(second, ServerFile.in(scenario.folder(second.hop())));
        }
        for (Second second : Second.values()) {
            second(second, one, plain.port(), ca);
        }
        NexthopProcess first = first(ca, one);
        for (Second second : Second.values()) {
            send(first, "amy@" + second.domain());
        }
        send(first, "far@third.example");
        return Stream.of(
                dynamicTest("it arrives where each step can be trusted", () -> {
                    NexthopProcess sound = server(Second.SOUND);
                    sound.arrived("amy", 1, LIMIT);
                    assertThat(sound.stored("amy").getFirst())
                            .contains("Subject: secret plans")
                            .containsPattern("with ESMTPS");
                }),
                dynamicTest("the second enforces it too, and its notice comes back by TLS", () -> {
                    String bounce = bounced(first, "far@third.example", "5.7.10", "mx.sound.example");
                    assertThat(bounce).containsPattern("(?s)Received: .*with ESMTPS");
                    assertThat(plain.received()).isEmpty();
                }),
                dynamicTest(
                        "it comes back from one without REQUIRETLS",
                        () -> comesBack(first, Second.WITHOUT_REQUIRETLS, "5.7.30")),
                dynamicTest(
                        "it comes back from one whose certificate is nobody's",
                        () -> comesBack(first, Second.FALSE_CERTIFICATE, "5.7.10")),
                dynamicTest("it comes back from one without TLS", () -> comesBack(first, Second.WITHOUT_TLS, "5.7.10")),
                dynamicTest("nothing is left, and nothing came back but that", () -> {
                    first.drained(LIMIT);
                    assertThat(first.mailbox("jane")).hasSize(4);
                    assertThat(server(Second.SOUND).mailbox("amy")).hasSize(1);
                }));
    }

    private void comesBack(NexthopProcess first, Second second, String status) throws Exception {
        bounced(first, "amy@" + second.domain(), status, "mx.example.org");
        assertThat(server(second).mailbox("amy")).isEmpty();
    }
}
