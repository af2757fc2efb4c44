package dev.nexthop.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A setting of one value that holds for every message.
 *
 * @param noun what it is, for the manual
 * @param expected what it is, for the message that refuses a value
 * @param parse the value of a text, null when it is none
 * @param rulesElsewhere whether Stalwart takes rules here
 */
record Plain<T>(String noun, String expected, Function<String, @Nullable T> parse, boolean rulesElsewhere)
        implements Kind<T> {
    private static final Pattern EXPRESSION = Pattern.compile("[=&|!<>(]");

    Plain(String noun, String expected, Function<String, @Nullable T> parse) {
        this(noun, expected, parse, false);
    }

    @Override
    public @Nullable T read(Node node, Reading reading) {
        return switch (node) {
            case Node.Scalar scalar -> scalar(scalar, reading);
            case Node.Items items -> {
                if (rulesElsewhere && RuleText.looksLikeRules(items)) {
                    notServed(items, reading);
                } else {
                    reading.shape(items, expected);
                }
                yield null;
            }
            case Node.Table table -> {
                reading.shape(table, expected);
                yield null;
            }
            case Node.Broken _ -> null;
        };
    }

    private @Nullable T scalar(Node.Scalar scalar, Reading reading) {
        T value = parse.apply(scalar.text());
        if (value == null) {
            if (rulesElsewhere && EXPRESSION.matcher(scalar.text()).find()) {
                notServed(scalar, reading);
            } else {
                reading.refuse(scalar, expected);
            }
        } else if (isDuration(value) && Texts.isNumber(scalar.text())) {
            reading.wrong(
                    scalar,
                    Code.MILLISECONDS,
                    reading.shown(scalar) + " has no unit and was read as milliseconds",
                    scalar.expanded()
                            ? "write the unit that is meant"
                            : "write " + scalar.text() + "ms, or the unit that is meant");
        }
        return value;
    }

    private static boolean isDuration(Object value) {
        return value instanceof Duration
                || value instanceof Optional<?> some
                        && some.filter(Duration.class::isInstance).isPresent();
    }

    /** Says that rules have no effect here. */
    static void notServed(Node node, Reading reading) {
        reading.wrong(
                node,
                Code.RULES_NOT_SERVED,
                reading.key() + " takes one value for now; these rules have no effect",
                "the default applies");
    }

    /** A list of such values; a single one is a list of one, and {@code "['a', 'b']"} is a list too. */
    Kind<List<T>> list() {
        Plain<T> item = this;
        return new Kind<>() {
            @Override
            public String noun() {
                return "list of " + item.noun();
            }

            @Override
            public @Nullable List<T> read(Node node, Reading reading) {
                List<Node> nodes = switch (node) {
                    case Node.Items items -> items.items();
                    case Node.Scalar scalar -> Texts.items(scalar);
                    case Node.Table _, Node.Broken _ -> List.of(node);
                };
                List<T> values = new ArrayList<>();
                for (Node one : nodes) {
                    T value = item.read(one, reading);
                    if (value == null) {
                        return null;
                    }
                    values.add(value);
                }
                return List.copyOf(values);
            }
        };
    }
}
