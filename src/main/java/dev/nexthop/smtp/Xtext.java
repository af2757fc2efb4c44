package dev.nexthop.smtp;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

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

    private static boolean plain(byte octet) {
        return octet > ' ' && octet < 127 && octet != '+' && octet != '=';
    }
}
