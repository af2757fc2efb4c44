package dev.nexthop.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;

/**
 * Who is at the other end, and where it came in.
 *
 * @param ip address in its canonical text form (RFC 5952 for IPv6)
 * @param six whether it is an IPv6 address
 * @param loopback whether it is this machine
 * @param localPort the port that it connected to
 * @param network what counts as one client, as {@link #network(InetAddress)} says
 */
record Peer(String ip, boolean six, boolean loopback, int localPort, InetAddress network) {
    static Peer of(Socket socket) {
        InetAddress address = socket.getInetAddress();
        return new Peer(
                text(address),
                address instanceof Inet6Address,
                address.isLoopbackAddress(),
                socket.getLocalPort(),
                network(address));
    }

    /** One subscriber has a whole /64 of IPv6, and so counts as one client; an address of IPv4 is one. */
    static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] prefix = new byte[16];
        System.arraycopy(address.getAddress(), 0, prefix, 0, 8);
        try {
            return InetAddress.getByAddress(prefix);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // only for a wrong length
        }
    }

    /** The address as a literal of RFC 5321 §4.1.3. */
    String literal() {
        return six ? "[IPv6:" + ip + "]" : "[" + ip + "]";
    }

    static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        // RFC 5952 §4.2: the longest run of at least two zero groups, the first of equals, becomes "::".
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int length = 0;
            while (i + length < 8 && groups[i + length] == 0) {
                length++;
            }
            if (length > bestLength) {
                best = i;
                bestLength = length;
            }
            i += length;
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                text.append("::");
                i += bestLength - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
