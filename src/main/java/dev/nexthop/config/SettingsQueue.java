package dev.nexthop.config;

import dev.nexthop.delivery.OutboundSettings.IpStrategy;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Variable;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.StartTls;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The settings of the queue and of mail that leaves. */
final class SettingsQueue {
    static final Setting<Conditional<List<Duration>>> RETRY = Setting.of(
                    "queue.schedule.retry",
                    Kinds.rules("list of durations", Variable.HOST_SCOPE, Conversion.DURATION_LIST),
                    "Waits after the first, second, … temporary failure; the last one repeats (RFC 5321 §4.5.4.1).",
                    "\"[2m, 5m, 10m, 1h]\"")
            .or("[2m, 5m, 10m, 15m, 30m, 1h, 2h]");

    static final Setting<Conditional<List<Duration>>> NOTIFY = Setting.of(
                    "queue.schedule.notify",
                    Kinds.rules("list of durations", Variable.RCPT_SCOPE, Conversion.DURATION_LIST),
                    "When the sender is told of a delay: the first since acceptance, each later one since the one before.",
                    "\"[1d, 3d]\"")
            .or("[1d, 3d]");

    static final Setting<Conditional<Duration>> EXPIRE = Setting.of(
                    "queue.schedule.expire",
                    Kinds.rules("duration", Variable.RCPT_SCOPE, Conversion.DURATION),
                    "How long after acceptance the queue gives up (RFC 5321 §4.5.4.1 wants 4 to 5 days).",
                    "\"5d\"")
            .or("5d");

    static final Setting<Rules> NEXT_HOP = Setting.of(
                    "queue.outbound.next-hop",
                    new RoutingKind(),
                    "Where a recipient goes, decided for each recipient and each attempt.",
                    "[ { if = \"is_local_domain('', rcpt_domain)\", then = \"'local'\" }, { else = false } ]")
            .orElse("local domains to `'local'`, all others by MX");

    static final Setting<Conditional<String>> HOSTNAME = Setting.of(
                    "queue.outbound.hostname",
                    Kinds.rules("text", Variable.HOST_SCOPE, Conversion.TEXT),
                    "Our name in EHLO (RFC 5321 §4.1.1.1), for source addresses without one in `source-ip.names`.",
                    "\"'mx.example.org'\"")
            .orElse("`server.hostname`");

    static final Setting<Conditional<Long>> MAX_MX = Setting.of(
                    "queue.outbound.limits.mx",
                    Kinds.rules("whole number", Variable.RCPT_SCOPE, Conversion.INTEGER),
                    "MX hosts tried in one attempt; 0 for all.",
                    "7")
            .or("5");

    static final Setting<Conditional<Long>> MULTIHOMED = Setting.of(
                    "queue.outbound.limits.multihomed",
                    Kinds.rules("whole number", Variable.RCPT_SCOPE, Conversion.INTEGER),
                    "Addresses tried for each host and address family; 0 for all.",
                    "2")
            .or("2");

    static final Setting<Boolean> PRIVATE_MX = Setting.of(
                    "queue.outbound.limits.private-mx",
                    Kinds.TRUTH,
                    "Whether MX delivery may go to loopback and private addresses, as in a laboratory.",
                    "true")
            .or("false")
            .ours();

    static final Setting<Conditional<IpStrategy>> IP_STRATEGY = Setting.of(
                    "queue.outbound.ip-strategy",
                    Kinds.words(Variable.SENDER_SCOPE, strategies()),
                    "Which family is tried first, or alone; both take turns then (RFC 8305 §4), and addresses that failed lately come last.",
                    "\"ipv6_then_ipv4\"")
            .or("ipv4_then_ipv6");

    static final Setting<Conditional<List<InetAddress>>> SOURCE_V4 = Setting.of(
                    "queue.outbound.source-ip.v4",
                    Kinds.rules("list of addresses", Variable.MX_SCOPE, Conversion.IP_LIST),
                    "Addresses to send from to IPv4 hosts, one picked at random for each host; empty: the kernel chooses.",
                    "[\"192.0.2.10\", \"192.0.2.11\"]")
            .or("[]");

    static final Setting<String> SOURCE_NAME = Setting.of(
                    "queue.outbound.source-ip.names.<address>",
                    Kinds.NAME,
                    "Our name in EHLO (RFC 5321 §4.1.1.1) on connections from this address, as its PTR record has it.",
                    "\"out1.example.org\"")
            .ours();

