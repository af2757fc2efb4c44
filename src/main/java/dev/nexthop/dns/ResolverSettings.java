package dev.nexthop.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.xbill.DNS.ResolverConfig;

/**
 * How DNS is asked.
 *
 * @param servers the servers of {@code resolver.custom}; empty for those of the system
 * @param timeout for one try
 * @param attempts tries for each server before the answer is "later"
 * @param tcpOnError whether to ask again over TCP when UDP fails
 * @param cacheSize entries kept at the most
 * @param dnssec who looks at signatures
 */
public record ResolverSettings(
        List<InetSocketAddress> servers,
        Duration timeout,
        int attempts,
        boolean tcpOnError,
        int cacheSize,
        DnssecSettings dnssec) {
    /** The system's servers, 5 s, 2 tries, TCP when UDP fails, 10,000 entries, the AD bit of loopback. */
    public static final ResolverSettings SYSTEM =
            new ResolverSettings(List.of(), Duration.ofSeconds(5), 2, true, 10_000, DnssecSettings.STANDARD);

    /** Where nobody looks at signatures; the parameters are those of the record. */
    public ResolverSettings(
            List<InetSocketAddress> servers, Duration timeout, int attempts, boolean tcpOnError, int cacheSize) {
        this(servers, timeout, attempts, tcpOnError, cacheSize, DnssecSettings.NONE);
    }

    /** The servers that are asked: those that are set, else those that the system has now. */
    public List<InetSocketAddress> asked() {
        return servers.isEmpty() ? List.copyOf(new ResolverConfig().servers()) : servers;
    }
}
