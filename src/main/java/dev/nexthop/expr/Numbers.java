package dev.nexthop.expr;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers, durations and sizes written in text. */
final class Numbers {
    private static final Value.Int ZERO = new Value.Int(0);

    private Numbers() {}

    /** An optionally signed decimal number, {@link Value.Int} where it fits, else {@link Value.Real}; null = not a number. */
    static @Nullable Value parse(String text) {
        int length = text.length();
        int i = length > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        int afterWhole = digits(text, i);
        if (length > 400) {
            return null;
        }
        if (afterWhole == length && afterWhole > i) {
            return whole(text);
        }
        boolean any = afterWhole > i;
        i = afterWhole;
        if (i < length && text.charAt(i) == '.') {
            int afterFraction = digits(text, i + 1);
            any |= afterFraction > i + 1;
            i = afterFraction;
        }
        if (any && i < length && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
            int exponent = i + 1;
            if (exponent < length && (text.charAt(exponent) == '-' || text.charAt(exponent) == '+')) {
                exponent++;
            }
            int end = digits(text, exponent);
            any = end > exponent;
            i = end;
        }
        return any && i == length ? new Value.Real(Double.parseDouble(text)) : null;
    }

    private static Value whole(String text) {
        try {
            return Value.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            // Does not fit 64 bits: as a real number, like every other text of a number.
            return new Value.Real(Double.parseDouble(text));
        }
    }

    private static int digits(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    /** The number that a value counts as in arithmetic: 0 for a text that is none, and for a list. */
    static Value of(Value value) {
        return switch (value) {
            case Value.Int _, Value.Real _ -> value;
            case Value.Text text -> {
                Value number = parse(text.text());
                yield number == null ? ZERO : number;
            }
            case Value.Array _ -> ZERO;
        };
    }

    /** A duration such as {@code 5m} in milliseconds, without a unit milliseconds; -1 = not a duration or too long. */
    static long durationMillis(String text) {
        int end = digits(text, 0);
        if (end == 0 || end > 18) {
            return -1;
        }
        long scale = switch (text.substring(end)) {
            case "ms", "" -> 1L;
            case "s" -> 1000L;
            case "m" -> 60_000L;
            case "h" -> 3_600_000L;
            case "d" -> 86_400_000L;
            default -> 0;
        };
        long number = Long.parseLong(text.substring(0, end));
        return scale == 0 || number > Long.MAX_VALUE / scale ? -1 : number * scale;
    }

    /** A size such as {@code 25mb} in octets, with the units kb, mb, gb and tb of 1,024; -1 = not a size or too large. */
    static long octets(String text) {
        int end = digits(text, 0);
        if (end == 0 || end > 18) {
            return -1;
        }
        int shift = switch (text.substring(end).toLowerCase(Locale.ROOT)) {
            case "kb" -> 10;
            case "mb" -> 20;
            case "gb" -> 30;
            case "tb" -> 40;
            default -> 0;
        };
        long number = Long.parseLong(text.substring(0, end));
        return shift == 0 || number > Long.MAX_VALUE >> shift ? -1 : number << shift;
    }
}