    static final Setting<Conditional<List<InetAddress>>> SOURCE_V6 = Setting.of(
                    "queue.outbound.source-ip.v6",
                    Kinds.rules("list of addresses", Variable.MX_SCOPE, Conversion.IP_LIST),
                    "Addresses to send from to IPv6 hosts, one picked at random for each host; empty: the kernel chooses.",
                    "\"['2001:db8::10', '2001:db8::11']\"")
            .or("[]");

    static final Setting<Conditional<StartTls>> STARTTLS = Setting.of(
                    "queue.outbound.tls.starttls",
                    Kinds.words(Variable.MX_SCOPE, startTls()),
                    "What STARTTLS is to MX hosts (RFC 3207); a remote has its own tls.starttls.",
                    "\"require\"")
            .or("optional");

    static final Setting<Conditional<PolicyWish>> DANE = Setting.of(
                    "queue.outbound.tls.dane",
                    Kinds.words(Variable.MX_SCOPE, policies()),
                    "What DANE (RFC 7672) is to MX hosts: with `require` a host without usable TLSA records gets no mail.",
                    "\"disable\"")
            .or("optional");

    static final Setting<Conditional<PolicyWish>> MTA_STS = Setting.of(
                    "queue.outbound.tls.mta-sts",
                    Kinds.words(Variable.RCPT_SCOPE, policies()),
                    "What MTA-STS (RFC 8461) is to a recipient's domain: with `require` a domain without an enforced policy gets no mail.",
                    "\"disable\"")
            .or("optional");

    static final Setting<Conditional<CertificateCheck>> INVALID_CERTS = Setting.of(
                    "queue.outbound.tls.allow-invalid-certs",
                    Kinds.words(Variable.MX_SCOPE, checks()),
                    "False refuses MX hosts whose certificate can't be verified, true never looks.",
                    "false")
            .orElse("such a host is used encrypted and the log says `tls=unverified`");

    static final Setting<Duration> REMEMBER = Setting.of(
                    "queue.outbound.tls.remember",
                    Kinds.DURATION,
                    "How long an MX host that offered STARTTLS must go on offering it; without it such a host gets mail in clear, and an alarm is raised.",
                    "\"7d\"")
            .orElse("it may stop")
            .ours();

    static final Setting<Path> CA = Setting.of(
                    "queue.outbound.tls.ca",
                    Kinds.PATH,
                    "A PEM file of further trust anchors for every outbound connection.",
                    "\"/etc/nexthop/ca.pem\"")
            .ours();

    static final Setting<Conditional<SevenBit.Policy>> CONVERSION = Setting.of(
                    "queue.outbound.conversion",
                    Kinds.words(Variable.MX_SCOPE, conversions()),
                    "Which 8-bit messages are converted for a host without 8BITMIME (RFC 6152 §3); others fail with 5.6.3.",
                    "\"always\"")
            .or("unsigned")
            .ours();

    static final Setting<Conditional<Duration>> CONNECT =
            timeout("connect", "Opening the connection.").or("5m");
    static final Setting<Conditional<Duration>> GREETING =
            timeout("greeting", "The 220 greeting (RFC 5321 §4.5.3.2.1).").or("5m");
    static final Setting<Conditional<Duration>> EHLO =
            timeout("ehlo", "The replies to EHLO, LHLO and AUTH.").or("5m");
    static final Setting<Conditional<Duration>> STS_FETCH = Setting.of(
                    "queue.outbound.timeouts.mta-sts",
                    Kinds.rules("duration", Variable.RCPT_SCOPE, Conversion.DURATION),
                    "How long the MTA-STS policy of a recipient's domain may take to be fetched (RFC 8461 §3.3); more than `1m` counts as `1m`.",
                    "\"1m\"")
            .or("10m");
    static final Setting<Conditional<Duration>> TLS =
            timeout("tls", "The TLS handshake.").or("3m");
    static final Setting<Conditional<Duration>> MAIL =
            timeout("mail-from", "The reply to MAIL (RFC 5321 §4.5.3.2.2).").or("5m");
    static final Setting<Conditional<Duration>> RCPT =
            timeout("rcpt-to", "The reply to RCPT (RFC 5321 §4.5.3.2.3).").or("5m");
    static final Setting<Conditional<Duration>> DATA = timeout(
                    "data", "Each of: DATA, a write of content, the final reply (RFC 5321 §4.5.3.2.4 to .6).")
            .or("10m");

