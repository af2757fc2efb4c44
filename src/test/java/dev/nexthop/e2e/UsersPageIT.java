package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The three configurations of the page "Routing", as it prints them, with the peers it speaks of. */
@Tag("namespace")
class UsersPageIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final InetSocketAddress RELAY = new InetSocketAddress("192.0.2.25", 25);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private Internet internet;
    private ServerFile file;

    @BeforeEach
    void stage() throws Exception {
        internet = scenario.closing(Internet.open());
        file = ServerFile.in(scenario.home())
                .part("resolver", internet.resolver())
                .retryEvery(300);
    }

    @Test
    void localDomainsGoToTheLocalStore() throws Exception {
        NexthopProcess server = serve(file.printed("local.toml"));
        byte[] message = Mail.difficult("local");
        server.take("somebody@example.net", List.of("jane@example.org"), message);

        server.arrived("jane", 1, LIMIT);
        JsonNode list = server.json("mailbox", "list", "jane");
        assertThat(list).hasSize(1);
        assertThat(list.get(0).path("from").asString()).contains("jane@example.org");
        byte[] shown = server.cli(
                        "mailbox", "show", "jane", list.get(0).path("id").asString())
                .orFail()
                .output();
        Mail.assertSameBehindTrace(shown, message);
        server.drained(LIMIT);
    }

    @Test
    void otherDomainsOfThatExampleGoToTheirMailExchangers() throws Exception {
        Sink exchanger = scenario.closing(internet.exchanger("example.net", "192.0.2.10"));
        NexthopProcess server = serve(file.printed("local.toml"));
        byte[] message = Mail.difficult("by MX");
        server.take("jane@example.org", List.of("somebody@example.net"), message);

        Await.until("the exchanger has it", LIMIT, () -> exchanger.received().size() == 1);
        assertThat(exchanger.recipients()).containsExactly("somebody@example.net");
        Mail.assertSameBehindTrace(exchanger.received().getFirst().content(), message);
    }

    @Test
    @Tag("postfix")
    void everythingGoesToTheRelayHost() throws Exception {
        PostfixPeer relay = relay(new PostfixPeer.Setup());
        NexthopProcess server = serve(file.printed("relay-host.toml").printed("relay-host-policies.toml"));
        byte[] message = Mail.difficult("relay");
        server.take("jane@example.org", List.of("somebody@example.net"), message);

        Await.until("Postfix has it", LIMIT, () -> relay.delivered().size() == 1);
        assertThat(relay.recipients()).containsExactly("somebody@example.net");
        Mail.assertSameBehindTrace(relay.delivered().getFirst(), Mail.bareLines(message));
        server.drained(LIMIT);
        // A relay is an address, not a domain: nobody asks for its MX, nor for that of the recipient.
        assertThat(internet.names().asked()).noneMatch(question -> question.endsWith(" MX"));
    }

    @Test
    @Tag("dovecot")
    void localDomainsGoToDovecotOverLmtp() throws Exception {
        DovecotPeer dovecot =
                scenario.closing(DovecotPeer.start(scenario.folder("dovecot"), internet.host(), 24, List.of()));
        NexthopProcess server = serve(file.printed("lmtp-delivery.toml"));
        byte[] message = Mail.difficult("lmtp");
        server.take("somebody@example.net", List.of("jane@example.org", "bill@example.org"), message);

        Await.until(
                "Dovecot has it twice",
                LIMIT,
                () -> dovecot.mailbox("jane", "example.org").size() == 1
                        && dovecot.mailbox("bill", "example.org").size() == 1);
        Mail.assertSameBehindTrace(dovecot.mailbox("jane", "example.org").getFirst(), message);
        Mail.assertSameBehindTrace(dovecot.mailbox("bill", "example.org").getFirst(), message);
        server.drained(LIMIT);
    }

    @Test
    @Tag("postfix")
    @Tag("dovecot")
    void theSecretComesFromTheEnvironment() throws Exception {
        logsIn("%{env:RELAY_SECRET}%", Map.of("RELAY_SECRET", "s3cret of the relay"));
    }

    @Test
    @Tag("postfix")
    @Tag("dovecot")
    void theSecretComesFromAFile() throws Exception {
        Path secret = Files.writeString(scenario.home().resolve("relay.secret"), "s3cret of the relay\n");
        logsIn("%{file:" + secret + "}%", Map.of());
    }

    /** STARTTLS, a verified certificate and AUTH towards a Postfix that asks Dovecot and relays for nobody else. */
    private void logsIn(String secret, Map<String, String> environment) throws Exception {
        DovecotPeer dovecot = scenario.closing(DovecotPeer.start(
                scenario.folder("dovecot"), internet.world(), 24, List.of("relay_server:{PLAIN}s3cret of the relay")));
        Certificate certificate = Certificate.selfSigned(scenario.home(), "relay.example.org");
        PostfixPeer relay = relay(new PostfixPeer.Setup().startTls(certificate).onlyUsersOf(dovecot));
        file.printed("relay-host.toml").routing("""
                [remote."relay".auth]
                username = "relay_server"
                secret = "%s"
                [queue.outbound.tls]
                ca = "%s"
                """.formatted(secret, certificate.file()));
        NexthopProcess server = scenario.closing(NexthopProcess.start(file, internet.host(), environment));
        server.take("jane@example.org", List.of("somebody@example.net"), Mail.simple("auth"));

        Await.until("Postfix has it", LIMIT, () -> relay.delivered().size() == 1);
        assertThat(relay.log()).contains("sasl_username=relay_server").contains("TLS connection established");
        assertThat(server.log() + server.output()).doesNotContain("s3cret");
    }

    @Test
    @Tag("postfix")
    void implicitTlsIsSpokenFromTheFirstOctet() throws Exception {
        Certificate certificate = Certificate.selfSigned(scenario.home(), "relay.example.org");
        PostfixPeer relay = relay(new PostfixPeer.Setup().implicitTls(certificate));
        NexthopProcess server = serve(file.routing("""
                [queue.outbound]
                next-hop = "relay"
                [remote."relay"]
                address = "relay.example.org"
                port = 25
                protocol = "smtp"
                [remote."relay".tls]
                implicit = true
                [queue.outbound.tls]
                ca = "%s"
                """.formatted(certificate.file())));
        server.take("jane@example.org", List.of("somebody@example.net"), Mail.simple("implicit"));

        Await.until("Postfix has it", LIMIT, () -> relay.delivered().size() == 1);
        assertThat(relay.recipients()).containsExactly("somebody@example.net");
    }

    @Test
    @Tag("postfix")
    void aSelfSignedCertificateIsRefusedUntilTheOperatorAllowsIt() throws Exception {
        Certificate certificate = Certificate.selfSigned(scenario.home(), "relay.example.org");
        PostfixPeer relay = relay(new PostfixPeer.Setup().startTls(certificate));
        NexthopProcess strict = serve(file.printed("relay-host.toml"));
        strict.take("jane@example.org", List.of("somebody@example.net"), Mail.simple("self-signed"));

        JsonNode refused = strict.recipient(
                "somebody@example.net", LIMIT, it -> it.path("attempts").asInt() == 1);
        assertThat(refused.path("status").asString()).isEqualTo("deferred");
        assertThat(refused.path("last").path("error").asString()).isEqualTo("tls");
        assertThat(refused.path("last").path("reason").asString()).contains("certificate");
        assertThat(relay.log()).contains("STARTTLS").doesNotContain("from=<");
        assertThat(relay.delivered()).isEmpty();
        assertThat(strict.terminate()).isZero();

        String relaxed = file.text().replace("allow-invalid-certs = false", "allow-invalid-certs = true");
        NexthopProcess server = serve(file.rerouted(relaxed.substring(0, relaxed.indexOf("[server]"))));
        server.cli("queue", "retry", "--all").orFail();
        Await.until("Postfix has it", LIMIT, () -> relay.delivered().size() == 1);
        server.drained(LIMIT);
    }

    private NexthopProcess serve(ServerFile configuration) throws IOException {
        return scenario.closing(NexthopProcess.start(configuration, internet.host(), Map.of()));
    }

    /** A Postfix that is relay.example.org, port 25. */
    private PostfixPeer relay(PostfixPeer.Setup setup) throws Exception {
        internet.address("192.0.2.25");
        internet.names().with("relay.example.org.", "A", "192.0.2.25");
        return scenario.closing(PostfixPeer.start(scenario.folder("postfix"), internet.world(), RELAY, setup));
    }
}
