package dev.nexthop.sts;

import dev.nexthop.mail.TlsFault;
import dev.nexthop.sts.PolicyCache.Means;
import dev.nexthop.sts.PolicyCache.Renewal;
import dev.nexthop.sts.PolicyCache.Seen;
import dev.nexthop.sts.PolicyCache.Wanted;
import dev.nexthop.tls.StsAnswer.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews kept policies before their time is over, so that nobody can wait for that moment with a policy host in his way
 * (RFC 8461 §3.3, §10.2), and looks for new ones of domains that mail goes to now. Only domains that somebody asked for lately
 * are looked at, some at a time.
 */
final class Refresher implements AutoCloseable {
    /** How often it looks for something to do. */
    static final Duration ROUND = Duration.ofMinutes(1);

    /** A policy is fetched again when it is as old as this, or half as old as it may get (RFC 8461 §3.3: once a day). */
    static final Duration RENEWED = Duration.ofDays(1);

    /** How often the TXT record of one domain is looked at. */
    static final Duration CHECKED = Duration.ofMinutes(10);

    /** For so long behind its last use the TXT record is looked at. */
    static final Duration BUSY = Duration.ofDays(1);

    /** For so long behind its last use a policy is renewed. */
    static final Duration USED = Duration.ofDays(30);

    private static final Logger LOG = LoggerFactory.getLogger(Refresher.class);

    /** How long a fetch in the background may take: nobody waits for it, and others wait for their turns. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    /** So many failed fetches in a row double the pause before the next look each: ten minutes become 80 at most. */
    private static final int DOUBLED = 3;

    /** Most domains looked at in a round whose last fetch failed, so that they can't keep the others waiting. */
    static final int FAILED_IN_A_ROUND = 16;

    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final int AT_ONCE = 8;
    private static final int IN_A_ROUND = 512;

    private final PolicyCache cache;
    private final KeptPolicies policies;
    private final InstantSource clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("mta-sts-refresh").daemon(true).factory());
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile @Nullable Means means;

    Refresher(PolicyCache cache, KeptPolicies policies, InstantSource clock) {
        this.cache = cache;
        this.policies = policies;
        this.clock = clock;
    }

    /** Works with these from now on. */
    void serve(Means newest) {
        means = newest;
        if (begun.compareAndSet(false, true)) {
            var _ = timer.scheduleWithFixedDelay(
                    this::safeRound, ROUND.toSeconds(), ROUND.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void safeRound() {
        Means current = means;
        try {
            if (current != null) {
                round(current);
            }
        } catch (RuntimeException bug) {
            LOG.error(
                    "MTA-STS policies were not renewed because of an error in the program; next try in a minute", bug);
        }
    }

    /** Looks once at whatever is due, and returns when that is done. */
    void round(Means current) {
        Instant now = clock.instant();
        policies.purge(now);
        List<Due> all = policies.all().stream()
                .filter(slot -> due(slot, now))
                .map(slot -> new Due(slot, slot.checked, slot.failures > 0))
                .sorted(Comparator.comparing(Due::since))
                .toList();
        List<KeptPolicies.Slot> due = Stream.concat(
                        all.stream().filter(one -> !one.failed()).limit(IN_A_ROUND),
                        all.stream().filter(Due::failed).limit(FAILED_IN_A_ROUND))
                .map(Due::slot)
                .toList();
        try (ExecutorService workers = Executors.newFixedThreadPool(
                AT_ONCE, Thread.ofVirtual().name("mta-sts-refresh-", 1).factory())) {
            due.forEach(slot -> workers.execute(() -> refresh(slot, current)));
        }
    }

    /** What is to be looked at, since when, and whether its last fetch failed. */
    private record Due(KeptPolicies.Slot slot, Instant since, boolean failed) {}

    private static boolean due(KeptPolicies.Slot slot, Instant now) {
        Instant used = slot.kept.used();
        Duration pause = CHECKED.multipliedBy(1L << Math.min(slot.failures, DOUBLED));
        boolean rested = !within(pause, slot.checked, now);
        return rested && (within(BUSY, used, now) || within(USED, used, now) && old(slot.kept, now));
    }

    /** Whether a moment is not longer ago than that; what lies ahead was written by a clock that was wrong. */
    private static boolean within(Duration time, Instant moment, Instant now) {
        return !moment.isAfter(now) && now.isBefore(moment.plus(time));
    }

    private static boolean old(KeptPolicy kept, Instant now) {
        Duration half = kept.policy().maxAge().dividedBy(2);
        return !within(half.compareTo(RENEWED) < 0 ? half : RENEWED, kept.fetched(), now);
    }

    private void refresh(KeptPolicies.Slot slot, Means current) {
        slot.checked = clock.instant();
        boolean old = old(slot.kept, slot.checked);
        switch (cache.look(current, slot.policy().domain().name())) {
            case Seen.Current(String id) -> {
                if (old || !slot.policy().id().equals(id)) {
                    fetch(slot, id, current);
                } else {
                    slot.trouble = Optional.empty();
                    slot.failures = 0;
                }
            }
            case Seen.Absent(String reason) -> {
                if (old) {
                    cache.failing(slot, new Trouble(TlsFault.STS_POLICY_FETCH_ERROR, reason));
                }
            }
            case Seen.Unusable(Trouble trouble) -> {
                if (old) {
                    cache.failing(slot, trouble);
                }
            }
        }
    }

    private void fetch(KeptPolicies.Slot slot, String id, Means current) {
        Wanted wanted = new Wanted(slot.policy().domain(), slot.kept.asked(), id);
        switch (cache.renew(wanted, PATIENCE, current)) {
            case Renewal.Done _ -> {
                KeptPolicies.Slot renewed = policies.at(wanted.name().name());
                if (renewed != null) {
                    renewed.checked = slot.checked;
                }
            }
            case Renewal.Failed failed -> {
                slot.failures = Math.min(slot.failures + 1, DOUBLED); // only one round at a time writes it
                LOG.debug("{}", failed.trouble().reason());
            }
            case Renewal.NoRoom(String reason) -> LOG.debug("{}", reason);
        }
    }

    /** Waits a moment for what is under way, which is interrupted. */
    @Override
    public void close() {
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(FAREWELL.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("MTA-STS policies are still being renewed while the server stops");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
