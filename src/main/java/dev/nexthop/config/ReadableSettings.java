package dev.nexthop.config;

import dev.nexthop.expr.Settings;
import dev.nexthop.expr.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings as {@code config_get} reads them: what is written, else what is in force by default; never a secret. */
final class ReadableSettings implements Settings {
    private final Node.Table root;
    private final Map<String, Effective> effective;

    /**
     * The settings of a file.
     *
     * @param effective what was read so far, by key; for defaults that other settings decide
     */
    ReadableSettings(Node.Table root, Map<String, Effective> effective) {
        this.root = root;
        this.effective = effective;
    }

    @Override
    public Answer ask(String key) {
        KeyPath path = KeyPath.parse(key);
        List<Setting<?>> all = new Schema().settings();
        Setting<?> setting = path == null
                ? null
                : all.stream()
                        .filter(one -> fits(one.key().segments(), path.segments()))
                        .findFirst()
                        .orElse(null);
        if (path == null || setting == null) {
            List<String> known = all.stream()
                    .filter(one -> !one.traits().secret())
                    .map(one -> one.key().pattern())
                    .toList();
            return new Answer.Refused("there is no setting " + key, Nearest.to(key, known));
        }
        if (setting.traits().secret()) {
            return new Answer.Refused(key + " is a secret, which no expression may read", null);
        }
        if (setting.kind() instanceof RuleKind<?> || setting.kind() instanceof RoutingKind) {
            return new Answer.Refused(key + " is itself an expression, whose value may differ for each message", null);
        }
        Value value = defined(setting, path) ? value(setting, path) : null;
        return value == null ? new Answer.Refused(key + " is not set", null) : new Answer.Found(value);
    }

    /** Whether the ids in the path are those of tables that are written. */
    private boolean defined(Setting<?> setting, KeyPath path) {
        List<String> pattern = setting.key().segments();
        for (int i = 0; i < pattern.size(); i++) {
            if (Key.isWildcard(pattern.get(i)) && new KeyPath(path.segments().subList(0, i + 1)).find(root) == null) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Value value(Setting<?> setting, KeyPath path) {
        Node node = path.find(root);
        if (node != null) {
            return value(setting, node);
        }
        Effective derived = effective.get(path.toString());
        return derived != null
                ? typed(setting, derived.value())
                : setting.fallback().text().map(text -> typed(setting, text)).orElse(null);
    }

    private static @Nullable Value value(Setting<?> setting, Node node) {
        return switch (node) {
            case Node.Scalar scalar -> typed(setting, scalar.text());
            case Node.Items items -> {
                List<Value> values = new ArrayList<>();
                for (Node item : items.items()) {
                    if (item instanceof Node.Scalar scalar) {
                        values.add(typed(setting, scalar.text()));
                    }
                }
                yield Value.of(values);
            }
            case Node.Table _, Node.Broken _ -> null;
        };
    }

    /** As the setting reads it: a duration is milliseconds and a size octets, so that they compare; all else is the text. */
    private static Value typed(Setting<?> setting, String text) {
        Object read = setting.kind() instanceof Plain<?> plain ? plain.parse().apply(text) : null;
        return switch (read) {
            case Duration duration -> Value.of(duration.toMillis());
            case Number number -> Value.of(number.longValue());
            case Boolean truth -> Value.of(truth);
            case null, default -> Value.of(text);
        };
    }

    private static boolean fits(List<String> pattern, List<String> segments) {
        if (pattern.size() != segments.size()) {
            return false;
        }
        for (int i = 0; i < pattern.size(); i++) {
            if (!Key.isWildcard(pattern.get(i)) && !pattern.get(i).equals(segments.get(i))) {
                return false;
            }
        }
        return true;
    }
}
