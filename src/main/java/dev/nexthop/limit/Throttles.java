package dev.nexthop.limit;

import dev.nexthop.limit.Bucket.Waiter;
import dev.nexthop.limit.Claim.Count;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What all throttles have counted. It stays from one configuration to the next: a count belongs to the keys and the condition of
 * its throttle. Counts that say nothing any more are forgotten. When there are as many as are kept, whoever needs another
 * one waits: a throttle that can't count lets nobody pass. Calls return at once.
 */
public final class Throttles implements AutoCloseable {
    /** Most counts that are kept. */
    public static final int MOST = 100_000;

    /** Most that wait for slots, in all lines together: each holds a ticket and the name of its message in memory. */
    static final int MOST_WAITING = 20_000;

    /** How long one waits for whom there is no count. */
    static final Duration CROWDED_PAUSE = Duration.ofSeconds(20);

    private static final int FIRST_LOOK = 1_024;
    private static final long LOOK_PAUSE = Duration.ofSeconds(1).toNanos();

    private final InstantSource clock;
    private final int most;
    private final int mostWaiting;
    private final ThrottleStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Count, Bucket> buckets = new HashMap<>();
    private List<ThrottleSettings> inForce = List.of();
    private boolean begun;
    private int lookAt;
    private long looked = Long.MIN_VALUE;
    private long turns;
    private int waiting;

    /**
     * Counts in memory, and on disk as far as that matters after a restart.
     *
     * @param clock the time of day
     * @param folder where they are kept; nothing is there before {@link #prepare} asks for it
     */
    public Throttles(InstantSource clock, Path folder) {
        this(clock, new ThrottleStore(folder), MOST, MOST_WAITING);
    }

    /** With bounds of its own. */
    Throttles(InstantSource clock, ThrottleStore store, int most, int mostWaiting) {
        this.clock = clock;
        this.store = store;
        this.most = most;
        this.mostWaiting = mostWaiting;
        this.lookAt = Math.min(FIRST_LOOK, most);
    }

    /** What becomes of who asks. */
    public sealed interface Answer {
        /**
         * It may go.
         *
         * @param pass closed when it is done
         */
        record Go(Pass pass) implements Answer {}

        /**
         * It has to wait.
         *
         * @param refusal why, and how long
         */
        record No(Refusal refusal) implements Answer {}
    }

    /**
     * Opens what throttles need on disk, before they are in force.
     *
     * @param throttles those to come
     * @return what of earlier counts is lost, a sentence each, told once
     * @throws IOException when the folder can't be used
     */
    public List<String> prepare(List<ThrottleSettings> throttles) throws IOException {
        boolean needed = throttles.stream()
                .anyMatch(one -> one.rate().filter(Rate::worthKeeping).isPresent());
        return needed ? store.open(nanos()) : List.of();
    }

    /**
     * Takes the throttles of new rules. Whoever waits for a slot is called, to ask again under them.
     *
     * @param throttles those in force from now on
     * @return the ids of those that mean something else now, or nothing: whoever waits for their time should ask again
     */
    public Set<String> follow(List<ThrottleSettings> throttles) {
        List<Waiter> called = new ArrayList<>();
        Set<String> changed;
        lock.lock();
        try {
            Set<ThrottleSettings> young = new HashSet<>(throttles);
            changed = inForce.stream()
                    .filter(one -> !young.contains(one))
                    .map(ThrottleSettings::id)
                    .collect(Collectors.toSet());
            boolean other = begun && !inForce.equals(throttles);
            inForce = List.copyOf(throttles);
            begun = true;
            if (other) {
                buckets.values().forEach(bucket -> bucket.callAll(called::add));
                waiting = 0;
            }
        } finally {
            lock.unlock();
        }
        wake(called);
        return changed;
    }

    /**
     * Asks for everything that a transaction needs; it gets all of it or nothing.
     *
     * @param claims what it needs
     * @param comer who asks
     */
    public Answer enter(List<Claim> claims, Comer comer) {
        List<Waiter> called = new ArrayList<>();
        Answer answer;
        lock.lock();
        try {
            long now = nanos();
            Refusal refusal = refusal(claims, comer, now, called);
            if (refusal == null) {
                List<Pass.Taken> taken = new ArrayList<>(claims.size());
                claims.forEach(claim -> taken.add(take(claim, comer, now)));
                answer = new Answer.Go(new Pass(this, taken));
            } else {
                answer = new Answer.No(refusal);
            }
            if (refusal instanceof Refusal.Later) {
                claims.forEach(claim -> forgo(claim, comer, now, called));
            }
            claims.forEach(claim -> settle(claim.count(), now));
        } finally {
            lock.unlock();
        }
        wake(called);
        return answer;
    }

