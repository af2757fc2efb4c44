package dev.nexthop.event;

import dev.nexthop.mail.TlsFault;
import java.util.List;
import java.util.Optional;

/**
 * A connection to an MX host was opened, or was not, under a policy of the recipients' domain (RFC 8460 §3). One event for
 * each connection, not for each message on it; for a host that no connection was opened to because of its policy, one as well.
 *
 * @param domain the recipients' domain, whose {@code _smtp._tls} record says where reports go
 * @param forReport whether the connection was opened to deliver a TLS report, so that it counts in none (RFC 8460 §3)
 * @param policy what the domain published
 * @param host the MX host's name; empty when the trouble was before any host
 * @param ip its address; empty when none was connected to
 * @param sourceIp our address as far as it is known, else empty
 * @param fault what was wrong; empty when the connection is as the policy wants it
 * @param reason one sentence about the fault, without secrets; empty without a fault
 */
public record TlsEvent(
        String domain,
        boolean forReport,
        Policy policy,
        String host,
        String ip,
        String sourceIp,
        Optional<TlsFault> fault,
        String reason) {
    /** Of a domain whose policy is its own, for mail that is no report; the parameters are those of the record. */
    public TlsEvent(
            Policy policy, String host, String ip, String sourceIp, Optional<TlsFault> fault, String reason) {
        this(policy.domain(), false, policy, host, ip, sourceIp, fault, reason);
    }

    /**
     * What a domain published.
     *
     * @param kind of which standard
     * @param domain the policy domain (RFC 8460 §4.4): the recipients' domain, for DANE the TLSA base domain
     * @param strings the policy line by line: of an MTA-STS policy, or the TLSA records as in a zone file; none without
     * @param patterns the mx patterns of an MTA-STS policy; none for others
     */
    public record Policy(Kind kind, String domain, List<String> strings, List<String> patterns) {
        /** Copies the lists. */
        public Policy {
            strings = List.copyOf(strings);
            patterns = List.copyOf(patterns);
        }
    }

    /** The standard of a policy, by its word in RFC 8460 §4.4. */
    public enum Kind {
        /** DANE. */
        TLSA("tlsa"),
        /** MTA-STS. */
        STS("sts"),
        /** Neither. */
        NO_POLICY_FOUND("no-policy-found");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The word of RFC 8460 §4.4. */
        public String word() {
            return word;
        }
    }
}
