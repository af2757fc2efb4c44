package dev.nexthop.delivery;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which addresses DNS may send us to. Whoever owns a domain writes its MX records; they must not make us talk to our own
 * machine or network. Configured hops don't ask here: an operator may name what he likes.
 *
 * @param privateAllowed whether loopback, private and link-local addresses are used, for closed networks and tests
 */
public record AddressPolicy(boolean privateAllowed) {
    /**
     * Why an address is not used.
     *
     * @param address of an MX host
     * @return one phrase, or empty when it may be used
     */
    public Optional<String> refusal(InetAddress address) {
        InetAddress meant = meant(address);
        Optional<String> refusal =
                refusalOf(address).or(() -> meant.equals(address) ? Optional.empty() : refusalOf(meant));
        return refusal.map(why -> meant.equals(address) ? why : why + ", as it stands for " + meant.getHostAddress());
    }

    /**
     * The IPv4 address at which packets to an IPv6 address may come out: it is part of IPv4-compatible addresses (RFC 4291
     * §2.5.5.1), those of NAT64 under the well-known prefix (RFC 6052 §2.1) and those of 6to4 (RFC 3056 §2).
     *
     * @param address of any family
     * @return the address itself when there is none
     */
    static InetAddress meant(InetAddress address) {
        byte[] b = address.getAddress();
        if (b.length != 16) {
            return address;
        }
        boolean sixToFour = b[0] == 0x20 && b[1] == 0x02;
        boolean nat64 = b[0] == 0 && b[1] == 0x64 && (b[2] & 0xff) == 0xff && (b[3] & 0xff) == 0x9b && zero(b, 4, 12);
        boolean compatible = zero(b, 0, 12) && !zero(b, 12, 15); // :: and ::1 are what they are.
        if (!sixToFour && !nat64 && !compatible) {
            return address;
        }
        int at = sixToFour ? 2 : 12;
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(b, at, at + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }

    private static boolean zero(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private Optional<String> refusalOf(InetAddress address) {
        byte[] b = address.getAddress();
        if (address.isMulticastAddress() || address.isAnyLocalAddress() || broadcast(address, b)) {
            return Optional.of("no host's address");
        }
        if (privateAllowed) {
            return Optional.empty();
        }
        if (address.isLoopbackAddress()) {
            return Optional.of("a loopback address");
        }
        if (address.isLinkLocalAddress()) {
            return Optional.of("a link-local address");
        }
        return isPrivate(address, b) ? Optional.of("a private address") : Optional.empty();
    }

    private static boolean broadcast(InetAddress address, byte[] b) {
        // 0.0.0.0/8 and 240.0.0.0/4 (RFC 6890 §2.2.2).
        return address instanceof Inet4Address && (b[0] == 0 || (b[0] & 0xf0) == 0xf0);
    }

    private static boolean isPrivate(InetAddress address, byte[] b) {
        if (address instanceof Inet4Address) {
            boolean sharedSpace = b[0] == 100 && (b[1] & 0xc0) == 64; // RFC 6598
            boolean benchmarks = b[0] == (byte) 198 && (b[1] & 0xfe) == 18; // RFC 2544
            boolean protocols = b[0] == (byte) 192 && b[1] == 0 && b[2] == 0; // RFC 6890 §2.1
            return address.isSiteLocalAddress() || sharedSpace || benchmarks || protocols; // RFC 1918
        }
        boolean localNat64 = b[0] == 0 && b[1] == 0x64 && (b[2] & 0xff) == 0xff && (b[3] & 0xff) == 0x9b && b[5] == 1;
        return (b[0] & 0xfe) == 0xfc // RFC 4193
                || address.isSiteLocalAddress() // RFC 3879
                || localNat64 && b[4] == 0; // RFC 8215
    }
}
