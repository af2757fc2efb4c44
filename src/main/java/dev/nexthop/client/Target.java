package dev.nexthop.client;

import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.TlsDemand;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Whom to talk to, and how. Two equal targets may share a connection; whatever would make that unsafe is in here.
 *
 * @param hop id of the next hop
 * @param host name of the host, or its IP address without brackets
 * @param address where it is
 * @param source our address, empty to let the kernel choose
 * @param dialect SMTP or LMTP
 * @param tls how secure the connection must be
 * @param login who we are there
 * @param ehlo our name in EHLO or LHLO
 */
public record Target(
        String hop,
        String host,
        InetSocketAddress address,
        Optional<InetAddress> source,
        Dialect dialect,
        TlsDemand tls,
        Optional<Login> login,
        String ehlo) {
    /** Refuses a name for EHLO that would not be one word on the wire. */
    public Target {
        if (!speakable(ehlo)) {
            throw new IllegalArgumentException("the name for EHLO is one word of visible ASCII characters");
        }
    }

    /**
     * Whether a text can be the argument of EHLO (RFC 5321 §4.1.1.1).
     *
     * @param name such as {@code mail.example.org} or {@code [192.0.2.1]}
     */
    public static boolean speakable(String name) {
        return !name.isEmpty() && name.length() <= 255 && name.chars().allMatch(c -> c > ' ' && c < 127);
    }

    /** Whether the host is this machine, so that nothing said to it crosses a wire. */
    boolean loopback() {
        return !address.isUnresolved() && address.getAddress().isLoopbackAddress();
    }

    /** The address in text form. */
    public String ip() {
        return address.isUnresolved() ? "" : address.getAddress().getHostAddress();
    }
}
