package dev.nexthop.report;

import dev.nexthop.event.TlsEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sessions with one domain in one period, by the policy that they were held under. Bounded, also by what
 * all pages may hold together: what comes beyond the bounds is counted where it is told that it was not listed. Not safe for
 * several threads.
 */
final class Tally {
    /** Policies told apart; sessions under others count under no policy. A policy that changes makes another one. */
    static final int MOST_POLICIES = 20;

    /** Failures told apart under one policy; others go to {@link Detail#OTHERS}. */
    static final int MOST_DETAILS = 100;

    /** Lines of a policy, and patterns, that are kept. */
    static final int MOST_LINES = 100;

    private final Map<TlsEvent.Policy, Counts> policies = new LinkedHashMap<>();
    private final Budget budget;
    private long taken;

    /**
     * An empty one.
     *
     * @param budget what all tallies together may keep
     */
    Tally(Budget budget) {
        this.budget = budget;
    }

    /** What was counted under one policy. */
    static final class Counts {
        long good;
        final Map<Detail, Long> failures = new LinkedHashMap<>();

        long failed() {
            return failures.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private void failure(Counts counts, Detail detail, long times) {
        boolean room =
                counts.failures.containsKey(detail) || counts.failures.size() < MOST_DETAILS && take(weight(detail));
        counts.failures.merge(room ? detail : Detail.OTHERS, times, Math::addExact);
    }

    private boolean take(long weight) {
        boolean room = budget.take(weight);
        taken += room ? weight : 0;
        return room;
    }

    private static long weight(Detail detail) {
        return Budget.OVERHEAD
                + Budget.weight(detail.sourceIp())
                + Budget.weight(detail.host())
                + Budget.weight(detail.ip())
                + Budget.weight(detail.reason());
    }

    private static long weight(TlsEvent.Policy policy) {
        return Budget.OVERHEAD
                + Budget.weight(policy.domain())
                + policy.strings().stream().mapToLong(Budget::weight).sum()
                + policy.patterns().stream().mapToLong(Budget::weight).sum();
    }

    Map<TlsEvent.Policy, Counts> policies() {
        return policies;
    }

    void add(TlsEvent event) {
        Counts counts = of(bounded(event.policy()), event.domain());
        if (event.fault().isEmpty()) {
            counts.good++;
        } else {
            failure(counts, Detail.of(event, event.fault().get()), 1);
        }
    }

    /** Puts back what was stored. */
    void restore(TlsEvent.Policy policy, long good, Map<Detail, Long> failures) {
        Counts counts = of(policy, policy.domain());
        counts.good += good;
        failures.forEach((detail, times) -> failure(counts, detail, times));
    }

    private Counts of(TlsEvent.Policy policy, String domain) {
        Counts known = policies.get(policy);
        if (known != null) {
            return known;
        }
        // The last place is for all others: nothing is said of their policies.
        TlsEvent.Policy kept = policies.size() < MOST_POLICIES - 1 && take(weight(policy)) ? policy : other(domain);
        return policies.computeIfAbsent(kept, _ -> new Counts());
    }

    private static TlsEvent.Policy other(String domain) {
        return new TlsEvent.Policy(TlsEvent.Kind.NO_POLICY_FOUND, domain, List.of(), List.of());
    }

    private static TlsEvent.Policy bounded(TlsEvent.Policy policy) {
        return new TlsEvent.Policy(
                policy.kind(),
                Detail.cut(policy.domain()),
                policy.strings().stream().limit(MOST_LINES).map(Detail::cut).toList(),
                policy.patterns().stream().limit(MOST_LINES).map(Detail::cut).toList());
    }

    void clear() {
        policies.clear();
        budget.give(taken);
        taken = 0;
    }

    boolean isEmpty() {
        return policies.isEmpty();
    }
}
