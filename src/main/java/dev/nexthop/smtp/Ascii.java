package dev.nexthop.smtp;

/** What RFC 20 knows. A loop, for it is asked several times for each message. */
public final class Ascii {
    private Ascii() {}

    /**
     * Whether a text has ASCII characters only; the empty one has.
     *
     * @param text any
     */
    public static boolean only(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether some octets are ASCII characters only; none at all are.
     *
     * @param bytes holds them
     * @param offset the first
     * @param length how many
     */
    public static boolean only(byte[] bytes, int offset, int length) {
        return Octets.ascii(bytes, offset, offset + length);
    }

    /**
     * Whether a text has visible ASCII characters only: no space, no control.
     *
     * @param text any
     */
    public static boolean visible(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }
}
