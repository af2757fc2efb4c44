package dev.nexthop.sts;

import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * A line {@code key: value} that a stranger wrote, taken apart in time that grows with its length and no faster: a pattern with
 * blanks at both ends of anything would try every way to share them out.
 *
 * @param key up to the first colon
 * @param value what follows, without the blanks around it
 */
record Field(String key, String value) {
    /**
     * Takes a line apart.
     *
     * @param line without its end
     * @param most characters of the key
     * @param keys the characters of keys
     * @return empty when there is no colon, the key is none, or there is a control character other than a tabulator
     */
    static Optional<Field> of(String line, int most, IntPredicate keys) {
        int colon = line.indexOf(':');
        if (colon < 1 || colon > most) {
            return Optional.empty();
        }
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c < ' ' && c != '\t' || c == 127 || i < colon && !keys.test(c)) {
                return Optional.empty();
            }
        }
        int start = colon + 1;
        int end = line.length();
        while (start < end && blank(line.charAt(start))) {
            start++;
        }
        while (end > start && blank(line.charAt(end - 1))) {
            end--;
        }
        return Optional.of(new Field(line.substring(0, colon), line.substring(start, end)));
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Whether a character is an ASCII letter or digit. */
    static boolean alphanumeric(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    }
}
