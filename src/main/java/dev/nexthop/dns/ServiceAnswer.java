package dev.nexthop.dns;

import java.util.List;

/** What DNS says about where a service is (RFC 2782). */
public sealed interface ServiceAnswer {
    /**
     * The service has places.
     *
     * @param hosts 1 to {@link #MOST}, sorted by priority, equal priorities in the order of the answer: weights are for
     *     whoever chooses
     */
    record Hosts(List<ServiceHost> hosts) implements ServiceAnswer {
        /** Copies the list. */
        public Hosts {
            hosts = List.copyOf(hosts);
        }
    }

    /** The owner of the name says that the service is decidedly not available there: its target is the root. */
    record Unavailable() implements ServiceAnswer {}

    /**
     * The name does not exist or has no SRV records.
     *
     * @param reason one sentence
     */
    record None(String reason) implements ServiceAnswer {}

    /**
     * DNS could not say; ask again later.
     *
     * @param reason one sentence
     */
    record TryLater(String reason) implements ServiceAnswer {}

    /** So many places of an answer are looked at, those of the lowest priority value first. */
    int MOST = 100;
}
