package dev.nexthop.config;

import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.StartTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The settings of remote hosts, {@code remote.<id>}. */
final class SettingsRemote {
    /** Octets of the path of a unix socket on Linux, unix(7). */
    private static final int LONGEST_SOCKET = 107;

    static final Setting<List<String>> ADDRESS = Setting.of(
            "remote.<id>.address",
            new Plain<>(
                            "host",
                            "a host name, an IP address, [name], or the absolute path of a unix socket",
                            SettingsRemote::host)
                    .list(),
            "The host: a name (its MX is never asked), an IP address, the path of a unix socket, or a list, tried in"
                    + " order.",
            "\"relay.example.org\"");

    static final Setting<Integer> PORT = Setting.of(
                    "remote.<id>.port", Kinds.count(1, 65_535), "The port of the host.", "465")
            .orElse("25; 24 for lmtp; with `srv` as its records say");

    static final Setting<Dialect> PROTOCOL = Setting.of(
                    "remote.<id>.protocol",
                    Kinds.word(dialects()),
                    "What the host speaks (RFC 5321, RFC 2033).",
                    "\"lmtp\"")
            .or("smtp");

    static final Setting<Boolean> IMPLICIT = Setting.of(
                    "remote.<id>.tls.implicit",
                    Kinds.TRUTH,
                    "Whether TLS begins with the connection (RFC 8314 §3.3) instead of behind STARTTLS.",
                    "false")
            .orElse("`true`; `false` with `srv` for `_smtp._tcp`, `_submission._tcp` and `_lmtp._tcp`");

    static final Setting<Boolean> INVALID_CERTS = Setting.of(
                    "remote.<id>.tls.allow-invalid-certs",
                    Kinds.TRUTH,
                    "Whether a certificate that can't be verified is accepted; otherwise the mail waits.",
                    "true")
            .or("false");

    static final Setting<StartTls> STARTTLS = Setting.of(
                    "remote.<id>.tls.starttls",
                    Kinds.word(SettingsQueue.startTls()),
                    "What STARTTLS is to this host.",
                    "\"require\"")
            .orElse(
                    "`require` with a fingerprint, and for an SMTP host with credentials that is not on loopback; else `optional`")
            .ours();

    static final Setting<String> SERVER_NAME = Setting.of(
                    "remote.<id>.tls.server-name",
                    Kinds.HOST,
                    "The name for SNI and for the check of the certificate.",
                    "\"relay.example.org\"")
            .orElse("the address")
            .ours();

    static final Setting<Path> CA = Setting.of(
                    "remote.<id>.tls.ca",
                    Kinds.PATH,
                    "A PEM file of further trust anchors for this host.",
                    "\"/etc/nexthop/relay-ca.pem\"")
            .ours();

    static final Setting<Integer> CONCURRENCY = Setting.of(
                    "remote.<id>.concurrency", Kinds.count(1, 10_000), "Connections to the host at once.", "5")
            .or("20")
            .ours();

    static final Setting<Integer> MAX_RECIPIENTS = Setting.of(
                    "remote.<id>.max-recipients",
                    Kinds.count(1, 100_000),
                    "Recipients of one transaction (RFC 5321 §4.5.3.1.8).",
                    "50")
            .or("100")
            .ours();

    static final Setting<Integer> MESSAGES = Setting.of(
                    "remote.<id>.messages-per-connection",
                    Kinds.count(1, 1_000_000),
                    "Transactions before a connection is closed.",
                    "100")
            .or("1000")
            .ours();

    static final Setting<Duration> IDLE = Setting.of(
                    "remote.<id>.idle-timeout",
                    Kinds.DURATION,
                    "How long an unused connection is kept for the next message.",
                    "\"10s\"")
            .or("30s")
            .ours();

    static final Setting<Boolean> ONE_FLIGHT = Setting.of(
                    "remote.<id>.one-flight",
                    Kinds.TRUTH,
                    "Whether a small message may leave together with its envelope, as one chunk (RFC 3030).",
                    "true")
            .or("false")
            .ours();

    private SettingsRemote() {}

    static List<Setting<?>> all() {
        return Stream.of(most(), SettingsLogin.all(), SettingsHop.all(), SettingsTls.remote())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Setting<?>> most() {
        return List.of(
                ADDRESS,
                PORT,
                PROTOCOL,
                IMPLICIT,
                INVALID_CERTS,
                STARTTLS,
                SERVER_NAME,
                CA,
                CONCURRENCY,
                MAX_RECIPIENTS,
                MESSAGES,
                IDLE,
                ONE_FLIGHT);
    }

    private static Map<String, Dialect> dialects() {
        Map<String, Dialect> words = new LinkedHashMap<>();
        words.put("smtp", Dialect.SMTP);
        words.put("lmtp", Dialect.LMTP);
        return words;
    }

    /** The host without brackets, in lower case, or the path of a socket as it is. */
    private static @Nullable String host(String text) {
        String path = text.startsWith("unix:") ? text.substring("unix:".length()) : text;
        if (path.startsWith("/")) {
            return path.length() <= LONGEST_SOCKET && Ascii.visible(path) ? path : null;
        }
        boolean brackets = text.startsWith("[") && text.endsWith("]") && text.length() > 2;
        String bare = (brackets ? text.substring(1, text.length() - 1) : text).toLowerCase(Locale.ROOT);
        String literal = bare.startsWith("ipv6:") ? bare.substring("ipv6:".length()) : bare;
        if (Texts.address(literal) != null) {
            return literal;
        }
        boolean dotsAndDigits = bare.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
        return !dotsAndDigits && Texts.isHost(bare) ? bare : null;
    }
}
