package dev.nexthop.expr;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3). An IPv4-mapped IPv6 address counts as its IPv4 address. */
final class Network {
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private final byte[] base;
    private final int bits;

    private Network(byte[] base, int bits) {
        this.base = base;
        this.bits = bits;
    }

    /** A network or a single address; null = neither. */
    static @Nullable Network parse(String text) {
        int slash = text.indexOf('/');
        byte[] base = AddressLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        if (base == null) {
            return null;
        }
        int most = base.length * 8;
        int bits = slash < 0 ? most : prefix(text.substring(slash + 1), most);
        byte[] plain = unmapped(base);
        if (plain.length != base.length) {
            bits -= 96;
        }
        return bits < 0 ? null : new Network(plain, bits);
    }

    private static int prefix(String text, int most) {
        boolean digits = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : -1;
        return number <= most ? number : -1;
    }

    private static byte[] unmapped(byte[] octets) {
        boolean mapped = octets.length == 16 && Arrays.equals(octets, 0, 12, MAPPED, 0, 12);
        return mapped ? Arrays.copyOfRange(octets, 12, 16) : octets;
    }

    boolean hasHostBits() {
        for (int bit = bits; bit < base.length * 8; bit++) {
            if ((base[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                return true;
            }
        }
        return false;
    }

    static boolean anyContains(Network[] networks, String address) {
        byte[] octets = AddressLiteral.parse(address);
        if (octets == null) {
            return false;
        }
        byte[] plain = unmapped(octets);
        for (Network network : networks) {
            if (network.contains(plain)) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(byte[] octets) {
        if (octets.length != base.length) {
            return false;
        }
        int whole = bits >> 3;
        if (!Arrays.equals(octets, 0, whole, base, 0, whole)) {
            return false;
        }
        int rest = bits & 7;
        return rest == 0 || ((octets[whole] ^ base[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }
}
