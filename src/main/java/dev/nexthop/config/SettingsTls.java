package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Variable;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.TlsVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of which versions and cipher suites of TLS are used, and of the policies of configured hosts. */
final class SettingsTls {
    static final Setting<Conditional<TlsVersion>> LEAST = Setting.of(
                    "queue.outbound.tls.min-version",
                    Kinds.words(Variable.MX_SCOPE, versions()),
                    "The oldest version of TLS that is spoken to MX hosts; one that speaks only older ones gets no mail.",
                    "\"1.3\"")
            .or("1.2")
            .ours();

    static final Setting<List<String>> SUITES = suites(
            "queue.outbound.tls.ciphers",
            "The cipher suites that MX hosts are offered, those of TLS 1.2 and 1.3 in one list.");

    static final Setting<TlsVersion> REMOTE_LEAST = Setting.of(
                    "remote.<id>.tls.min-version",
                    Kinds.word(versions()),
                    "The oldest version of TLS that is spoken to this host; if it speaks only older ones its mail waits.",
                    "\"1.3\"")
            .or("1.2")
            .ours();

    static final Setting<List<String>> REMOTE_SUITES = suites(
            "remote.<id>.tls.ciphers",
            "The cipher suites that this host is offered, those of TLS 1.2 and 1.3 in one list.");

    static final Setting<PolicyWish> REMOTE_STS = Setting.of(
                    "remote.<id>.tls.mta-sts",
                    Kinds.word(SettingsQueue.policies()),
                    "What MTA-STS (RFC 8461 §3.4) is to this host: the policy is that of its own name.",
                    "\"require\"")
            .or("disable")
            .ours();

    static final Setting<List<TlsVersion>> VERSIONS_OFF =
            versionsOff("server.tls.disable-protocols", "listeners don't speak").or("[]");

    static final Setting<List<String>> SUITES_OFF = Setting.of(
                    "server.tls.disable-ciphers",
                    new CiphersKind(false),
                    "Cipher suites that listeners don't use.",
                    "[\"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256\"]")
            .or("[]");

    static final Setting<Boolean> OWN_ORDER = Setting.of(
                    "server.tls.ignore-client-order",
                    Kinds.TRUTH,
                    "Whether the cipher suite that this server likes best is taken, and not the one that the client does.",
                    "false")
            .or("true");

    static final Setting<List<TlsVersion>> LISTENER_VERSIONS_OFF = versionsOff(
                    "server.listener.<id>.tls.disable-protocols", "the listener does not speak")
            .orElse("`server.tls.disable-protocols`");

    static final Setting<List<String>> LISTENER_SUITES_OFF = Setting.of(
                    "server.listener.<id>.tls.disable-ciphers",
                    new CiphersKind(false),
                    "Cipher suites that the listener does not use.",
                    "[\"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256\"]")
            .orElse("`server.tls.disable-ciphers`");

    static final Setting<Boolean> LISTENER_OWN_ORDER = Setting.of(
                    "server.listener.<id>.tls.ignore-client-order",
                    Kinds.TRUTH,
                    "Whether the cipher suite that this server likes best is taken, and not the one that the client does.",
                    "false")
            .orElse("`server.tls.ignore-client-order`");

    private SettingsTls() {}

    /** Of MX hosts. */
    static List<Setting<?>> outbound() {
        return List.of(LEAST, SUITES);
    }

    /** Of configured hosts. */
    static List<Setting<?>> remote() {
        return List.of(REMOTE_LEAST, REMOTE_SUITES, REMOTE_STS);
    }

    /** Of listeners. */
    static List<Setting<?>> inbound() {
        return List.of(
                VERSIONS_OFF, SUITES_OFF, OWN_ORDER, LISTENER_VERSIONS_OFF, LISTENER_SUITES_OFF, LISTENER_OWN_ORDER);
    }

    private static Setting<List<String>> suites(String key, String prose) {
        return Setting.of(
                        key,
                        new CiphersKind(true),
                        prose,
                        "[\"TLS_AES_256_GCM_SHA384\", \"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\"]")
                .or("default")
                .ours();
    }

    private static Setting<List<TlsVersion>> versionsOff(String key, String who) {
        return Setting.of(
                key,
                new Plain<>("version of TLS", "TLSv1.2 or TLSv1.3", SettingsTls::version).list(),
                "Versions of TLS that " + who + "; those before 1.2 are never spoken.",
                "[\"TLSv1.2\"]");
    }

    private static Map<String, TlsVersion> versions() {
        Map<String, TlsVersion> words = new LinkedHashMap<>();
        for (TlsVersion version : TlsVersion.values()) {
            words.put(version.toString(), version);
        }
        return words;
    }

    /** By its name, or by its number on the wire as Stalwart takes it too. */
    private static @Nullable TlsVersion version(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "tlsv1.2", "1.2", "0x0303" -> TlsVersion.V1_2;
            case "tlsv1.3", "1.3", "0x0304" -> TlsVersion.V1_3;
            default -> null;
        };
    }
}
