package dev.nexthop.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How DNS is asked.
 *
 * @param servers the servers of {@code resolver.custom}; empty for those of the system
 * @param timeout for one try
 * @param attempts tries for each server before the answer is "later"
 * @param tcpOnError whether to ask again over TCP when UDP fails
 * @param cacheSize entries kept at the most
 */
public record ResolverSettings(
        List<InetSocketAddress> servers, Duration timeout, int attempts, boolean tcpOnError, int cacheSize) {
    /** The system's servers, 5 s, 2 tries, TCP when UDP fails, 10,000 entries. */
    public static final ResolverSettings SYSTEM =
            new ResolverSettings(List.of(), Duration.ofSeconds(5), 2, true, 10_000);
}
