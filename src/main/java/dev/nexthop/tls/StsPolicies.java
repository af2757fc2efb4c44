package dev.nexthop.tls;

import dev.nexthop.smtp.Domain;
import java.time.Duration;

/** The MTA-STS policies of domains (RFC 8461). Calls block, at most for the given time. They never throw. */
public interface StsPolicies {
    /** No domain has a policy. */
    StsPolicies NONE = (_, _) -> new StsAnswer.None("MTA-STS is off");

    /**
     * The policy of a domain: the kept one where it is still the newest, else fetched now.
     *
     * @param domain the policy domain; an address literal has none
     * @param patience how long fetching may take, {@code queue.outbound.timeouts.mta-sts}; a minute at most counts
     */
    StsAnswer of(Domain domain, Duration patience);
}
