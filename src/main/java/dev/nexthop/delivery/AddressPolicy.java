package dev.nexthop.delivery;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Which addresses DNS may send us to. Whoever owns a domain writes its MX records; they must not make us talk to our own
 * machine or network. Configured hops don't ask here: an operator may name what he likes.
 *
 * @param privateAllowed whether loopback, private and link-local addresses are used, for closed networks and tests
 */
record AddressPolicy(boolean privateAllowed) {
    /**
     * Why an address is not used.
     *
     * @param address of an MX host
     * @return one phrase, or empty when it may be used
     */
    Optional<String> refusal(InetAddress address) {
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
            return address.isSiteLocalAddress() || sharedSpace; // RFC 1918
        }
        return (b[0] & 0xfe) == 0xfc || address.isSiteLocalAddress(); // RFC 4193, RFC 3879
    }
}
