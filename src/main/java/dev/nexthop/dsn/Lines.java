package dev.nexthop.dsn;

import dev.nexthop.smtp.MailDate;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Lines that end with CRLF and never hold anything that could start another one. */
final class Lines {
    /** A line that may be folded is folded here (RFC 5322 §2.1.1 asks for 78). */
    private static final int WISHED = 76;
    /** A word longer than this is cut: 4 octets a character stay below 998. */
    private static final int LONGEST_WORD = 240;

    /** Bounds a paragraph: a template with all its slots filled is shorter. */
    private static final int MOST_PARAGRAPH = 20_000;

    private final StringBuilder text = new StringBuilder(1_024);

    /** A field whose value may be folded between words (RFC 5322 §2.2.3). */
    Lines field(String name, String value) {
        return wrap(name + ": ", clean(value), " ");
    }

    /** A line as it is: our own words, or what must not be folded. */
    Lines line(String line) {
        text.append(line).append("\r\n");
        return this;
    }

    /** Words over as many lines as they need. */
    Lines wrap(String first, String words, String indent) {
        int column = first.length();
        text.append(first);
        boolean fresh = true;
        for (String word : clean(words, MOST_PARAGRAPH).split(" ")) {
            for (int from = 0; from < word.length(); ) {
                int to = Math.min(word.length(), from + LONGEST_WORD);
                if (to < word.length() && Character.isHighSurrogate(word.charAt(to - 1))) {
                    to--;
                }
                if (!fresh && column + 1 + to - from > WISHED) {
                    text.append("\r\n").append(indent);
                    column = indent.length();
                } else if (!fresh) {
                    text.append(' ');
                    column++;
                }
                text.append(word, from, to);
                column += to - from;
                from = to;
                fresh = false;
            }
        }
        text.append("\r\n");
        return this;
    }

    boolean ascii() {
        return text.chars().allMatch(c -> c < 128);
    }

    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** RFC 5322 §3.3. */
    static String date(Instant instant) {
        return MailDate.of(instant);
    }

    /** Without control characters, line separators and lone surrogates; bounded. */
    static String clean(String words) {
        return clean(words, 2_000);
    }

    private static String clean(String words, int most) {
        int end = Math.min(words.length(), most);
        StringBuilder line = new StringBuilder(end);
        for (int i = 0; i < end; i++) {
            char c = words.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(words.charAt(i + 1))) {
                line.append(c).append(words.charAt(++i));
            } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                line.append(' ');
            } else {
                line.append(Character.isSurrogate(c) ? '?' : c);
            }
        }
        return line.toString().strip();
    }

    /** As {@link #clean}, with question marks for what turns the direction of the words around it (Unicode TR 36 §2.5). */
    static String still(String words) {
        StringBuilder line = new StringBuilder(words.length());
        clean(words).codePoints().forEach(c -> line.appendCodePoint(turns(c) ? '?' : c));
        return line.toString();
    }

    private static boolean turns(int c) {
        return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0x200E || c == 0x200F || c == 0x061C;
    }

    /** The same with everything beyond ASCII as question marks, for fields that can't hold it. */
    static String toAscii(String words) {
        StringBuilder line = new StringBuilder(words.length());
        words.codePoints().forEach(c -> line.append(c < 128 ? (char) c : '?'));
        return line.toString();
    }
}
