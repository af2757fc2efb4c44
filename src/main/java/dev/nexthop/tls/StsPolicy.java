package dev.nexthop.tls;

import dev.nexthop.smtp.Domain;
import java.time.Duration;
import java.util.List;

/**
 * A policy of MTA-STS (RFC 8461 §3.2).
 *
 * @param domain the policy domain
 * @param id of the TXT record that it was fetched for (§3.1)
 * @param mode what it asks for
 * @param patterns the values of {@code mx}, in lower case A-labels; none only with mode none
 * @param maxAge how long it may be kept, 0 to 31,557,600 s
 */
public record StsPolicy(Domain domain, String id, Mode mode, List<String> patterns, Duration maxAge) {
    /** Copies the list. */
    public StsPolicy {
        patterns = List.copyOf(patterns);
    }

    /** What a policy asks for (RFC 8461 §5). */
    public enum Mode {
        /** Hosts that do not fit get no mail. */
        ENFORCE,
        /** Hosts that do not fit get mail, and the domain is told. */
        TESTING,
        /** Nothing; the domain takes an earlier policy back. */
        NONE
    }

    /**
     * Whether the policy names a host (RFC 8461 §4.1): a pattern is a name, or {@code *.} and a name for exactly one more label
     * at the left.
     *
     * @param host the name of an MX host, in lower case A-labels, without a trailing dot
     */
    public boolean names(String host) {
        int dot = host.indexOf('.');
        String parent = dot <= 0 ? "" : host.substring(dot);
        return patterns.stream()
                .anyMatch(pattern ->
                        pattern.startsWith("*.") ? pattern.substring(1).equals(parent) : pattern.equals(host));
    }
}
