package dev.nexthop.config;

import dev.nexthop.server.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The settings of listeners, certificates, administration and the log. */
final class SettingsServer {
    static final Setting<String> HOSTNAME = Setting.of(
                    "server.hostname",
                    Kinds.HOST,
                    "The full name of this host, which greetings, EHLO and Received fields show (RFC 5321 §2.3.5).",
                    "\"mail.example.org\"")
            .orElse("`lookup.default.hostname`, else the machine's name if it has a dot, else `localhost`");

    static final Setting<List<String>> OWN_NAMES = Setting.of(
                    "server.own-names",
                    Kinds.HOST.list(),
                    "More names of this host, such as that of a load balancer before it; MX records that lead to one lead here.",
                    "[\"mx.example.org\", \"mx1.example.org\"]")
            .or("[]")
            .ours();

    static final Setting<List<InetAddress>> OWN_ADDRESSES = Setting.of(
                    "server.own-addresses",
                    Kinds.ADDRESS.list(),
                    "Addresses of this host that no interface shows, because they are translated (NAT); MX records that"
                            + " lead to one lead here.",
                    "[\"192.0.2.1\"]")
            .or("[]")
            .ours();

    static final Setting<Integer> MAX_CONNECTIONS = Setting.of(
                    "server.max-connections",
                    Kinds.count(1, 1_000_000),
                    "Inbound connections at once, over all listeners.",
                    "8192")
            .or("8192");

    static final Setting<Integer> MAX_PER_ADDRESS = Setting.of(
                    "server.max-connections-per-address",
                    Kinds.count(1, 1_000_000),
                    "Inbound connections at once from one client address.",
                    "100")
            .or("1024")
            .ours();

    static final Setting<Boolean> TLS_ENABLE = Setting.of(
                    "server.tls.enable",
                    Kinds.TRUTH,
                    "Whether listeners offer STARTTLS or implicit TLS, unless they say otherwise themselves.",
                    "true")
            .orElse("`true` when there is a certificate");

    static final Setting<Boolean> TLS_IMPLICIT = Setting.of(
                    "server.tls.implicit",
                    Kinds.TRUTH,
                    "Whether TLS begins with the connection (RFC 8314 §3.3), unless a listener says otherwise.",
                    "false")
            .or("false");

    static final Setting<Duration> TLS_TIMEOUT = Setting.of(
                    "server.tls.timeout", Kinds.DURATION, "How long a client's TLS handshake may take.", "\"1m\"")
            .or("3m");

    static final Setting<List<InetSocketAddress>> BIND = Setting.of(
            "server.listener.<id>.bind",
            Kinds.BIND.list(),
            "Where the listener accepts connections; port 0 leaves the choice to the kernel.",
            "[\"127.0.0.1:25\", \"[::1]:25\"]");

    static final Setting<Optional<Protocol>> PROTOCOL = Setting.of(
            "server.listener.<id>.protocol",
            Kinds.word(protocols()),
            "What the listener speaks; imap and managesieve are known, but not served yet.",
            "\"smtp\"");

    static final Setting<Boolean> LISTENER_ENABLE = Setting.of(
                    "server.listener.<id>.tls.enable", Kinds.TRUTH, "Whether the listener offers TLS.", "true")
            .orElse("`server.tls.enable`");

    static final Setting<Boolean> LISTENER_IMPLICIT = Setting.of(
                    "server.listener.<id>.tls.implicit",
                    Kinds.TRUTH,
                    "Whether TLS begins with the connection instead of behind STARTTLS.",
                    "true")
            .orElse("`server.tls.implicit`");

    static final Setting<String> TLS_CERTIFICATE = Setting.of(
            "server.tls.certificate",
            Kinds.NAME,
            "The certificate of all listeners; it must be defined, but clients get the one for the name they ask.",
            "\"default\"");

    static final Setting<String> LISTENER_CERTIFICATE = Setting.of(
            "server.listener.<id>.tls.certificate",
            Kinds.NAME,
            "The listener's certificate; it must be defined, but clients get the one for the name they ask.",
            "\"default\"");

    static final Setting<String> CERTIFICATE = Setting.of(
            "certificate.<id>.cert",
            Kinds.NAME,
            "The certificate with its chain, as PEM; usually read with a file macro.",
            "\"%{file:/etc/nexthop/cert.pem}%\"");

    static final Setting<String> PRIVATE_KEY = Setting.of(
                    "certificate.<id>.private-key",
                    Kinds.NAME,
                    "The private key, as PEM (PKCS #8, RFC 5958); usually read with a file macro.",
                    "\"%{file:/etc/nexthop/key.pem}%\"")
            .secret();

    static final Setting<Boolean> CERTIFICATE_DEFAULT = Setting.of(
                    "certificate.<id>.default",
                    Kinds.TRUTH,
                    "Whether clients that name no server (RFC 6066 §3) see this certificate.",
                    "true")
            .or("false");

    static final Setting<String> ADMIN_USER = Setting.of(
            "authentication.fallback-admin.user",
            Kinds.NAME,
            "The administrator's name in the HTTP API and the commands.",
            "\"admin\"");

    static final Setting<String> ADMIN_SECRET = Setting.of(
                    "authentication.fallback-admin.secret",
                    Kinds.NAME,
                    "The administrator's password.",
                    "\"%{file:/etc/nexthop/admin.secret}%\"")
            .secret();

    static final Setting<LogFormat> LOG_FORMAT = Setting.of(
                    "log.format",
                    Kinds.word(formats()),
                    "How the log is written: one readable line or one JSON object for each event.",
                    "\"json\"")
            .or("text")
            .ours();

    private SettingsServer() {}

    static List<Setting<?>> all() {
        return Stream.of(most(), SettingsTls.inbound()).flatMap(List::stream).toList();
    }

    private static List<Setting<?>> most() {
        return List.of(
                HOSTNAME,
                OWN_NAMES,
                OWN_ADDRESSES,
                MAX_CONNECTIONS,
                MAX_PER_ADDRESS,
                TLS_ENABLE,
                TLS_IMPLICIT,
                TLS_TIMEOUT,
                BIND,
                PROTOCOL,
                LISTENER_ENABLE,
                LISTENER_IMPLICIT,
                TLS_CERTIFICATE,
                LISTENER_CERTIFICATE,
                CERTIFICATE,
                PRIVATE_KEY,
                CERTIFICATE_DEFAULT,
                ADMIN_USER,
                ADMIN_SECRET,
                LOG_FORMAT);
    }

    private static Map<String, LogFormat> formats() {
        Map<String, LogFormat> words = new LinkedHashMap<>();
        words.put("text", LogFormat.TEXT);
        words.put("json", LogFormat.JSON);
        return words;
    }

    /** Empty for those that are known, but not served. */
    private static Map<String, Optional<Protocol>> protocols() {
        Map<String, Optional<Protocol>> words = new LinkedHashMap<>();
        words.put("smtp", Optional.of(Protocol.SMTP));
        words.put("lmtp", Optional.of(Protocol.LMTP));
        words.put("http", Optional.of(Protocol.HTTP));
        words.put("imap", Optional.empty());
        words.put("managesieve", Optional.empty());
        return words;
    }
}
