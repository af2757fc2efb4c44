package dev.nexthop.mailbox;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds a field in the header section at the start of a message (RFC 5322 §2.2), for lists. */
final class HeaderPeek {
    /** How much of a message is looked at. */
    static final int MAX_HEADER = 64 * 1024;

    /** Longest text of a field that is kept. */
    static final int MAX_TEXT = 256;

    private HeaderPeek() {}

    /**
     * The first field of a name, unfolded (RFC 5322 §2.2.3), control characters turned into spaces, cut where it gets
     * long. Encoded words stay as they are.
     *
     * @param start the first octets of the message
     * @param name of the field, in ASCII
     * @return its text, or the empty text
     */
    static String field(byte[] start, String name) {
        byte[] wanted = (name + ":").getBytes(StandardCharsets.US_ASCII);
        int line = 0;
        while (line < start.length) {
            int end = lineEnd(start, line);
            if (end == line || start[line] == '\r' || start[line] == '\n') {
                return ""; // The empty line: the body begins.
            }
            if (begins(start, line, wanted)) {
                while (end < start.length && (start[end] == ' ' || start[end] == '\t')) {
                    end = lineEnd(start, end);
                }
                return text(Arrays.copyOfRange(start, line + wanted.length, end));
            }
            line = end;
        }
        return "";
    }

    /** The index behind the line feed that ends a line. */
    private static int lineEnd(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return bytes.length;
    }

    private static boolean begins(byte[] bytes, int at, byte[] wanted) {
        if (bytes.length - at < wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (Character.toLowerCase(bytes[at + i]) != Character.toLowerCase(wanted[i])) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] raw) {
        String text = new String(raw, StandardCharsets.UTF_8)
                .replaceAll("\\r?\\n", "")
                .replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", " ")
                .strip();
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        int cut = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return text.substring(0, cut);
    }
}
