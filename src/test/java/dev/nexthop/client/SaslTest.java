package dev.nexthop.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.ChannelBinding;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logging in: the machines against the examples of their RFCs, and the choice between them. */
class SaslTest {
    private final Watchdog watchdog = new Watchdog();

    @AfterEach
    void close() {
        watchdog.close();
    }

    private static String respond(Exchange exchange, String challenge) throws Exchange.RefusedException {
        return new String(exchange.respond(challenge.getBytes(UTF_8)), UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @Test
    void theExampleOfRfc7677() throws Exception {
        Scram scram = new Scram(Scram.Hash.SHA_256, "user", "pencil", Scram.Bond.NONE, "rOprNGfwEbeRWgbNEkqO");
        assertThat(new String(scram.initial(), UTF_8)).isEqualTo("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        String first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        assertThat(respond(scram, first))
                .isEqualTo("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assertThatThrownBy(scram::succeeded).hasMessageContaining("has not proved");
        assertThat(respond(scram, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
                .isEmpty();
        scram.succeeded();
    }

    @Test
    void theExampleOfRfc5802() throws Exception {
        Scram scram = new Scram(Scram.Hash.SHA_1, "user", "pencil", Scram.Bond.NONE, "fyko+d2lbbFgONRv9qkxdawL");
        assertThat(respond(scram, "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"))
                .endsWith(",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
        assertThat(respond(scram, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")).isEmpty();
    }

    @Test
    void theExampleOfRfc2195() throws Exception {
        Exchange cram = new Exchanges.CramMd5("tim", "tanstaaftanstaaf");
        assertThat(respond(cram, "<1896.697170952@postoffice.reston.mci.net>"))
                .isEqualTo("tim b913a602c7eda7a495b4e6e7334d3890");
    }

    @Test
    void theExampleOfRfc7628() {
        Exchange bearer = Exchanges.Bearer.rfc7628(
                "user@example.com", "vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg==", "server.example.com", 587);
        assertThat(new String(java.util.Objects.requireNonNull(bearer.initial()), UTF_8))
                .isEqualTo("n,a=user@example.com,\1host=server.example.com\1port=587\1"
                        + "auth=Bearer vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg==\1\1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r=other,s=c2FsdA==,i=4096                 | did not add to our nonce",
                "r=nonce,s=c2FsdA==,i=4096                 | did not add to our nonce",
                "m=ext,r=nonceX,s=c2FsdA==,i=4096          | can't be read",
                "r=nonceX,s=c2FsdA==                       | can't be read",
                "r=nonceX,s=!!,i=4096                      | not base64",
                "r=nonceX,s=c2FsdA==,i=4095                | iterations",
                "r=nonceX,s=c2FsdA==,i=1000001             | iterations",
                "r=nonceX,s=c2FsdA==,i=99999999999         | iterations",
                "r=nonceX,s=c2FsdA==,i=-1                  | iterations",
                "e=other-error                             | broke off"
            })
    void aServerThatDoesNotKeepToScramIsLeft(String serverFirst, String words) {
        Scram scram = new Scram(Scram.Hash.SHA_256, "user", "pencil", Scram.Bond.NONE, "nonce");
        assertThatThrownBy(() -> respond(scram, serverFirst)).hasMessageContaining(words);
    }

    @Test
    void aServerThatCannotProveItselfIsLeft() throws Exception {
        Scram scram = new Scram(Scram.Hash.SHA_256, "user", "pencil", Scram.Bond.NONE, "nonce");
        respond(scram, "r=nonceX,s=c2FsdA==,i=4096");
        assertThatThrownBy(() -> respond(scram, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
                .hasMessageContaining("could not prove");
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 4013 §3, and some more; '' is what is forbidden
        "I\u00adX, IX",
        "user, user",
        "USER, USER",
        "\u00aa, a",
        "\u2168, IX",
        "a\u00a0b, a b",
        "\u0007, ''",
        "\u06271, ''",
        "\u06271\u0628, \u06271\u0628",
        "\ue000, ''",
        "\u200b, ''"
    })
    void textsArePrepared(String text, String prepared) {
        assertThat(SaslPrep.prepared(text).orElse("")).isEqualTo(prepared);
    }

    private record Talk(TalkLink link, Connection connection) {}

    private Talk talk(String... replies) throws SessionException {
        List<String> left = new ArrayList<>(Arrays.asList(replies));
        TalkLink link = new TalkLink(line -> left.isEmpty() ? "" : left.removeFirst() + "\r\n");
        return new Talk(link, new Connection(link, watchdog));
    }

    private static Sasl sasl(Talk talk, boolean encrypted) {
        return new Sasl(
                talk.connection(), new Sasl.Around(Duration.ofMinutes(1), encrypted, "mx.example", 587, () -> "nonce"));
    }

    private static Login login(Mechanism... mechanisms) {
        return new Login("user", Secret.of("pass"), false, false, List.of(mechanisms));
    }

    @ParameterizedTest
    @CsvSource({
        // offered, under TLS, first words
        "PLAIN LOGIN CRAM-MD5,                   true,  AUTH PLAIN",
        "LOGIN CRAM-MD5,                         true,  AUTH LOGIN",
        "PLAIN LOGIN CRAM-MD5,                   false, AUTH CRAM-MD5",
        "PLAIN SCRAM-SHA-1 CRAM-MD5,             false, AUTH SCRAM-SHA-1",
        "PLAIN SCRAM-SHA-1 SCRAM-SHA-256,        true,  AUTH SCRAM-SHA-256",
        "SCRAM-SHA-256-PLUS SCRAM-SHA-256,       false, AUTH SCRAM-SHA-256",
        "XOAUTH2 OAUTHBEARER PLAIN,              true,  AUTH PLAIN"
    })
    void theBestOfBothIsTaken(String offered, boolean encrypted, String first) throws Exception {
        Talk talk = talk("535 5.7.8 no");
        assertThatThrownBy(() -> sasl(talk, encrypted)
                        .logIn(login(Mechanism.FOR_PASSWORDS.toArray(Mechanism[]::new)), Set.of(offered.split(" "))))
                .isInstanceOf(SessionException.class);
        assertThat(talk.link().lines()).singleElement().asString().startsWith(first);
    }

    @Test
    void onlyAMechanismThatTheServerDoesNotKnowIsFollowedByAnother() throws Exception {
        Set<String> offered = Set.of("SCRAM-SHA-256", "PLAIN", "LOGIN");
        Talk unknown = talk("504 5.5.4 what", "235 ok");
        sasl(unknown, true).logIn(login(Mechanism.values()), offered);
        assertThat(unknown.link().lines()).hasSize(2).last().asString().startsWith("AUTH PLAIN ");
        for (String no : List.of("535 5.7.8 no", "534 5.7.9 too weak", "454 4.7.0 later", "501 what", "538 5.7.11 x")) {
            Talk refused = talk(no, "235 ok");
            assertThatThrownBy(() -> sasl(refused, true).logIn(login(Mechanism.values()), offered))
                    .hasMessageContaining(no.substring(0, 3));
            assertThat(refused.link().lines()).hasSize(1);
        }
        Talk transition = talk("432 4.7.12 once in clear, please", "235 ok");
        sasl(transition, true).logIn(login(Mechanism.values()), Set.of("SCRAM-SHA-256", "CRAM-MD5", "PLAIN"));
        assertThat(transition.link().lines()).last().asString().startsWith("AUTH PLAIN ");
    }

    @Test
    void successWithoutTheServersProofIsNone() throws Exception {
        Talk talk = talk("235 welcome");
        assertThatThrownBy(() -> sasl(talk, true).logIn(login(Mechanism.SCRAM_SHA_256), Set.of("SCRAM-SHA-256")))
                .hasMessageContaining("has not proved");
    }

    @Test
    void aTokenIsSentAndItsRefusalDismissed() throws Exception {
        Talk xoauth2 = talk("334 eyJzdGF0dXMiOiI0MDEifQ==", "535 5.7.8 expired");
        List<String> refused = new ArrayList<>();
        Secret secret = new Secret() {
            @Override
            public String current() {
                return "token";
            }

            @Override
            public void refused(String value) {
                refused.add(value);
            }
        };
        Login login = new Login("user", secret, false, false, List.of(Mechanism.XOAUTH2));
        assertThatThrownBy(() -> sasl(xoauth2, true).logIn(login, Set.of("XOAUTH2", "PLAIN")))
                .hasMessageContaining("535")
                .hasMessageNotContaining("token");
        assertThat(xoauth2.link().lines())
                .containsExactly("AUTH XOAUTH2 " + base64("user=user\1auth=Bearer token\1\1"), "");
        assertThat(refused).containsExactly("token");
        Talk long_ = talk("334 ", "235 ok");
        Login large = new Login(
                "user", Secret.of("t".repeat(600)), false, false, List.of(Mechanism.OAUTHBEARER, Mechanism.XOAUTH2));
        sasl(long_, true).logIn(large, Set.of("OAUTHBEARER"));
        assertThat(long_.link().lines()).hasSize(2).first().isEqualTo("AUTH OAUTHBEARER");
    }

    /** A token whose values are numbered, and that changes when it is refused, up to the last. */
    private static Secret numbered(int last, List<String> refused) {
        return new Secret() {
            @Override
            public String current() {
                return "token-" + Math.min(last, refused.size() + 1);
            }

            @Override
            public void refused(String value) {
                refused.add(value);
            }
        };
    }

    @Test
    void aRefusedTokenIsFollowedByANewerOneOnce() throws Exception {
        List<String> expired = new ArrayList<>();
        Talk taken = talk("334 ", "535 5.7.8 expired", "235 ok");
        sasl(taken, true).logIn(token(numbered(9, expired)), Set.of("XOAUTH2"));
        assertThat(taken.link().lines())
                .containsExactly(
                        "AUTH XOAUTH2 " + base64("user=user\1auth=Bearer token-1\1\1"),
                        "",
                        "AUTH XOAUTH2 " + base64("user=user\1auth=Bearer token-2\1\1"));
        assertThat(expired).containsExactly("token-1");
        List<String> both = new ArrayList<>();
        Talk twice = talk("535 5.7.8 no", "535 5.7.8 not this one", "235 ok");
        assertThatThrownBy(() -> sasl(twice, true).logIn(token(numbered(9, both)), Set.of("XOAUTH2")))
                .hasMessageContaining("not this one")
                .hasMessageNotContaining("token");
        assertThat(twice.link().lines()).hasSize(2);
        assertThat(both).containsExactly("token-1", "token-2");
        Talk same = talk("535 5.7.8 no", "235 ok");
        assertThatThrownBy(() -> sasl(same, true).logIn(token(numbered(1, new ArrayList<>())), Set.of("XOAUTH2")))
                .hasMessageContaining("535");
        assertThat(same.link().lines()).hasSize(1);
    }

    private static Login token(Secret secret) {
        return new Login("user", secret, false, false, List.of(Mechanism.XOAUTH2));
    }

    @ParameterizedTest
    @CsvSource({"drop, 2", "421 4.7.0 bye, 2", "503 5.5.1 one AUTH only, 2", "535 5.7.8 no, 1", "454 4.7.0 later, 1"})
    void whereAConnectionHearsOneAuthOnlyTheNewerTokenGoesOverAnother(String second, int connections) throws Exception {
        List<String> refused = new ArrayList<>();
        TlsDemand clear =
                new TlsDemand(false, StartTls.DISABLE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
        try (FaultServer server = FaultServer.start(
                FaultServer.Way.SMTP, "extensions=AUTH XOAUTH2", "auth=535 5.7.8 expired|" + second)) {
            Target target = new Target(
                    "hop",
                    "fault.example",
                    server.address(),
                    Optional.empty(),
                    Dialect.SMTP,
                    clear,
                    Optional.of(token(numbered(9, refused))),
                    "us.example");
            assertThatThrownBy(() -> Opening.open(
                            target, StepTimeouts.DEFAULT, new Connector(watchdog), new TlsClient(Optional.empty())))
                    .isInstanceOf(SessionException.class);
            assertThat(server.connections()).isEqualTo(connections);
            assertThat(server.commands().stream().filter(line -> line.startsWith("AUTH")))
                    .as("the first token once, the newer one once for each connection, and no more")
                    .hasSize(connections + 1);
            assertThat(refused).startsWith("token-1").hasSize(second.startsWith("454") ? 1 : 2);
        }
    }

    @Test
    void aServerThatAsksWithoutEndIsLeft() throws Exception {
        Talk talk = talk("334 ", "334 ", "334 ", "334 ", "334 ", "334 ", "334 ", "334 ");
        assertThatThrownBy(() -> sasl(talk, true).logIn(login(Mechanism.LOGIN), Set.of("LOGIN")))
                .hasMessageContaining("asks more");
        Talk garbage = talk("334 !!");
        assertThatThrownBy(() -> sasl(garbage, true).logIn(login(Mechanism.CRAM_MD5), Set.of("CRAM-MD5")))
                .hasMessageContaining("not base64");
    }

    @Test
    void aRotatedFileIsReadAnew(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("secret"), "first\n");
        Secret secret = Secret.in(file);
        assertThat(secret.current()).isEqualTo("first");
        Files.writeString(file, "second\r\n");
        assertThat(secret.current()).isEqualTo("second");
        assertThat(secret).isEqualTo(Secret.in(file));
        Files.delete(file);
        assertThatThrownBy(secret::current).hasMessageContaining(file.toString());
        assertThat(Secret.of("hush").toString() + secret).doesNotContain("hush");
    }

    @Test
    void scramIsBoundToTlsEndToEnd(@TempDir Path directory) throws Exception {
        TestCertificates ca = new TestCertificates();
        FaultServer.Way way = new FaultServer.Way(Dialect.SMTP, ca.server("mx.example"), true);
        TlsDemand demand = new TlsDemand(
                true, StartTls.OPTIONAL, CertificateCheck.REQUIRE, Optional.empty(), Optional.of(ca.pem(directory)));
        String[] offers = {"AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN", "AUTH SCRAM-SHA-256 PLAIN"};
        for (String offer : offers) {
            try (FaultServer server = FaultServer.start(way, "extensions=" + offer)) {
                Target target = new Target(
                        "hop",
                        "mx.example",
                        server.address(),
                        Optional.empty(),
                        Dialect.SMTP,
                        demand,
                        Optional.of(login(Mechanism.FOR_PASSWORDS.toArray(Mechanism[]::new))),
                        "us");
                ClientSession session = Opening.open(
                        target, StepTimeouts.DEFAULT, new Connector(watchdog), new TlsClient(Optional.empty()));
                List<ChannelBinding> bindings = session.connection().bindings();
                assertThat(bindings)
                        .extracting(ChannelBinding::type)
                        .containsExactly("tls-exporter", "tls-server-end-point");
                String sent = server.commands().get(1);
                String first = new String(Base64.getDecoder().decode(sent.substring(sent.lastIndexOf(' ') + 1)), UTF_8);
                // Without PLUS on offer we say that we could have bound, so that a server that did offer it would
                // notice.
                assertThat(first).startsWith(offer.contains("PLUS") ? "p=tls-exporter,,n=user" : "y,,n=user");
                session.close();
            }
        }
    }
}
