package dev.nexthop.sts;

import dev.nexthop.dns.ALabels;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.TextAnswer;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.smtp.Domain;
import dev.nexthop.sts.PolicyFetcher.Fetched;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsAnswer.Trouble;
import dev.nexthop.tls.StsPolicies;
import dev.nexthop.tls.StsPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The policies of domains, found as RFC 8461 §3 says and kept for as long as they say, over restarts too. A kept policy is given
 * up for a newer one, or when its time is over, and for nothing else: not when its TXT record is gone, nor when DNS or its host
 * fails (§3.1, §3.3, §5.1). There is one cache for a server, whatever configurations come and go.
 */
public final class PolicyCache implements AutoCloseable {
    /** Most policies kept. */
    public static final int MOST = 100_000;

    /** How long a fetch that failed is not repeated for the same id (RFC 8461 §3.3: five minutes or longer). */
    public static final Duration RETRY_PAUSE = Duration.ofMinutes(5);

    /** How long a fetch may take at most, whatever anybody's patience (RFC 8461 §3.3 proposes a minute). */
    public static final Duration LONGEST_FETCH = Duration.ofMinutes(1);

    private final KeptPolicies policies;
    private final Flights flights = new Flights();
    private final Failures failures = new Failures(RETRY_PAUSE);
    private final InstantSource clock;
    private final Watcher watcher;
    private final Refresher refresher;

    /** Hears of what happens to policies. Calls must return soon. */
    public interface Watcher {
        /**
         * A domain asks for something else than before, or its policy could not be had before: mail that waits because of its
         * policy may go now.
         *
         * @param domain as recipients' addresses have it
         */
        void changed(Domain domain);

        /**
         * A kept policy can't be renewed (RFC 8461 §3.3: administrators should be told). Once, until it can.
         *
         * @param domain whose
         * @param text one sentence
         */
        void failing(Domain domain, String text);
    }

    /**
     * How policies are found under one configuration.
     *
     * @param resolver for TXT records
     * @param fetcher for policies
     */
    public record Means(Resolver resolver, PolicyFetcher fetcher) {}

    /** What DNS says of a domain's policy. */
    sealed interface Seen {
        /** It has the policy of that id. */
        record Current(String id) implements Seen {}

        /** It has none. */
        record Absent(String reason) implements Seen {}

        /** Nobody can tell. */
        record Unusable(Trouble trouble) implements Seen {}
    }

    private PolicyCache(KeptPolicies policies, InstantSource clock, Watcher watcher) {
        this.policies = policies;
        this.clock = clock;
        this.watcher = watcher;
        this.refresher = new Refresher(this, policies, clock);
    }

    /**
     * Opens the cache, making it when missing. Nothing is renewed before {@link #serve}.
     *
     * @param folder where it lives; no other process may have it open
     * @param clock the time of day
     * @param watcher hears of changes
     * @throws IOException when the folder is in use, or can't be read or written
     */
    public static PolicyCache open(Path folder, InstantSource clock, Watcher watcher) throws IOException {
        return open(folder, clock, watcher, MOST);
    }

    static PolicyCache open(Path folder, InstantSource clock, Watcher watcher, int most) throws IOException {
        return new PolicyCache(KeptPolicies.open(folder, most), clock, watcher);
    }

    /** What its database lost before this opening, a sentence each, told once: policies are asked for again. */
    public List<String> takeLosses() throws IOException {
        return policies.takeLosses();
    }

    /**
     * The policies of domains as a configuration finds them.
     *
     * @param means of that configuration
     */
    public StsPolicies by(Means means) {
        return (domain, patience) -> answer(domain, patience, means);
    }

    /**
     * Renews policies in the background from now on.
     *
     * @param means of the configuration in force
     */
    public void serve(Means means) {
        refresher.serve(means);
    }

    /**
     * The policy that is kept for a domain, for people who ask; nobody is asked for it.
     *
     * @param domain a name, in A-labels or U-labels
     * @return empty when there is none, or its time is over
     */
    public Optional<KeptPolicy> kept(Domain domain) {
        return policyDomain(domain)
                .map(Domain::name)
                .map(policies::at)
                .map(slot -> slot.kept)
                .filter(kept -> kept.valid(clock.instant()));
    }

    /** Where policies are renewed, for tests that do it by hand. */
    Refresher refresher() {
        return refresher;
    }

    /** Fetches under way, for tests that begin others. */
    Flights flights() {
        return flights;
    }

    KeptPolicies policies() {
        return policies;
    }

    /** A policy domain is a name below a top-level domain; literals and this machine have no policy. */
    private static Optional<Domain> policyDomain(Domain domain) {
        boolean local = domain.name().equals("localhost") || domain.name().endsWith(".localhost");
        return domain.isLiteral() || local ? Optional.empty() : ALabels.of(domain);
    }

    private StsAnswer answer(Domain domain, Duration patience, Means means) {
        Optional<Domain> known = policyDomain(domain);
        if (known.isEmpty()) {
            return new StsAnswer.None("'" + domain + "' can have no MTA-STS policy, for it is no name in DNS");
        }
        Domain name = known.get();
        Instant now = clock.instant();
        KeptPolicies.Slot slot = valid(name.name(), now);
        return switch (look(means, name.name())) {
            case Seen.Absent(String reason) ->
                slot == null
                        ? new StsAnswer.None(reason)
                        : stands(slot, new Trouble(TlsFault.STS_POLICY_FETCH_ERROR, reason));
            case Seen.Unusable(Trouble trouble) ->
                slot == null ? new StsAnswer.Unknown(trouble) : stands(slot, trouble);
            case Seen.Current(String id) -> {
                if (slot != null && slot.policy().id().equals(id)) {
                    yield new StsAnswer.Known(slot.policy(), slot.trouble);
                }
                yield switch (renew(new Wanted(name, domain, id), patience, means)) {
                    case Renewal.Done(StsPolicy policy) -> new StsAnswer.Known(policy, Optional.empty());
                    case Renewal.Failed(Trouble trouble) ->
                        slot == null ? new StsAnswer.Unknown(trouble) : stands(slot, trouble);
                    case Renewal.NoRoom(String reason) ->
                        slot == null ? new StsAnswer.Busy(reason) : new StsAnswer.Known(slot.policy(), slot.trouble);
                };
            }
        };
    }

