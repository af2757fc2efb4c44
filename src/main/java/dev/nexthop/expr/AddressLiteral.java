package dev.nexthop.expr;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** IPv4 and IPv6 address literals (RFC 4291 §2.2); strict, without brackets, zone or short IPv4 forms. */
final class AddressLiteral {
    private AddressLiteral() {}

    /** The 4 or 16 octets; null = not an address. */
    static byte @Nullable [] parse(String text) {
        if (text.length() > 45) {
            return null;
        }
        return text.indexOf(':') >= 0 ? v6(text) : v4(text);
    }

    static byte @Nullable [] v4(String text) {
        byte[] octets = new byte[4];
        int at = 0;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (at >= text.length() || text.charAt(at++) != '.')) {
                return null;
            }
            int start = at;
            int number = 0;
            while (at < text.length() && at - start < 3 && isDigit(text.charAt(at))) {
                number = number * 10 + text.charAt(at++) - '0';
            }
            boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            if (at == start || number > 255 || leadingZero) {
                return null;
            }
            octets[part] = (byte) number;
        }
        return at == text.length() ? octets : null;
    }

    static byte @Nullable [] v6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] all = groups(text);
            return all != null && all.length == 16 ? all : null;
        }
        byte[] head = groups(text.substring(0, gap));
        byte[] tail = groups(text.substring(gap + 2));
        // RFC 4291 §2.2: "::" stands for one or more groups of zeros, once; an IPv4 address can only come last.
        boolean dotsBeforeGap = text.lastIndexOf('.', gap) >= 0;
        if (head == null || tail == null || head.length + tail.length > 14 || dotsBeforeGap) {
            return null;
        }
        byte[] octets = new byte[16];
        System.arraycopy(head, 0, octets, 0, head.length);
        System.arraycopy(tail, 0, octets, 16 - tail.length, tail.length);
        return octets;
    }

    /** The octets of groups divided by colons, the last of which may be an IPv4 address; null = wrong. */
    private static byte @Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        byte[] octets = new byte[16];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean embedded = i == parts.length - 1 && parts[i].indexOf('.') >= 0;
            byte[] more = embedded ? v4(parts[i]) : group(parts[i]);
            if (more == null || length + more.length > 16) {
                return null;
            }
            System.arraycopy(more, 0, octets, length, more.length);
            length += more.length;
        }
        return Arrays.copyOf(octets, length);
    }

    private static byte @Nullable [] group(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return null;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return null;
            }
            number = number * 16 + digit;
        }
        return new byte[] {(byte) (number >> 8), (byte) number};
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
