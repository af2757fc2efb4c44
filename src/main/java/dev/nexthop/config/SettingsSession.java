package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Variable;
import dev.nexthop.server.Extensions.Mechanism;
import dev.nexthop.smtp.LineEnds;
import dev.nexthop.sts.PolicyFile;
import dev.nexthop.tls.StsPolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of the inbound session. */
final class SettingsSession {
    static final Setting<Duration> TIMEOUT = Setting.of(
                    "session.timeout",
                    Kinds.literal(Kinds.DURATION),
                    "How long a client may take for a command (RFC 5321 §4.5.3.2.7).",
                    "\"5m\"")
            .or("5m");

    static final Setting<Duration> DURATION = Setting.of(
                    "session.duration",
                    Kinds.literal(Kinds.DURATION),
                    "How long a session may last, counted again from each accepted message.",
                    "\"10m\"")
            .or("10m");

    static final Setting<Long> DATA_SIZE = Setting.of(
                    "session.data.limits.size",
                    Kinds.literal(Kinds.SIZE),
                    "The largest message that is accepted (RFC 1870).",
                    "\"50mb\"")
            .or("104857600");

    static final Setting<Integer> DATA_MESSAGES = Setting.of(
                    "session.data.limits.messages",
                    Kinds.literal(Kinds.count(1, Integer.MAX_VALUE)),
                    "Messages that one session may send.",
                    "100")
            .or("10000");

    static final Setting<Integer> RECEIVED = Setting.of(
                    "session.data.limits.received-headers",
                    Kinds.literal(Kinds.count(1, 10_000)),
                    "Received fields of a message before it counts as a loop (RFC 5321 §6.3).",
                    "50")
            .or("50");

    static final Setting<LineEnds> LINE_ENDS = Setting.of(
                    "session.data.bare-line-ends",
                    Kinds.word(lineEnds()),
                    "What becomes of a bare CR or LF in content: the message is refused, or each becomes CRLF.",
                    "\"normalise\"")
            .or("refuse")
            .ours();

    static final Setting<Integer> MAX_RECIPIENTS = Setting.of(
                    "session.rcpt.max-recipients",
                    Kinds.literal(Kinds.count(1, 1_000_000)),
                    "Recipients of one message (RFC 5321 §4.5.3.1.8 wants at least 100).",
                    "100")
            .or("100");

    static final Setting<Integer> RCPT_ERRORS = Setting.of(
                    "session.rcpt.errors.total",
                    Kinds.literal(Kinds.count(1, 1_000_000)),
                    "Recipients refused in a session before it is closed.",
                    "5")
            .or("100");

    static final Setting<Conditional<Boolean>> RELAY = Setting.of(
                    "session.rcpt.relay",
                    Kinds.rules("true or false", Variable.SESSION_RCPT_SCOPE, Conversion.BOOLEAN),
                    "Who may send to domains that are not local; by default nobody.",
                    "\"!is_empty(authenticated_as) || cidr_match(remote_ip, '10.0.0.0/8')\"")
            .or("false");

    static final Setting<Conditional<Boolean>> ELSEWHERE = Setting.of(
                    "session.rcpt.elsewhere",
                    Kinds.rules("true or false", Variable.SESSION_RCPT_SCOPE, Conversion.BOOLEAN),
                    "Which recipients of local domains are taken without an account, because another server has them.",
                    "\"rcpt_domain = 'example.org'\"")
            .or("false")
            .ours();

    static final Setting<String> DIRECTORY = Setting.of(
                    "session.rcpt.directory",
                    Kinds.literal(Kinds.NAME),
                    "The directory that knows the local recipients.",
                    "\"'staff'\"")
            .orElse("`storage.directory`");

    static final Setting<ByListener<List<Mechanism>>> MECHANISMS = Setting.of(
                    "session.auth.mechanisms",
                    new ByListener.OfKind<>(new MechanismsKind()),
                    "SASL mechanisms in the order of preference (RFC 4954); an empty list turns AUTH off.",
                    "[\"plain\", \"login\"]")
            .or("['plain', 'login']");

