package dev.nexthop.smtp;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Texts as the value of a parameter (RFC 3461 §4, RFC 6533 §3). */
public final class Xtext {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Xtext() {}

    /**
     * The xtext of a text (RFC 3461 §4).
     *
     * @param text any; characters beyond ASCII as their octets in UTF-8
     */
    public static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (plain(octet)) {
                encoded.append((char) octet);
            } else {
                encoded.append('+').append(HEX.toHexDigits(octet));
            }
        }
        return encoded.toString();
    }

    /**
     * The utf-8-addr-xtext of an address (RFC 6533 §3), which any server can carry.
     *
     * @param address any
     */
    public static String encodeAddress(String address) {
        StringBuilder encoded = new StringBuilder(address.length());
        address.codePoints().forEach(c -> {
            if (c < 127 && plain((byte) c) && c != '\\') {
                encoded.append((char) c);
            } else {
                encoded.append("\\x{")
                        .append(Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT))
                        .append('}');
            }
        });
        return encoded.toString();
    }

    /**
     * The text of an xtext (RFC 3461 §4).
     *
     * @param encoded as sent
     * @return the text; null when it is no xtext, or not of printable ASCII and spaces as RFC 3461 §4.2 and §4.4 want
     */
    public static @Nullable String decode(String encoded) {
        StringBuilder text = new StringBuilder(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            int c = encoded.charAt(i);
            if (c == '+') {
                c = hex(encoded, i + 1, i + 3);
                i += 2;
                if (c < ' ' || c > 126) {
                    return null;
                }
            } else if (c <= ' ' || c > 126 || c == '=') {
                return null;
            }
            text.append((char) c);
        }
        return text.toString();
    }

    /**
     * The address of a utf-8-addr-xtext or utf-8-addr-unitext (RFC 6533 §3).
     *
     * @param encoded as sent
     * @return the address; null when it is neither, or has a control character
     */
    public static @Nullable String decodeAddress(String encoded) {
        StringBuilder address = new StringBuilder(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            int c = encoded.charAt(i);
            if (c == '\\') {
                int close = encoded.indexOf('}', i);
                boolean shaped = encoded.startsWith("\\x{", i) && close >= i + 5 && close <= i + 9;
                c = shaped ? hex(encoded, i + 3, close) : -1;
                if (c < 0 || c > Character.MAX_CODE_POINT || Character.isISOControl(c) || surrogate(c)) {
                    return null;
                }
                i = close;
                address.appendCodePoint(c);
            } else if (c <= ' ' || Character.isISOControl(c) || c == '+' || c == '=') {
                return null;
            } else {
                address.append((char) c);
            }
        }
        return address.toString();
    }

    /** A number of hexadecimal digits; -1 when it is none. */
    private static int hex(String text, int from, int to) {
        boolean digits = to <= text.length() && text.substring(from, to).chars().allMatch(HexFormat::isHexDigit);
        return digits ? HexFormat.fromHexDigits(text, from, to) : -1;
    }

    private static boolean surrogate(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    private static boolean plain(byte octet) {
        return octet > ' ' && octet < 127 && octet != '+' && octet != '=';
    }
}
