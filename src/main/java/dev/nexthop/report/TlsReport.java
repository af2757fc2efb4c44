package dev.nexthop.report;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A report as it travels (RFC 8460 §4.4), ours or somebody's. Texts are as written: those of a stranger may hold anything.
 *
 * @param organization who reports
 * @param start from when on
 * @param end until when
 * @param contact whom to ask
 * @param id tells it from all others
 * @param policies at least one in ours
 */
public record TlsReport(
        String organization, Instant start, Instant end, String contact, String id, List<Result> policies) {
    /** Copies the list. */
    public TlsReport {
        policies = List.copyOf(policies);
    }

    /**
     * What happened under one policy.
     *
     * @param policy the policy
     * @param good sessions that were as it wants them
     * @param failed sessions that were not, or didn't come about
     * @param failures what was wrong
     */
    public record Result(Policy policy, long good, long failed, List<Failure> failures) {
        /** Copies the list. */
        public Result {
            failures = List.copyOf(failures);
        }
    }

    /**
     * A policy.
     *
     * @param type {@code tlsa}, {@code sts} or {@code no-policy-found}; in somebody's report anything
     * @param strings its lines
     * @param domain whose it is
     * @param mx the hosts that it allows
     */
    public record Policy(String type, List<String> strings, String domain, List<String> mx) {
        /** Copies the lists. */
        public Policy {
            strings = List.copyOf(strings);
            mx = List.copyOf(mx);
        }
    }

    /**
     * Failures that are alike; each text is empty when it is not known.
     *
     * @param type of RFC 8460 §4.3; in somebody's report anything
     * @param count sessions
     * @param sendingIp the sender's address
     * @param mx the host
     * @param helo what the host called itself
     * @param receivingIp its address
     * @param more a URI with more about it
     * @param reason an error code or a sentence
     */
    public record Failure(
            String type,
            long count,
            String sendingIp,
            String mx,
            String helo,
            String receivingIp,
            String more,
            String reason) {}

    /** The one domain that all policies are of; empty when they are of several. */
    public Optional<String> domain() {
        List<String> domains =
                policies.stream().map(result -> result.policy().domain()).distinct().toList();
        return domains.size() == 1 ? Optional.of(domains.getFirst()) : Optional.empty();
    }

    /** The same without {@code failure-details}, which the RFC doesn't demand. */
    TlsReport brief() {
        List<Result> brief = policies.stream()
                .map(one -> new Result(one.policy(), one.good(), one.failed(), List.of()))
                .toList();
        return new TlsReport(organization, start, end, contact, id, brief);
    }
}