    private @Nullable Refusal refusal(List<Claim> claims, Comer comer, long now, List<Waiter> called) {
        makeRoom(claims, now);
        for (Claim claim : claims) {
            Bucket bucket = bucket(claim, now);
            if (bucket == null) {
                return new Refusal.Later(claim, instant(now + CROWDED_PAUSE.toNanos()), true);
            }
            if (comer.waited()) {
                bucket.came = now;
            }
        }
        for (Claim claim : claims) {
            Bucket bucket = buckets.get(claim.count());
            if (bucket != null && claim.throttle().concurrency().isPresent() && !bucket.hasSlot(comer.turn(), now)) {
                call(bucket, now, called); // perhaps it is the turn of another
                return new Refusal.Busy(claim);
            }
        }
        Claim slowest = null;
        long latest = now;
        for (Claim claim : claims) {
            Bucket bucket = buckets.get(claim.count());
            Rate rate = claim.throttle().rate().orElse(null);
            long free = bucket == null || rate == null ? now : bucket.free(rate, now, comer.waited());
            if (free > latest) {
                latest = free;
                slowest = claim;
            }
        }
        return slowest == null ? null : later(slowest, latest, comer, now);
    }

    private Refusal later(Claim claim, long time, Comer comer, long now) {
        Bucket bucket = buckets.get(claim.count());
        Rate rate = claim.throttle().rate().orElseThrow();
        long until = bucket == null || comer.asks() ? time : bucket.book(rate, now, time, comer.waited());
        return new Refusal.Later(claim, instant(until), false);
    }

    /**
     * Keeps a time for who has asked when it may go, and has nowhere else to go.
     *
     * @param later what it was told
     * @param waited whether it has waited for its time before
     * @return when it goes on
     */
    public Refusal.Later book(Refusal.Later later, boolean waited) {
        lock.lock();
        try {
            long now = nanos();
            Claim claim = later.claim();
            makeRoom(List.of(claim), now);
            Bucket bucket = bucket(claim, now);
            Rate rate = claim.throttle().rate().orElse(null);
            if (bucket == null || rate == null || later.crowded()) {
                return later;
            }
            long until = bucket.book(rate, now, bucket.free(rate, now, waited), waited);
            settle(claim.count(), now);
            return new Refusal.Later(claim, instant(until), false);
        } finally {
            lock.unlock();
        }
    }

    private Pass.Taken take(Claim claim, Comer comer, long now) {
        Bucket bucket = buckets.get(claim.count());
        if (bucket == null) {
            throw new IllegalStateException("there is no count of " + claim.words());
        }
        long mark = claim.throttle().rate().map(rate -> bucket.take(rate, now)).orElse(0L);
        if (claim.throttle().concurrency().isPresent()) {
            bucket.enter(comer.turn());
        }
        return new Pass.Taken(claim, mark);
    }

    /** Who was called for a slot and has to wait for a time needs the slot no more: it is the turn of another. */
    private void forgo(Claim claim, Comer comer, long now, List<Waiter> called) {
        Bucket bucket = buckets.get(claim.count());
        if (bucket != null && claim.throttle().concurrency().isPresent()) {
            bucket.forgo(comer.turn());
            call(bucket, now, called);
        }
    }

    void leave(List<Pass.Taken> taken, boolean unused) {
        List<Waiter> called = new ArrayList<>();
        lock.lock();
        try {
            long now = nanos();
            for (Pass.Taken one : taken) {
                Claim claim = one.claim();
                Bucket bucket = buckets.get(claim.count());
                if (bucket == null) {
                    continue; // it had no slots, and what it has counted says nothing any more
                }
                if (unused) {
                    claim.throttle().rate().ifPresent(rate -> bucket.undo(rate, one.mark(), now));
                }
                if (claim.throttle().concurrency().isPresent()) {
                    bucket.inFlight--;
                    call(bucket, now, called);
                }
                settle(claim.count(), now);
            }
        } finally {
            lock.unlock();
        }
        wake(called);
    }

    private static void wake(List<Waiter> called) {
        Each.of(called, waiter -> waiter.wake().run());
    }