    static final Setting<Integer> ATTEMPTS = Setting.of(
                    "queue.limits.attempts",
                    Kinds.count(1, 100_000),
                    "Attempts running at once, over all destinations.",
                    "500")
            .or("1000")
            .ours();

    static final Setting<Integer> PER_DESTINATION = Setting.of(
                    "queue.limits.per-destination",
                    Kinds.count(1, 10_000),
                    "Most attempts running at once for one MX domain; it starts with 5 and follows what the domain answers.",
                    "10")
            .or("20")
            .ours();

    static final Setting<Long> HELD = Setting.of(
                    "queue.limits.held-memory",
                    Kinds.SIZE,
                    "Bodies kept in memory between acceptance and the first attempt; others are read from disk.",
                    "\"64mb\"")
            .or("32mb")
            .ours();

    static final Setting<Long> MEMORY_BODY = Setting.of(
                    "queue.limits.memory-body",
                    Kinds.SIZE,
                    "Bodies up to this size stay in memory while they arrive; larger ones are files.",
                    "\"512kb\"")
            .or("64kb")
            .ours();

    static final Setting<Long> RESERVE = Setting.of(
                    "queue.limits.disk-reserve", Kinds.SIZE, "Free disk below which no mail is accepted.", "\"1gb\"")
            .or("64mb")
            .ours();

    private SettingsQueue() {}

    static List<Setting<?>> all() {
        return Stream.of(most(), SettingsTls.outbound()).flatMap(List::stream).toList();
    }

    private static List<Setting<?>> most() {
        return List.of(
                NEXT_HOP,
                RETRY,
                NOTIFY,
                EXPIRE,
                HOSTNAME,
                MAX_MX,
                MULTIHOMED,
                PRIVATE_MX,
                IP_STRATEGY,
                SOURCE_V4,
                SOURCE_V6,
                SOURCE_NAME,
                STARTTLS,
                DANE,
                MTA_STS,
                INVALID_CERTS,
                REMEMBER,
                CA,
                CONVERSION,
                CONNECT,
                GREETING,
                EHLO,
                TLS,
                MAIL,
                RCPT,
                DATA,
                STS_FETCH,
                ATTEMPTS,
                PER_DESTINATION,
                HELD,
                MEMORY_BODY,
                RESERVE);
    }

    private static Setting<Conditional<Duration>> timeout(String name, String prose) {
        return Setting.of(
                "queue.outbound.timeouts." + name,
                Kinds.rules("duration", Variable.HOST_SCOPE, Conversion.DURATION),
                "How long this may take. " + prose,
                "\"3m\"");
    }

    private static Map<String, IpStrategy> strategies() {
        Map<String, IpStrategy> words = new LinkedHashMap<>();
        words.put("ipv4_then_ipv6", IpStrategy.IPV4_THEN_IPV6);
        words.put("ipv6_then_ipv4", IpStrategy.IPV6_THEN_IPV4);
        words.put("ipv4_only", IpStrategy.IPV4_ONLY);
        words.put("ipv6_only", IpStrategy.IPV6_ONLY);
        return words;
    }

    private static Map<String, SevenBit.Policy> conversions() {
        Map<String, SevenBit.Policy> words = new LinkedHashMap<>();
        words.put("unsigned", SevenBit.Policy.UNLESS_SIGNED);
        words.put("always", SevenBit.Policy.ALWAYS);
        words.put("never", SevenBit.Policy.NEVER);
        return words;
    }

    static Map<String, StartTls> startTls() {
        Map<String, StartTls> words = new LinkedHashMap<>();
        words.put("optional", StartTls.OPTIONAL);
        words.put("require", StartTls.REQUIRE);
        words.put("required", StartTls.REQUIRE);
        words.put("disable", StartTls.DISABLE);
        words.put("disabled", StartTls.DISABLE);
        words.put("none", StartTls.DISABLE);
        words.put("false", StartTls.DISABLE);
        return words;
    }

    static Map<String, PolicyWish> policies() {
        Map<String, PolicyWish> words = new LinkedHashMap<>();
        startTls().forEach((word, meaning) -> words.put(word, PolicyWish.valueOf(meaning.name())));
        return words;
    }

    private static Map<String, CertificateCheck> checks() {
        Map<String, CertificateCheck> words = new LinkedHashMap<>();
        words.put("true", CertificateCheck.NEVER);
        words.put("false", CertificateCheck.REQUIRE);
        return words;
    }
}
