package dev.nexthop.sts;

import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.StsPolicy;
import java.time.Duration;
import java.time.Instant;

/**
 * A policy as it is kept.
 *
 * @param policy the policy; its domain is in A-labels
 * @param asked the domain as a recipient's address has it, perhaps in U-labels
 * @param fetched when it came, or was found to be the same
 * @param used when somebody last asked for it, to the day at least
 */
public record KeptPolicy(StsPolicy policy, Domain asked, Instant fetched, Instant used) {
    /** No policy is kept shorter than this, so that a domain with a shorter one does not cost a fetch for each message. */
    public static final Duration LEAST_AGE = Duration.ofMinutes(1);

    /** When it is of no value any more (RFC 8461 §3.2, max_age). */
    public Instant expires() {
        Duration age = policy.maxAge();
        return fetched.plus(age.compareTo(LEAST_AGE) < 0 ? LEAST_AGE : age);
    }

    /**
     * Whether it is to be obeyed.
     *
     * @param now the time
     */
    public boolean valid(Instant now) {
        return !now.isAfter(expires());
    }

    /**
     * How old it is.
     *
     * @param now the time
     * @return zero when the clock was set back since
     */
    public Duration age(Instant now) {
        return now.isBefore(fetched) ? Duration.ZERO : Duration.between(fetched, now);
    }

    /** Whether another asks for the same; its id does not count. */
    boolean asks(StsPolicy other) {
        return policy.mode() == other.mode() && policy.patterns().equals(other.patterns());
    }

    KeptPolicy usedAt(Instant moment) {
        return new KeptPolicy(policy, asked, fetched, moment);
    }
}
