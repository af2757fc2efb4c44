package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.limit.LimitKey;
import dev.nexthop.limit.Match;
import dev.nexthop.limit.QuotaSettings;
import dev.nexthop.limit.Rate;
import dev.nexthop.limit.ThrottleSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads throttles and quotas. */
final class LimitReader {
    private final Values values;
    private final Map<String, String> throttleIds = new HashMap<>();
    private final Map<String, String> quotaIds = new HashMap<>();

    LimitReader(Values values) {
        this.values = values;
    }

    Configuration.Limits read() {
        List<ThrottleSettings> throttles = new ArrayList<>();
        for (String index : indexes("throttle")) {
            ThrottleSettings one = throttle(index);
            boolean enabled = values.value(SettingsLimit.THROTTLE_ENABLE, index);
            boolean counts = one.rate().isPresent() || one.concurrency().isPresent();
            if (enabled && counts) {
                throttles.add(distinct(one, throttles, index));
            }
        }
        List<QuotaSettings> quotas = new ArrayList<>();
        for (String index : indexes("quota")) {
            QuotaSettings one = quota(index);
            boolean enabled = values.value(SettingsLimit.QUOTA_ENABLE, index);
            if (enabled && (one.messages().isPresent() || one.size().isPresent())) {
                quotas.add(one);
            }
        }
        return new Configuration.Limits(throttles, quotas);
    }

    /** The tables of a list; what is no list was reported. */
    private List<String> indexes(String name) {
        Node node = new KeyPath(List.of("queue", name)).find(values.root());
        return node instanceof Node.Items ? values.ids("queue", name) : List.of();
    }

    private ThrottleSettings throttle(String index) {
        Optional<Rate> rate = values.optional(SettingsLimit.RATE, index);
        Optional<Integer> concurrency = values.optional(SettingsLimit.CONCURRENCY, index);
        if (!values.given(SettingsLimit.RATE, index) && !values.given(SettingsLimit.CONCURRENCY, index)) {
            values.missing(
                    "this throttle limits nothing: neither rate nor concurrency is set",
                    values.place("queue", "throttle", index),
                    "write rate = \"100/1s\", concurrency = 5, or both");
        }
        return new ThrottleSettings(
                id(SettingsLimit.THROTTLE_ID, index, throttleIds),
                keys(SettingsLimit.THROTTLE_KEY, index),
                match(SettingsLimit.THROTTLE_MATCH, index),
                rate,
                concurrency.map(OptionalInt::of).orElse(OptionalInt.empty()),
                0);
    }

    /** Two that count the same each count for themselves. */
    private ThrottleSettings distinct(ThrottleSettings one, List<ThrottleSettings> before, String index) {
        ThrottleSettings distinct = one;
        for (ThrottleSettings other : before) {
            if (other.identity().equals(distinct.identity())) {
                distinct = new ThrottleSettings(
                        one.id(), one.keys(), one.match(), one.rate(), one.concurrency(), distinct.copy() + 1);
                Node table = new KeyPath(List.of("queue", "throttle", index)).find(values.root());
                values.problems()
                        .addKey(
                                Code.THROTTLE_TWICE,
                                table == null ? 0 : table.at(),
                                1,
                                "throttle '" + one.id() + "' counts the same as throttle '" + other.id() + "'",
                                "");
            }
        }
        return distinct;
    }

    private QuotaSettings quota(String index) {
        Optional<Long> messages = values.optional(SettingsLimit.MESSAGES, index);
        Optional<Long> size = values.optional(SettingsLimit.SIZE, index);
        if (!values.given(SettingsLimit.MESSAGES, index) && !values.given(SettingsLimit.SIZE, index)) {
            values.missing(
                    "this quota limits nothing: neither messages nor size is set",
                    values.place("queue", "quota", index),
                    "write messages = 100000, size = \"10gb\", or both");
        }
        return new QuotaSettings(
                id(SettingsLimit.QUOTA_ID, index, quotaIds),
                keys(SettingsLimit.QUOTA_KEY, index),
                match(SettingsLimit.QUOTA_MATCH, index),
                messages.map(OptionalLong::of).orElse(OptionalLong.empty()),
                size.map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    /** The name, which no other has and which can stand in quotes. */
    private String id(Setting<String> setting, String index, Map<String, String> known) {
        Optional<String> given = values.optional(setting, index);
        String number = Integer.toString(Integer.parseInt(index) + 1);
        if (given.filter(name -> name.length() > 64 || name.chars().anyMatch(c -> c < ' ' || c == '\'' || c > '~'))
                .isPresent()) {
            values.wrong(
                    setting,
                    Code.VALUE,
                    "the name of a limit has at most 64 visible ASCII characters and no apostrophe",
                    "choose another name",
                    index);
        }
        String id = given.orElse(number);
        String first = known.putIfAbsent(id, index);
        if (first != null) {
            values.wrong(
                    setting, Code.VALUE, "another one is called '" + id + "' already", "choose another name", index);
        }
        return id;
    }

    private List<LimitKey> keys(Setting<List<LimitKey>> setting, String index) {
        return List.copyOf(new LinkedHashSet<>(values.optional(setting, index).orElse(List.of())));
    }

    private Match match(Setting<Conditional<Boolean>> setting, String index) {
        Optional<Conditional<Boolean>> condition = values.optional(setting, index);
        Node node = values.node(setting, index);
        return condition.isEmpty() || node == null ? Match.ALL : new Match(condition, Values.text(node, false));
    }
}
