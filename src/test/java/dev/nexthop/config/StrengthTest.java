package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import dev.nexthop.tls.ServerStrength;
import dev.nexthop.tls.TlsVersion;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tls.min-version}, {@code tls.ciphers}, and what listeners keep back. */
class StrengthTest {
    private static final String MX = "[queue.outbound.tls]\n";

    /** Lines below {@code [queue.outbound.tls]}; the problems that they make. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "fine",
            value = {
                "min-version = \"1.2\" | fine",
                "min-version = \"1.3\" | fine",
                "min-version = 1.3 | fine",
                "min-version = \"'1.3'\" | fine",
                "min-version = [{ if = \"mx = 'a.example'\", then = \"1.3\" }, { else = \"1.2\" }] | fine",
                "min-version = \"1.1\" | NH009 2:16",
                "min-version = \"1.4\" | NH009 2:16",
                "min-version = \"TLSv1.3\" | NH008 2:16",
                "ciphers = \"default\" | fine",
                "ciphers = [\"default\"] | fine",
                "ciphers = [\"tls_aes_128_gcm_sha256\"] | fine",
                "ciphers = \"['TLS_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']\" | fine",
                "ciphers = [] | NH007 2:11",
                "ciphers = [1] | NH007 2:12",
                "ciphers = [\"TLS_AES_128_GCM_SHA257\"] | NH007 2:13",
                "ciphers = [\"TLS_AES_128_GCM_SHA256\", \"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256\"] | NH286 2:39",
                "ciphers = [\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"] | NH287 2:11",
                "ciphers = [\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"] ;; min-version = \"1.3\" | NH007 2:11",
                "ciphers = [\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"] ;; min-version = [{ if = \"mx = 'a'\", then = \"1.3\" }, { else = \"1.2\" }] | NH007 2:11",
            })
    void outbound(String lines, @Nullable String problem) {
        String text = MX + lines.replace(" ;; ", "\n") + "\n";
        if (problem == null) {
            assertThat(Load.codes(text)).isEmpty();
        } else {
            assertThat(Load.codes(text)).containsExactly(problem);
        }
    }

    @Test
    void whatIsWrongIsSaidWithWhatWasMeant() {
        assertThat(Load.rendered(MX + "ciphers = [\"TLS_AES_128_GCM_SHA256\", \"ECDHE-RSA-AES256-GCM-SHA384\"]\n"))
                .contains("did you mean TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384?", "docs/security.md");
        assertThat(Load.rendered(MX + "ciphers = [\"TLS_AES_128_GCM_SHA265\"]\n"))
                .contains("did you mean TLS_AES_128_GCM_SHA256?");
        assertThat(Load.rendered(MX + "ciphers = [\"TLS_RSA_WITH_3DES_EDE_CBC_SHA\"]\n"))
                .contains("is never used: its cipher is broken (RFC 9325 §4.1)");
    }

    @Test
    void theVersionMayDependOnTheHost() throws Exception {
        OutboundSettings.Strength strength = Load.ok(
                        MX + "min-version = [{ if = \"mx = 'a.example'\", then = \"1.3\" }, { else = \"1.2\" }]\n")
                .outbound()
                .delivery()
                .strength();
        Facts strict = variable -> variable == Variable.MX ? Value.of("a.example") : null;
        Facts other = variable -> variable == Variable.MX ? Value.of("b.example") : null;
        assertThat(strength.least().value(strict, Lookups.NONE)).isEqualTo(TlsVersion.V1_3);
        assertThat(strength.least().value(other, Lookups.NONE)).isEqualTo(TlsVersion.V1_2);
    }

    private static String listener(String lines, String own) {
        return "server.tls." + lines.replace(" ;; ", "\nserver.tls.")
                + "\n[server.listener.a]\nbind = \"127.0.0.1:2525\"\nprotocol = \"smtp\"\n" + own.replace(" ;; ", "\n")
                + "\n[certificate.default]\ncert = \"%{file:cert.pem}%\"\nprivate-key = \"%{file:key.pem}%\"\n";
    }

    private static Loaded load(String text) {
        return Load.text(
                text, Map.of(), Path.of("src/test/resources/dev/nexthop/config").toAbsolutePath());
    }

    @Test
    void aListenerKeepsBackWhatItSaysOrAllSay() {
        String text = listener(
                "disable-protocols = [\"TLSv1.3\"] ;; disable-ciphers = [\"TLS13_AES_256_GCM_SHA384\", \"TLS_RSA_WITH_AES_128_CBC_SHA\"] ;; ignore-client-order = false",
                "tls.disable-protocols = [] ;; tls.ignore-client-order = true");
        Loaded loaded = load(text);
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        assertThat(loaded.problems()).noneMatch(problem -> problem.severity() != Severity.LINT);
        ServerStrength strength = Objects.requireNonNull(
                        ((Loaded.Ok) loaded).configuration().inbound().tls().get("a"))
                .strength();
        assertThat(strength.versionsOff()).isEmpty();
        assertThat(strength.suitesOff()).contains("TLS_AES_256_GCM_SHA384");
        assertThat(strength.ownOrder()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "disable-protocols = [\"TLSv1.2\", \"0x0304\"] | tls.implicit = false | NH007 1:32",
                "ignore-client-order = true | tls.disable-protocols = [\"TLSv1.2\", \"TLSv1.3\"] | NH007 5:25",
                "disable-protocols = [\"TLSv1.1\"] | tls.implicit = false | NH007 1:34",
                "disable-ciphers = [\"TLS_AES_129_GCM_SHA256\"] | tls.implicit = false | NH007 1:32",
                "disable-protocols = [\"TLSv1.2\"] | tls.disable-ciphers = [\"TLS_AES_128_GCM_SHA256\", \"TLS_AES_256_GCM_SHA384\", \"TLS_CHACHA20_POLY1305_SHA256\"] | NH007 5:23",
            })
    void somethingMustBeLeftToSpeakTlsWith(String lines, String own, String problem) {
        assertThat(Load.codes(load(listener(lines, own)))).contains(problem);
    }
}
