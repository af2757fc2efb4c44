package dev.nexthop.event;

import java.time.Duration;
import java.time.Instant;

/** Builds one line, in the readable or the JSON form. No value can end the line or pass for another key. */
final class LogLine {
    private static final int LONGEST = 1_000;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder line = new StringBuilder(256);
    private final boolean json;

    private LogLine(boolean json) {
        this.json = json;
    }

    static LogLine text(String event) {
        LogLine made = new LogLine(false);
        made.line.append("event=").append(event);
        return made;
    }

    static LogLine json(Instant time, String event) {
        LogLine made = new LogLine(true);
        made.line
                .append("{\"time\":\"")
                .append(time)
                .append("\",\"event\":\"")
                .append(event)
                .append('"');
        return made;
    }

    /** The pairs of a part of a line, for {@link #part(String)}. */
    static LogLine part(boolean json) {
        return new LogLine(json);
    }

    /** Pairs that were written before. */
    LogLine part(String pairs) {
        line.append(pairs);
        return this;
    }

    /** A value that stands bare when it can. */
    LogLine add(String key, String value) {
        key(key);
        if (json || !bare(value)) {
            quoted(value);
        } else {
            line.append(value.isEmpty() ? "-" : value);
        }
        return this;
    }

    /** A value that always stands in quotes. */
    LogLine text(String key, String value) {
        key(key);
        quoted(value);
        return this;
    }

    /** A number, or nothing when it is negative. */
    LogLine number(String key, long value) {
        key(key);
        if (value >= 0) {
            line.append(value);
        } else {
            line.append(json ? "null" : "-");
        }
        return this;
    }

    /** Seconds with milliseconds: {@code queue/connect/send}. */
    LogLine delays(Duration queue, Duration connect, Duration send) {
        key("delays");
        line.append(json ? "{\"queue\":" : "");
        seconds(queue);
        line.append(json ? ",\"connect\":" : "/");
        seconds(connect);
        line.append(json ? ",\"send\":" : "/");
        seconds(send);
        line.append(json ? "}" : "");
        return this;
    }

    String end() {
        return json ? line.append('}').toString() : line.toString();
    }

    /** What is written so far. */
    @Override
    public String toString() {
        return line.toString();
    }

    private void key(String key) {
        if (json) {
            line.append(",\"").append(key).append("\":");
        } else {
            line.append(' ').append(key).append('=');
        }
    }

    private void seconds(Duration time) {
        long millis = Math.max(0, time.toMillis());
        long rest = millis % 1_000;
        line.append(millis / 1_000)
                .append(rest < 10 ? ".00" : rest < 100 ? ".0" : ".")
                .append(rest);
    }

    private static boolean bare(String value) {
        if (value.equals("-") || value.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') {
                return false;
            }
        }
        return true;
    }

    private void quoted(String value) {
        line.append('"');
        int end = Math.min(value.length(), LONGEST);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                line.append(c);
            } else if (c == '\r' || c == '\n' || c == '\t') {
                line.append('\\').append(c == '\r' ? 'r' : c == '\n' ? 'n' : 't');
            } else if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(value.charAt(i + 1))) {
                line.append(c).append(value.charAt(++i));
            } else if (harmless(c)) {
                line.append(c);
            } else {
                line.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]);
                line.append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
            }
        }
        line.append(value.length() > LONGEST ? "…\"" : "\"");
    }

    /** Beyond ASCII: no control, no half of a pair, no line end, nothing that turns the direction of the text. */
    private static boolean harmless(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
