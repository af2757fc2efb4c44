package dev.nexthop.config;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The single values of TOML 1.0: where texts end, and what numbers, truth values and dates are. */
final class TomlValues {
    private static final Pattern INTEGER = Pattern.compile("[+-]?(0|[1-9](_?[0-9])*)");
    private static final Pattern BASED =
            Pattern.compile("0(x[0-9a-fA-F](_?[0-9a-fA-F])*|o[0-7](_?[0-7])*|b[01](_?[01])*)");
    private static final Pattern REAL =
            Pattern.compile("[+-]?(0|[1-9](_?[0-9])*)(\\.[0-9](_?[0-9])*)?([eE][+-]?[0-9](_?[0-9])*)?");
    private static final Pattern SPECIAL = Pattern.compile("([+-]?)(inf|nan)");
    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern DATE = Pattern.compile(
            "(" + DAY + ")?([Tt ])?([0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?");

    private TomlValues() {}

    static boolean isControl(char c) {
        return c < ' ' && c != '\t' || c == 127;
    }

    /** The index behind a text in quotes; three quotes count where texts of several lines may stand. */
    static int behindText(String text, int start, boolean manyLines) throws TomlReader.Stop {
        char quote = text.charAt(start);
        boolean many = manyLines && text.startsWith(quote == '"' ? "\"\"\"" : "'''", start);
        int at = start + (many ? 3 : 1);
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == quote) {
                int behind = many ? closing(text, at, quote) : at + 1;
                if (behind > 0) {
                    return behind;
                }
                at++;
            } else if (c == '\\' && quote == '"') {
                at = escape(text, at, many);
            } else if (many && (c == '\n' || text.startsWith("\r\n", at))) {
                at += c == '\n' ? 1 : 2;
            } else if (isControl(c)) {
                throw new TomlReader.Stop(
                        at,
                        c == '\n' || c == '\r'
                                ? "the text has no closing quote"
                                : "a text can't hold this control character");
            } else {
                at++;
            }
        }
        throw new TomlReader.Stop(start, "the text has no closing quote");
    }

    /** The index behind the three quotes that close a text, two more may stand before them; -1 = they do not. */
    private static int closing(String text, int at, char quote) throws TomlReader.Stop {
        int end = at;
        while (end < text.length() && text.charAt(end) == quote) {
            end++;
        }
        if (end - at > 5) {
            throw new TomlReader.Stop(at, "too many quotes");
        }
        return end - at >= 3 ? end : -1;
    }

    /** The index behind a backslash and what it escapes. */
    private static int escape(String text, int at, boolean many) throws TomlReader.Stop {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : '\n';
        if ("btnfr\"\\".indexOf(next) >= 0) {
            return at + 2;
        }
        if (next == 'u' || next == 'U') {
            int end = at + (next == 'u' ? 6 : 10);
            if (end > text.length() || !isScalar(text.substring(at + 2, end))) {
                throw new TomlReader.Stop(
                        at, "\\" + next + " needs " + (next == 'u' ? 4 : 8) + " digits of a character");
            }
            return end;
        }
        if (many && (next == ' ' || next == '\t' || next == '\n' || next == '\r')) {
            int end = Token.blanks(text, at + 1);
            if (!text.startsWith("\n", end) && !text.startsWith("\r\n", end)) {
                throw new TomlReader.Stop(at, "behind this backslash the line must end");
            }
            while (end < text.length() && " \t\r\n".indexOf(text.charAt(end)) >= 0) {
                if (text.charAt(end) == '\r' && !text.startsWith("\r\n", end)) {
                    throw new TomlReader.Stop(end, "a carriage return without a line feed");
                }
                end++;
            }
            return end;
        }
        return at + 1;
    }

    private static boolean isScalar(String hex) {
        if (!hex.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
            return false;
        }
        long point = Long.parseLong(hex, 16);
        return point <= Character.MAX_CODE_POINT
                && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE);
    }

    /** The text of a key in quotes. */
    static String plain(String text, int start) {
        StringBuilder decoded = new StringBuilder();
        Token.decode(text, start, decoded);
        return decoded.toString();
    }

    /** The index behind a value without quotes. */
    static int behindWord(String text, int start) {
        int at = start;
        while (at < text.length() && isWord(text.charAt(at))) {
            at++;
        }
        // A blank may stand between a day and a time.
        boolean time = at + 1 < text.length() && text.charAt(at) == ' ' && Character.isDigit(text.charAt(at + 1));
        if (time && DAY.matcher(text.substring(start, at)).matches()) {
            at++;
            while (at < text.length() && isWord(text.charAt(at))) {
                at++;
            }
        }
        return at;
    }

    private static boolean isWord(char c) {
        return Token.bare(c) || c == '+' || c == '.' || c == ':';
    }

    /** A value without quotes. */
    static Node.Scalar word(String word, int at, int base) throws TomlReader.Stop {
        if (word.equals("true") || word.equals("false")) {
            return scalar(Node.Form.BOOLEAN, word, base + at);
        }
        String digits = word.replace("_", "");
        try {
            if (INTEGER.matcher(word).matches()) {
                return scalar(Node.Form.INTEGER, Long.toString(Long.parseLong(digits)), base + at);
            }
            if (BASED.matcher(word).matches()) {
                int radix = word.charAt(1) == 'x' ? 16 : word.charAt(1) == 'o' ? 8 : 2;
                return scalar(Node.Form.INTEGER, Long.toString(Long.parseLong(digits.substring(2), radix)), base + at);
            }
        } catch (NumberFormatException e) {
            throw new TomlReader.Stop(at, "the number does not fit 64 bits");
        }
        Matcher special = SPECIAL.matcher(word);
        if (special.matches()) {
            String name = special.group(2).equals("inf") ? "Infinity" : "NaN";
            boolean negative = special.group(1).equals("-") && name.equals("Infinity");
            return scalar(Node.Form.REAL, negative ? "-" + name : name, base + at);
        }
        if (REAL.matcher(word).matches()) {
            double number = Double.parseDouble(digits);
            if (Double.isInfinite(number)) {
                throw new TomlReader.Stop(at, "the number is too large");
            }
            return scalar(Node.Form.REAL, Double.toString(number), base + at);
        }
        String date = date(word);
        if (date == null) {
            throw new TomlReader.Stop(at, "a value was expected; text needs quotes: \"…\"");
        }
        return scalar(Node.Form.DATE, date, base + at);
    }

    private static Node.Scalar scalar(Node.Form form, String text, int place) {
        return new Node.Scalar(place, form, text, Spelling.flat(place, text.length()), text);
    }

    private static @Nullable String date(String word) {
        Matcher parts = DATE.matcher(word);
        if (word.isEmpty() || !parts.matches()) {
            return null;
        }
        String day = parts.group(1);
        String time = parts.group(3);
        String zone = parts.group(5);
        boolean both = day != null && time != null;
        if (both != (parts.group(2) != null) || zone != null && !both) {
            return null;
        }
        try {
            if (zone != null) {
                return OffsetDateTime.parse(day + "T" + time + zone.toUpperCase(Locale.ROOT))
                        .toString();
            }
            return both
                    ? LocalDateTime.parse(day + "T" + time).toString()
                    : day != null
                            ? LocalDate.parse(day).toString()
                            : LocalTime.parse(String.valueOf(time)).toString();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