    static final Setting<ByListener<Boolean>> ALLOW_PLAIN = Setting.of(
                    "session.auth.allow-plain-text",
                    new ByListener.OfKind<>(Kinds.literal(Kinds.TRUTH)),
                    "Whether AUTH is allowed without TLS to clients that are not on loopback.",
                    "false")
            .or("false");

    static final Setting<Integer> AUTH_ERRORS = Setting.of(
                    "session.auth.errors.total",
                    Kinds.literal(Kinds.count(1, 1_000_000)),
                    "Failed AUTH commands of a session before it is closed.",
                    "3")
            .or("3");

    static final Setting<ByListener<Boolean>> PIPELINING = Setting.of(
                    "session.extensions.pipelining",
                    new ByListener.OfKind<>(Kinds.literal(Kinds.TRUTH)),
                    "Whether PIPELINING is offered (RFC 2920).",
                    "true")
            .or("true");

    static final Setting<ByListener<Boolean>> VRFY = Setting.of(
                    "session.extensions.vrfy",
                    new ByListener.OfKind<>(Kinds.literal(Kinds.TRUTH)),
                    "Whether VRFY gets 252 instead of 502; it never tells who exists (RFC 5321 §7.3).",
                    "true")
            .or("true");

    static final Setting<ByListener<Boolean>> EXPN = Setting.of(
                    "session.extensions.expn",
                    new ByListener.OfKind<>(Kinds.literal(Kinds.TRUTH)),
                    "Whether EXPN gets 252 instead of 502.",
                    "false")
            .or("false");

    static final Setting<StsPolicy.Mode> STS_MODE = Setting.of(
                    "session.mta-sts.mode",
                    Kinds.word(modes()),
                    "The mode of the MTA-STS policy (RFC 8461) that HTTP listeners serve to whoever asks for `mta-sts.` and a local domain.",
                    "\"testing\"")
            .orElse("no policy is served");

    static final Setting<List<String>> STS_MX = Setting.of(
            "session.mta-sts.mx",
            new Plain<>(
                            "MX host",
                            "a host name such as mx.example.org, or *. and a name for one more label",
                            SettingsSession::pattern)
                    .list(),
            "The MX hosts that the served MTA-STS policy names (RFC 8461 §4.1).",
            "[\"mx.example.org\", \"*.mx.example.net\"]");

    static final Setting<Duration> STS_MAX_AGE = Setting.of(
                    "session.mta-sts.max-age",
                    new Plain<>(
                            "duration",
                            "a duration of whole seconds up to 31557600s, such as 7d",
                            SettingsSession::age),
                    "How long others may keep the served MTA-STS policy.",
                    "\"30d\"")
            .or("7d");

    private SettingsSession() {}

    static List<Setting<?>> all() {
        return List.of(
                TIMEOUT,
                DURATION,
                DATA_SIZE,
                DATA_MESSAGES,
                RECEIVED,
                LINE_ENDS,
                MAX_RECIPIENTS,
                RCPT_ERRORS,
                RELAY,
                ELSEWHERE,
                DIRECTORY,
                MECHANISMS,
                ALLOW_PLAIN,
                AUTH_ERRORS,
                PIPELINING,
                VRFY,
                EXPN,
                STS_MODE,
                STS_MX,
                STS_MAX_AGE);
    }

    private static Map<String, LineEnds> lineEnds() {
        Map<String, LineEnds> words = new LinkedHashMap<>();
        words.put("refuse", LineEnds.REFUSE);
        words.put("normalise", LineEnds.NORMALISE);
        return words;
    }

    private static Map<String, StsPolicy.Mode> modes() {
        Map<String, StsPolicy.Mode> words = new LinkedHashMap<>();
        words.put("enforce", StsPolicy.Mode.ENFORCE);
        words.put("testing", StsPolicy.Mode.TESTING);
        words.put("none", StsPolicy.Mode.NONE);
        return words;
    }

    private static @Nullable String pattern(String text) {
        String pattern = text.toLowerCase(Locale.ROOT);
        return PolicyFile.isPattern(pattern) ? pattern : null;
    }

    private static @Nullable Duration age(String text) {
        Duration age = Texts.duration(text);
        return age == null || age.compareTo(PolicyFile.MAX_AGE) > 0 || age.toMillisPart() != 0 ? null : age;
    }
}