    private void call(Bucket bucket, long now, List<Waiter> called) {
        bucket.call(now, waiter -> {
            waiting--;
            called.add(waiter);
        });
    }

    /** The next place in the order of all who wait for a slot. */
    public long turn() {
        lock.lock();
        try {
            return turns++;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a slot.
     *
     * @param claim for which there was none
     * @param turn the place in the order of all who wait
     * @param wake called once when it may ask again; returns at once, and has {@link #prod} called after {@link #patience},
     *     in case that who was called does not come
     * @return false when the line is full, or all lines together are
     */
    public boolean park(Claim claim, long turn, Runnable wake) {
        List<Waiter> called = new ArrayList<>();
        lock.lock();
        try {
            long now = nanos();
            makeRoom(List.of(claim), now);
            Bucket bucket = bucket(claim, now);
            if (bucket == null || waiting >= mostWaiting || !bucket.park(new Waiter(turn, wake))) {
                return false;
            }
            waiting++;
            call(bucket, now, called);
        } finally {
            lock.unlock();
        }
        wake(called);
        return true;
    }

    /** How long a slot is kept for who was called. */
    public static Duration patience() {
        return Bucket.PROMISE;
    }

    /**
     * Calls the next one when one who was called has not come.
     *
     * @param claim what he waited for
     * @param turn his
     * @return whether his slot is still kept, because the clock was set back: prod again after {@link #patience}
     */
    public boolean prod(Claim claim, long turn) {
        List<Waiter> called = new ArrayList<>();
        boolean kept = false;
        lock.lock();
        try {
            Bucket bucket = buckets.get(claim.count());
            if (bucket != null) {
                long now = nanos();
                call(bucket, now, called);
                kept = bucket.isPromised(turn, now);
                settle(claim.count(), now);
            }
        } finally {
            lock.unlock();
        }
        wake(called);
        return kept;
    }

    /**
     * Looks for what can be forgotten when there is no room for the counts that are missing. Done before the first of them is
     * made: one that is new says nothing yet, and would be forgotten too.
     */
    private void makeRoom(List<Claim> claims, long now) {
        int missing = 0;
        for (Claim claim : claims) {
            missing += buckets.containsKey(claim.count()) ? 0 : 1;
        }
        boolean soon = looked != Long.MIN_VALUE && Math.abs(now - looked) < LOOK_PAUSE;
        boolean full = buckets.size() + missing > most;
        if (missing > 0 && buckets.size() + missing > lookAt && !(soon && full)) {
            forget(now);
        }
    }

    /** The count of a claim; null when there are too many. Whoever needs several calls {@link #makeRoom} once for all. */
    private @Nullable Bucket bucket(Claim claim, long now) {
        Count count = claim.count();
        Bucket known = buckets.get(count);
        if (known == null) {
            if (buckets.size() >= most) {
                return null;
            }
            known = new Bucket();
            store.restore(count, known);
            buckets.put(count, known);
        }
        Bucket bucket = known;
        claim.throttle().rate().ifPresent(rate -> bucket.follow(rate, now));
        bucket.limit = claim.throttle().concurrency().orElse(Integer.MAX_VALUE);
        return bucket;
    }

    /** Forgets what says nothing any more; each time twice as many come before the next look, but for the bound. */
    private void forget(long now) {
        looked = now;
        buckets.entrySet().removeIf(entry -> {
            entry.getValue().refresh(now);
            boolean idle = entry.getValue().idle(now);
            if (idle) {
                store.drop(entry.getKey(), entry.getValue());
            }
            return idle;
        });
        lookAt = Math.clamp(buckets.size() * 2L, Math.min(FIRST_LOOK, most), most);
    }

    private void settle(Count count, long now) {
        Bucket bucket = buckets.get(count);
        if (bucket == null) {
            return;
        }
        if (bucket.idle(now)) {
            buckets.remove(count);
            store.drop(count, bucket);
        } else {
            store.keep(count, bucket);
        }
    }

    /** How many counts there are. */
    int size() {
        lock.lock();
        try {
            return buckets.size();
        } finally {
            lock.unlock();
        }
    }

    private long nanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /** Rounded up to what the queue keeps of times. */
    private static Instant instant(long nanos) {
        return Instant.ofEpochMilli(Math.ceilDiv(nanos, 1_000_000L));
    }

    /** Writes what is not written yet, and closes. */
    @Override
    public void close() {
        store.close();
    }
}
