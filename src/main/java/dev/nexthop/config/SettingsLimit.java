package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Variable;
import dev.nexthop.limit.LimitKey;
import dev.nexthop.limit.Rate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The settings of {@code [[queue.throttle]]} and {@code [[queue.quota]]}. */
final class SettingsLimit {
    private static final Plain<Rate> RATE_KIND = new Plain<>(
            "rate",
            "a number and a time such as 100/1s or 25/1h, at most " + Rate.MOST + " in at most " + Rate.LONGEST.toDays()
                    + "d",
            SettingsLimit::rate);
    private static final Plain<Long> COUNT_KIND =
            new Plain<>("whole number", "a whole number of at least 1", text -> Texts.integer(text, 1, Long.MAX_VALUE));

    static final Setting<String> THROTTLE_ID = throttle(
                    "id", Kinds.NAME, "What the queue and the log call the throttle.", "\"bulk\"")
            .orElse("its number, from 1")
            .ours();
    static final Setting<List<LimitKey>> THROTTLE_KEY = throttle(
                    "key",
                    Kinds.word(keys(LimitKey.values())).list(),
                    "What has a count of its own; with mx, remote_ip or local_ip it is asked when a host is about to be connected, else before the attempt.",
                    "[\"sender_domain\", \"rcpt_domain\"]")
            .orElse("all mail together");
    static final Setting<Conditional<Boolean>> THROTTLE_MATCH = throttle(
                    "match",
                    Kinds.rules("true or false", Variable.HOST_SCOPE, Conversion.BOOLEAN),
                    "Whom it is for; a condition that has no value holds.",
                    "\"rcpt_domain = 'example.com'\"")
            .orElse("all mail");
    static final Setting<Rate> RATE = throttle(
                    "rate",
                    RATE_KIND,
                    "How many transactions in how long, and so many at once at most; who is beyond it waits for its time.",
                    "\"100/1s\"")
            .orElse("any");
    static final Setting<Integer> CONCURRENCY = throttle(
                    "concurrency",
                    Kinds.count(1, 100_000),
                    "How many attempts at the same time; with mx, remote_ip or local_ip as a key, how many connections.",
                    "5")
            .orElse("any");
    static final Setting<Boolean> THROTTLE_ENABLE =
            throttle("enable", Kinds.TRUTH, "Whether it holds.", "false").or("true");

    static final Setting<String> QUOTA_ID = quota("id", Kinds.NAME, "What replies call the quota.", "\"everybody\"")
            .orElse("its number, from 1")
            .ours();
    static final Setting<List<LimitKey>> QUOTA_KEY = quota(
                    "key",
                    Kinds.word(keys(
                                    LimitKey.SENDER,
                                    LimitKey.SENDER_DOMAIN,
                                    LimitKey.RCPT,
                                    LimitKey.RCPT_DOMAIN,
                                    LimitKey.AUTHENTICATED_AS))
                            .list(),
                    "What has a count of its own.",
                    "[\"sender\"]")
            .orElse("all mail together");
    static final Setting<Conditional<Boolean>> QUOTA_MATCH = quota(
                    "match",
                    Kinds.rules("true or false", Variable.RCPT_SCOPE, Conversion.BOOLEAN),
                    "Whom it is for, as known when the message comes in; a condition that has no value holds.",
                    "\"sender_domain = 'example.org'\"")
            .orElse("all mail");
    static final Setting<Long> MESSAGES = quota(
                    "messages",
                    COUNT_KIND,
                    "How many messages the queue may hold; one more is answered 452 4.3.1 (RFC 5321 §4.2.3).",
                    "100000")
            .orElse("any number");
    static final Setting<Long> SIZE = quota(
                    "size",
                    Kinds.SIZE,
                    "How many octets it may hold; a message with more recipients counts once.",
                    "\"10gb\"")
            .orElse("any number");
    static final Setting<Boolean> QUOTA_ENABLE =
            quota("enable", Kinds.TRUTH, "Whether it holds.", "false").or("true");

    private SettingsLimit() {}

    static List<Setting<?>> all() {
        return List.of(
                THROTTLE_KEY,
                THROTTLE_MATCH,
                RATE,
                CONCURRENCY,
                THROTTLE_ENABLE,
                THROTTLE_ID,
                QUOTA_KEY,
                QUOTA_MATCH,
                MESSAGES,
                SIZE,
                QUOTA_ENABLE,
                QUOTA_ID);
    }

    private static <T> Setting<T> throttle(String name, Kind<T> kind, String prose, String example) {
        return Setting.of("queue.throttle[]." + name, kind, prose, example);
    }

    private static <T> Setting<T> quota(String name, Kind<T> kind, String prose, String example) {
        return Setting.of("queue.quota[]." + name, kind, prose, example);
    }

    private static Map<String, LimitKey> keys(LimitKey... some) {
        Map<String, LimitKey> words = new LinkedHashMap<>();
        Stream.of(some).forEach(key -> words.put(key.word(), key));
        return words;
    }

    /** A rate as one writes it; null when it is none. */
    private static @Nullable Rate rate(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return null;
        }
        Long count = Texts.integer(text.substring(0, slash).strip(), 1, Rate.MOST);
        Duration period = Texts.duration(text.substring(slash + 1).strip());
        if (count == null || period == null) {
            return null;
        }
        boolean odd = period.compareTo(Duration.ofMillis(1)) < 0 || period.compareTo(Rate.LONGEST) > 0;
        return odd ? null : new Rate(count.intValue(), period);
    }
}