    private KeptPolicies.@Nullable Slot valid(String name, Instant now) {
        KeptPolicies.Slot slot = policies.at(name);
        if (slot == null) {
            return null;
        }
        slot.kept = slot.kept.usedAt(now);
        return slot.kept.valid(now) ? slot : null;
    }

    private static StsAnswer stands(KeptPolicies.Slot slot, Trouble trouble) {
        return new StsAnswer.Known(
                slot.policy(),
                Optional.of(new Trouble(trouble.fault(), trouble.reason() + "; the kept policy stands")));
    }

    /** What DNS says. */
    Seen look(Means means, String name) {
        return switch (means.resolver().texts("_mta-sts." + name)) {
            case TextAnswer.None none -> new Seen.Absent(none.reason());
            case TextAnswer.TryLater later ->
                new Seen.Unusable(new Trouble(
                        TlsFault.STS_POLICY_FETCH_ERROR, "DNS can't say whether there is a policy: " + later.reason()));
            case TextAnswer.Texts found ->
                switch (StsRecord.read(found.texts())) {
                    case StsRecord.Found(String id) -> new Seen.Current(id);
                    case StsRecord.None(String reason) -> new Seen.Absent(reason);
                    case StsRecord.Unusable(String reason) ->
                        new Seen.Unusable(new Trouble(TlsFault.STS_POLICY_INVALID, reason));
                };
        };
    }

    /**
     * A policy to be fetched.
     *
     * @param name of the domain in A-labels
     * @param asked the same as an address has it
     * @param id of the TXT record
     */
    record Wanted(Domain name, Domain asked, String id) {}

    /** What came of a fetch. */
    sealed interface Renewal {
        /** It is kept. */
        record Done(StsPolicy policy) implements Renewal {}

        /** Whatever was kept is kept. */
        record Failed(Trouble trouble) implements Renewal {}

        /** Nobody was asked, for there are too many to be asked now. */
        record NoRoom(String reason) implements Renewal {}
    }

    /** Fetches a policy, unless that has just failed. */
    Renewal renew(Wanted wanted, Duration patience, Means means) {
        String name = wanted.name().name();
        Optional<Trouble> recent = failures.recent(name, wanted.id(), clock.instant());
        if (recent.isPresent()) {
            return new Renewal.Failed(recent.get());
        }
        Flights.End end = flights.join(
                name, limited(patience), time -> keep(wanted, means.fetcher().fetch(name, time)));
        return switch (end) {
            case Flights.End.NoRoom(String reason) -> new Renewal.NoRoom(reason);
            case Flights.End.Landed(Fetched.Failed(Trouble trouble)) -> new Renewal.Failed(trouble);
            case Flights.End.Landed(Fetched.Policy(PolicyFile file)) -> new Renewal.Done(policy(wanted, file));
        };
    }

    /** A policy host that is slow on purpose holds a place and an attempt for this long, and no longer. */
    static Duration limited(Duration patience) {
        return patience.compareTo(LONGEST_FETCH) < 0 ? patience : LONGEST_FETCH;
    }

    private static StsPolicy policy(Wanted wanted, PolicyFile file) {
        return new StsPolicy(wanted.name(), wanted.id(), file.mode(), file.patterns(), file.maxAge());
    }

    /** On the thread of the fetch, once for all who wait for it. */
    private Fetched keep(Wanted wanted, Fetched fetched) {
        String name = wanted.name().name();
        Instant now = clock.instant();
        KeptPolicies.Slot before = policies.at(name);
        switch (fetched) {
            case Fetched.Failed(Trouble trouble) -> {
                failures.add(name, wanted.id(), trouble, now);
                if (before != null) {
                    failing(before, trouble);
                }
            }
            case Fetched.Policy(PolicyFile file) -> {
                StsPolicy policy = policy(wanted, file);
                Instant used = before == null ? now : before.kept.used();
                policies.put(new KeptPolicy(policy, wanted.asked(), now, used), now);
                boolean failed = failures.over(name);
                boolean hadNone = failed && (before == null || !before.kept.valid(now));
                // Not for another id alone: a domain can have a new one for each look-up, and each call looks through
                // the queue.
                boolean other = before != null && !before.kept.asks(policy);
                if (hadNone || other) {
                    watcher.changed(wanted.asked());
                }
            }
        }
        return fetched;
    }

    /** A kept policy can't be renewed. */
    void failing(KeptPolicies.Slot slot, Trouble trouble) {
        boolean first = slot.trouble.isEmpty();
        slot.trouble = Optional.of(trouble);
        if (first && slot.policy().mode() != StsPolicy.Mode.NONE && slot.kept.valid(clock.instant())) {
            watcher.failing(
                    slot.kept.asked(),
                    "the MTA-STS policy of " + slot.policy().domain() + " can't be renewed and ends at "
                            + slot.kept.expires() + ": " + trouble.reason());
        }
    }

    /** Renews nothing any more, and closes the store. */
    @Override
    public void close() {
        refresher.close();
        policies.close();
    }
}
