package dev.nexthop.client;

import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsPolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;

/**
 * Whom to talk to, and how. Two equal targets may share a connection; whatever would make that unsafe is in here.
 *
 * @param hop id of the next hop
 * @param host name of the host, or its IP address without brackets
 * @param address where it is: an {@link InetSocketAddress}, or a {@link UnixDomainSocketAddress}
 * @param source our address, empty to let the kernel choose; of no meaning for a unix socket
 * @param dialect SMTP or LMTP
 * @param tls how secure the connection must be
 * @param login who we are there
 * @param ehlo our name in EHLO or LHLO
 * @param proxy who opens the connection in our place; of no meaning for a unix socket
 */
public record Target(
        String hop,
        String host,
        SocketAddress address,
        Optional<InetAddress> source,
        Dialect dialect,
        TlsDemand tls,
        Optional<Login> login,
        String ehlo,
        Optional<Proxy> proxy) {
    /** Refuses a name for EHLO that would not be one word on the wire. */
    public Target {
        if (!speakable(ehlo)) {
            throw new IllegalArgumentException("the name for EHLO is one word of visible ASCII characters");
        }
    }

    /** A target without a proxy; the parameters are those of the record. */
    public Target(
            String hop,
            String host,
            SocketAddress address,
            Optional<InetAddress> source,
            Dialect dialect,
            TlsDemand tls,
            Optional<Login> login,
            String ehlo) {
        this(hop, host, address, source, dialect, tls, login, ehlo, Optional.empty());
    }

    /**
     * Whether a text can be the argument of EHLO (RFC 5321 §4.1.1.1).
     *
     * @param name such as {@code mail.example.org} or {@code [192.0.2.1]}
     */
    public static boolean speakable(String name) {
        return !name.isEmpty() && name.length() <= 255 && Ascii.visible(name);
    }

    /**
     * The same target with a connection under a policy.
     *
     * @param policy what goes before the settings
     */
    public Target under(TlsPolicy policy) {
        return new Target(hop, host, address, source, dialect, tls.under(policy), login, ehlo, proxy);
    }

    /** Whether the host is this machine, so that nothing said to it crosses a wire. */
    boolean loopback() {
        return switch (address) {
            case UnixDomainSocketAddress _ -> true;
            case InetSocketAddress inet ->
                proxy.isEmpty() && !inet.isUnresolved() && inet.getAddress().isLoopbackAddress();
            default -> false;
        };
    }

    /** Not of all components: it is asked for each message, and those left out hardly ever tell two targets apart. */
    @Override
    public int hashCode() {
        return 31 * hop.hashCode() + address.hashCode();
    }

    /** The address in text form; the path of a unix socket. */
    public String ip() {
        return switch (address) {
            case UnixDomainSocketAddress unix -> unix.getPath().toString();
            case InetSocketAddress inet ->
                inet.isUnresolved() ? "" : inet.getAddress().getHostAddress();
            default -> "";
        };
    }

    /** The port; 0 for a unix socket. */
    public int port() {
        return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }
}
