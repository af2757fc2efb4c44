package dev.nexthop.cli;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Durations and sizes as the configuration writes them. */
final class Durations {
    private static final int MAX_DIGITS = 12;

    private Durations() {}

    /** Such as {@code 5m}, {@code 3d} or {@code 500ms}: the largest unit that needs no fraction. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0 || millis % 1_000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** The duration of {@code 90s}, {@code 2h} or {@code 500ms}; null when it is none. */
    static @Nullable Duration parse(String text) {
        int digits = digits(text);
        if (digits == 0) {
            return null;
        }
        long number = Long.parseLong(text.substring(0, digits));
        return switch (text.substring(digits)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(Math.min(number, 3_650));
            case "" -> number == 0 ? Duration.ZERO : null;
            default -> null;
        };
    }

    /** The octets of {@code 1048576}, {@code 512kb} or {@code 25mb}; -1 when it is no size. */
    static long size(String text) {
        int digits = digits(text);
        if (digits == 0) {
            return -1;
        }
        long number = Long.parseLong(text.substring(0, digits));
        return switch (text.substring(digits).toLowerCase(Locale.ROOT)) {
            case "", "b" -> number;
            case "k", "kb" -> number << 10;
            case "m", "mb" -> number << 20;
            case "g", "gb" -> number << 20 << 10;
            default -> -1;
        };
    }

    private static int digits(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        return digits > MAX_DIGITS ? 0 : digits;
    }
}
