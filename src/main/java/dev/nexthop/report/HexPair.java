package dev.nexthop.report;

/** Two hexadecimal digits behind a sign, as in URIs (RFC 3986 §2.1) and quoted-printable (RFC 2045 §6.7). */
final class HexPair {
    private HexPair() {}

    /**
     * The octet that the digits stand for.
     *
     * @param sign where the sign stands in the text
     * @return -1 when they are no digits, or not there
     */
    static int behind(String text, int sign) {
        if (sign + 2 >= text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(sign + 1), 16);
        int low = Character.digit(text.charAt(sign + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
