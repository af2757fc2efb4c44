package dev.nexthop.client;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A server that opens the connection in our place. It is told the address of the host, never its name, so that what was
 * decided about addresses here stays true.
 *
 * @param kind how it is spoken to
 * @param address where it listens, resolved
 * @param user who we are there
 */
public record Proxy(Kind kind, InetSocketAddress address, Optional<User> user) {
    /** How a proxy is spoken to. */
    public enum Kind {
        /** SOCKS version 5 (RFC 1928), with user name and password (RFC 1929) where it asks for them. */
        SOCKS5,
        /** The method CONNECT of HTTP/1.1 (RFC 9110 §9.3.6), with Basic authentication where there is a user. */
        HTTP_CONNECT
    }

    /**
     * Who we are to a proxy.
     *
     * @param name the user
     * @param secret the password
     */
    public record User(String name, Secret secret) {}

    @Override
    public String toString() {
        String scheme = kind == Kind.SOCKS5 ? "socks5" : "http";
        return scheme + "://" + address.getHostString() + ":" + address.getPort();
    }
}
