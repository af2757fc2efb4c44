package dev.nexthop.server;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * One listener ({@code server.listener.<id>}).
 *
 * @param id its name, which routing rules can ask about
 * @param bind addresses to listen at; port 0 lets the kernel choose
 * @param protocol what it speaks
 * @param tls its certificate; empty: no TLS
 * @param extensions what it offers
 */
public record ListenerSettings(
        String id, List<InetSocketAddress> bind, Protocol protocol, Optional<ListenerTls> tls, Extensions extensions) {
    /** Copies the list. */
    public ListenerSettings {
        bind = List.copyOf(bind);
    }
}
