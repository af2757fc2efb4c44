package dev.nexthop.lookup;

import dev.nexthop.expr.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of a call, by which given answers are found: {@code key_get('pg','example.org')}. Texts stand in single quotes,
 * a quote or backslash in them behind a backslash; there are no spaces outside of texts.
 */
public final class CallText {
    private CallText() {}

    /**
     * The text of a call.
     *
     * @param function its name
     * @param arguments their values
     * @return the canonical text
     */
    public static String of(String function, List<Value> arguments) {
        StringBuilder text = new StringBuilder(function).append('(');
        items(arguments, text);
        return text.append(')').toString();
    }

    static String of(String function, String... arguments) {
        return of(
                function,
                List.<Value>copyOf(List.of(arguments).stream().map(Value::of).toList()));
    }

    private static void items(List<Value> values, StringBuilder text) {
        for (int i = 0; i < values.size(); i++) {
            text.append(i == 0 ? "" : ",");
            switch (values.get(i)) {
                case Value.Text(String it) -> quote(it, text);
                case Value.Int number -> text.append(number.asText());
                case Value.Real number -> text.append(number.asText());
                case Value.Array(List<Value> inner) -> {
                    text.append('[');
                    items(inner, text);
                    text.append(']');
                }
            }
        }
    }

    private static void quote(String value, StringBuilder text) {
        text.append('\'');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            text.append(c == '\'' || c == '\\' ? "\\" : "").append(c);
        }
        text.append('\'');
    }

    /**
     * A call as a person writes it, in its canonical form: spaces outside of texts go, and double quotes become single ones.
     *
     * @param written such as {@code key_get("pg", "example.org")}
     * @return the canonical text
     */
    public static String canonical(String written) {
        StringBuilder text = new StringBuilder();
        StringBuilder literal = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (quote == 0) {
                if (c == '\'' || c == '"') {
                    quote = c;
                } else if (!Character.isWhitespace(c)) {
                    text.append(c);
                }
            } else if (c == '\\' && i + 1 < written.length() && "'\"\\".indexOf(written.charAt(i + 1)) >= 0) {
                literal.append(written.charAt(++i));
            } else if (c == quote) {
                quote(literal.toString(), text);
                literal.setLength(0);
                quote = 0;
            } else {
                literal.append(c);
            }
        }
        return quote == 0 ? text.toString() : text.append(quote).append(literal).toString();
    }

    /** The items of an answer: those of {@code ['a', 'b']}, else the text alone; none for an empty text. */
    static List<String> list(String answer) {
        String text = answer.strip();
        if (!text.startsWith("[") || !text.endsWith("]")) {
            return answer.isEmpty() ? List.of() : List.of(answer);
        }
        List<String> items = new ArrayList<>();
        StringBuilder item = new StringBuilder();
        char quote = 0;
        boolean any = false;
        for (int i = 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    item.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                any = true;
            } else if (c == ',') {
                items.add(item.toString());
                item.setLength(0);
                any = true;
            } else if (!Character.isWhitespace(c)) {
                item.append(c);
                any = true;
            }
        }
        if (any) {
            items.add(item.toString());
        }
        return List.copyOf(items);
    }
}
