package dev.nexthop.expr;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** What the functions of texts do. */
final class TextFunctions {
    private TextFunctions() {}

    static Value each(Value value, UnaryOperator<String> change) {
        return value instanceof Value.Array(List<Value> items)
                ? new Value.Array(items.stream().map(item -> each(item, change)).toList())
                : Value.of(change.apply(value.asText()));
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    /** Unicode's White_Space. */
    static boolean isSpace(int c) {
        return Character.isSpaceChar(c) || (c >= '\t' && c <= '\r') || c == 0x85;
    }

    static String trim(String text) {
        return trimStart(trimEnd(text));
    }

    static String trimStart(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    static String trimEnd(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    static long count(String text, IntPredicate counted) {
        return text.codePoints().filter(counted).count();
    }

    static Value isEmpty(Value value) {
        return Value.of(!(value instanceof Value.Int || value instanceof Value.Real) && !value.truthy());
    }

    /** The octets of a text in UTF-8, or the items of a list. */
    static Value length(Value value) {
        return Value.of(
                value instanceof Value.Array(List<Value> items)
                        ? items.size()
                        : value.asText().getBytes(StandardCharsets.UTF_8).length);
    }

    static boolean letters(String text, IntPredicate all) {
        return text.codePoints().filter(Character::isLetter).allMatch(all);
    }

    static boolean contains(Value in, Value wanted) {
        return in instanceof Value.Array(List<Value> items)
                ? Comparison.contains(items, wanted)
                : in.asText().contains(wanted.asText());
    }

    static boolean containsIgnoreCase(Value in, String wanted) {
        return in instanceof Value.Array(List<Value> items)
                ? items.stream().anyMatch(item -> item.asText().equalsIgnoreCase(wanted))
                : lower(in.asText()).contains(lower(wanted));
    }

    static boolean isNumber(Value value) {
        return switch (value) {
            case Value.Int _, Value.Real _ -> true;
            case Value.Text(String text) -> Numbers.parse(text) != null;
            case Value.Array _ -> false;
        };
    }

    /** Characters from a place on, at most so many; what lies outside is left out. */
    static String substring(String text, long from, long length) {
        int size = text.codePointCount(0, text.length());
        int start = Math.clamp(from, 0, size);
        int end = start + Math.clamp(length, 0, size - start);
        return text.substring(text.offsetByCodePoints(0, start), text.offsetByCodePoints(0, end));
    }

    static String stripPrefix(String text, String prefix) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : "";
    }

    static String stripSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : "";
    }

    /** The pieces between separators; an empty separator divides nothing. */
    static List<String> split(String text, String at) {
        return split(text, at, Long.MAX_VALUE);
    }

    /** The pieces at the first so many separators, the last of which holds the rest. */
    static List<String> split(String text, String at, long separators) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        int found = at.isEmpty() ? -1 : text.indexOf(at);
        while (found >= 0 && pieces.size() < separators) {
            pieces.add(text.substring(from, found));
            from = found + at.length();
            found = text.indexOf(at, from);
        }
        pieces.add(text.substring(from));
        return pieces;
    }

    /** What is before and behind a separator; the empty list when it is not there. */
    static Value cut(String text, int found, String at) {
        return found < 0 || at.isEmpty()
                ? Value.ofTexts(List.of())
                : Value.ofTexts(List.of(text.substring(0, found), text.substring(found + at.length())));
    }

    /** The pieces between white space that have letters and digits alone. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int start = at;
            while (at < text.length() && !isSpace(text.charAt(at))) {
                at++;
            }
            String word = text.substring(start, at);
            if (!word.isEmpty() && word.codePoints().allMatch(Character::isLetterOrDigit)) {
                words.add(word);
            }
            at++;
        }
        return words;
    }
}
