package dev.nexthop.config;

import dev.nexthop.client.Target;
import dev.nexthop.tls.Fingerprint;
import dev.nexthop.tls.PolicyWish;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a remote host is found and spoken to: what replaces {@code queue.outbound} for it, and what only a host can have. */
final class SettingsHop {
    static final Setting<List<Integer>> WEIGHTS = Setting.of(
                    "remote.<id>.weights",
                    Kinds.count(0, 65_535).list(),
                    "One number for each address: its chance of being tried first; 0 only after all others.",
                    "[3, 1]")
            .orElse("the addresses are tried in order")
            .ours();

    static final Setting<String> SRV = Setting.of(
                    "remote.<id>.srv",
                    new Plain<>("service", "a service and a protocol such as _submission._tcp", SettingsHop::service),
                    "The service whose SRV records (RFC 2782) are asked for below the address; they say hosts and ports.",
                    "\"_submissions._tcp\"")
            .orElse("no SRV records are asked for")
            .ours();

    static final Setting<String> EHLO = Setting.of(
                    "remote.<id>.ehlo",
                    new Plain<>(
                            "name",
                            "one word of visible ASCII characters",
                            text -> Target.speakable(text) ? text : null),
                    "Our name in EHLO or LHLO (RFC 5321 §4.1.1.1).",
                    "\"out.example.org\"")
            .orElse(
                    "the name of the source address in `queue.outbound.source-ip.names`, else `queue.outbound.hostname`")
            .ours();

    static final Setting<List<InetAddress>> SOURCES = Setting.of(
                    "remote.<id>.source-ip",
                    new Plain<>("IP address", "an IPv4 or IPv6 address", Texts::address).list(),
                    "Addresses of ours to send from, picked at random. An address of the host (or proxy) whose family has none here is not asked.",
                    "[\"192.0.2.10\", \"2001:db8::10\"]")
            .orElse("`queue.outbound.source-ip`")
            .ours();

    static final Setting<String> PROXY = Setting.of(
                    "remote.<id>.proxy",
                    new Plain<>(
                            "URL of a proxy",
                            "socks5://host:port or http://host:port, without user and path",
                            text -> ProxyUrl.parse(text) == null ? null : text),
                    "A server that opens the connection in our place: SOCKS5 (RFC 1928) or the CONNECT method of HTTP.",
                    "\"socks5://127.0.0.1:1080\"")
            .ours();

    static final Setting<String> PROXY_USER = Setting.of(
                    "remote.<id>.proxy-auth.username",
                    Kinds.NAME,
                    "Who we are to the proxy (RFC 1929; Basic for HTTP).",
                    "\"mail\"")
            .ours();

    static final Setting<String> PROXY_SECRET = Setting.of(
                    "remote.<id>.proxy-auth.secret",
                    Kinds.NAME,
                    "The password there.",
                    "\"%{file:/etc/nexthop/proxy.secret}%\"")
            .secret()
            .ours();

    static final Setting<List<Fingerprint>> FINGERPRINTS = Setting.of(
                    "remote.<id>.tls.fingerprint",
                    new Plain<>(
                                    "SHA-256 fingerprint",
                                    "64 hexadecimal digits, with or without colons",
                                    SettingsHop::pin)
                            .list(),
                    "SHA-256 of the host's own certificate; one of these must be it, and nothing else about it counts.",
                    "\"5be026dc07f2f6d6c9ab1cf2a4bb2e9a1e3c6d5a7d1c0b9f8e7d6c5b4a392817\"")
            .ours();

    static final Setting<PolicyWish> DANE = Setting.of(
                    "remote.<id>.tls.dane",
                    Kinds.word(SettingsQueue.policies()),
                    "What DANE (RFC 7672) is to this host: its TLSA records are at its own name and port.",
                    "\"require\"")
            .or("disable")
            .ours();

    static final Setting<String> CERTIFICATE = Setting.of(
                    "remote.<id>.tls.certificate",
                    Kinds.NAME,
                    "The id of the certificate that we show to a host that asks for one (RFC 8446 §4.4.2).",
                    "\"client\"")
            .ours();

    static final Setting<Duration> CONNECT = timeout("connect", "Opening the connection, a proxy's part included.");
    static final Setting<Duration> GREETING = timeout("greeting", "The 220 greeting.");
    static final Setting<Duration> HELLO = timeout("ehlo", "Each reply to EHLO, LHLO and AUTH.");
    static final Setting<Duration> TLS = timeout("tls", "The TLS handshake.");
    static final Setting<Duration> MAIL = timeout("mail-from", "The reply to MAIL.");
    static final Setting<Duration> RCPT = timeout("rcpt-to", "The reply to RCPT.");
    static final Setting<Duration> DATA =
            timeout("data", "The reply to DATA, each write of the content, and the reply after it.");

    static final Setting<Integer> HEALTH_FAILURES = Setting.of(
                    "remote.<id>.health.failures",
                    Kinds.count(1, 1_000),
                    "So many attempts in a row that find no address of use make the host down.",
                    "5")
            .or("3")
            .ours();

    static final Setting<Duration> HEALTH_PAUSE = Setting.of(
                    "remote.<id>.health.pause",
                    Kinds.DURATION,
                    "So long after its last failure a host that is down gets mail again.",
                    "\"30s\"")
            .or("1m")
            .ours();

    static final Setting<Duration> HEALTH_PROBE = Setting.of(
                    "remote.<id>.health.probe",
                    Kinds.DURATION,
                    "How often a host that is down is asked whether it is back, without mail.",
                    "\"15s\"")
            .orElse("it is found out with mail")
            .ours();

    private SettingsHop() {}

    static List<Setting<?>> all() {
        return List.of(
                WEIGHTS,
                SRV,
                EHLO,
                SOURCES,
                PROXY,
                PROXY_USER,
                PROXY_SECRET,
                FINGERPRINTS,
                DANE,
                CERTIFICATE,
                CONNECT,
                GREETING,
                HELLO,
                TLS,
                MAIL,
                RCPT,
                DATA,
                HEALTH_FAILURES,
                HEALTH_PAUSE,
                HEALTH_PROBE);
    }

    private static Setting<Duration> timeout(String step, String prose) {
        return Setting.of("remote.<id>.timeouts." + step, Kinds.DURATION, prose, "\"1m\"")
                .orElse("`queue.outbound.timeouts." + step + "`")
                .ours();
    }

    /** The service in lower case; null when it is none. */
    static @Nullable String service(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.matches("_[a-z0-9][a-z0-9-]{0,14}\\._tcp") ? lower : null;
    }

    private static @Nullable Fingerprint pin(String text) {
        try {
            return Fingerprint.parse(text);
        } catch (IllegalArgumentException e) {
            // As the caller then says.
            return null;
        }
    }
}
