package dev.nexthop.dns;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.xbill.DNS.Name;

/**
 * The questions that servers have not answered yet: how many there may be, and of whom. One that is answered soon holds a place
 * among {@link #FRESH} for that long; one that is not gives it up to others after {@link #SLOW_AFTER} and waits on among the
 * {@link #SLOW}. When a quarter of those is taken and {@link #SLOW_OF_ONE_ZONE} about one zone wait there, nothing more is asked about
 * that zone: it would wait as they do. So late answers of one party delay others by {@link #SLOW_AFTER} at most, and it takes several
 * parties together to fill all places.
 */
final class Outstanding {
    /** Most questions that are out for a short time. */
    static final int FRESH = 100;

    /** Most questions that are out for a long time, besides. */
    static final int SLOW = 400;

    /** So many of those, and no zone may have too many. */
    private static final int SCARCE = SLOW / 4;

    /** So many of those about one zone, and no more are asked about it while places are scarce. */
    static final int SLOW_OF_ONE_ZONE = 25;

    /** What is answered is mostly answered by then, also where nothing was kept on the way. */
    static final Duration SLOW_AFTER = Duration.ofSeconds(2);

    /** An IPv4 network of 256 addresses, {@code in-addr.arpa} included; and a /48 of IPv6. */
    private static final int LABELS_OF_FOUR = 5;

    private static final int LABELS_OF_SIX = 14;

    private static final Name REVERSE_OF_FOUR = Name.fromConstantString("in-addr.arpa.");
    private static final Name REVERSE_OF_SIX = Name.fromConstantString("ip6.arpa.");

    /** Last labels but one that are nobody's own below the code of a country: {@code co.uk}, {@code com.au}. */
    private static final Set<String> SHARED =
            Set.of("ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "gv", "mil", "ne", "net", "or", "org");

    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    /** The oldest first. */
    private final LinkedHashSet<Place> fresh = new LinkedHashSet<>();

    private final Map<String, Integer> slowByZone = new HashMap<>();
    private int slow;

    /** Of a question that is out; ends with {@link #leave}. Compared by identity. */
    static final class Place {
        private final String zone;
        private final long since;
        private boolean slow;

        private Place(String zone, long since) {
            this.zone = zone;
            this.since = since;
        }
    }

    /** No place was free. */
    static final class FullException extends Exception {
        private static final long serialVersionUID = 1L;

        FullException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Nothing is out.
     *
     * @param nanos the time, as {@link System#nanoTime} gives it
     */
    Outstanding(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Waits for a place.
     *
     * @param question what is to be asked
     * @param deadline by the time given
     * @return the place, to be left again
     * @throws FullException when there is none by then, or its zone has too many already; a clause without a subject's name
     */
    Place enter(Question question, long deadline) throws FullException, InterruptedException {
        String zone = zone(question.name());
        lock.lockInterruptibly();
        try {
            while (true) {
                long now = nanos.getAsLong();
                age(now);
                if (scarce() && slowByZone.getOrDefault(zone, 0) >= SLOW_OF_ONE_ZONE) {
                    freed.signal(); // Whoever called us meant somebody who can go.
                    throw new FullException(SLOW_OF_ONE_ZONE + " other questions about " + zone
                            + " have waited for an answer for more than " + SLOW_AFTER.toSeconds() + " s");
                }
                if (fresh.size() < FRESH) {
                    Place place = new Place(zone, now);
                    fresh.add(place);
                    return place;
                }
                long left = deadline - now;
                if (left <= 0) {
                    freed.signal();
                    throw new FullException(FRESH + " other look-ups were under way for too long");
                }
                freed.awaitNanos(Math.min(left, untilOneIsSlow(now)));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether those who wait long are in the way of others: a large provider's zone may have a bad moment, and room for it. */
    private boolean scarce() {
        return slow >= SCARCE || fresh.size() == FRESH;
    }

    /** Gives a place back. */
    void leave(Place place) {
        lock.lock();
        try {
            if (place.slow) {
                slow--;
                slowByZone.computeIfPresent(place.zone, (_, count) -> count == 1 ? null : count - 1);
            } else {
                fresh.remove(place);
            }
            freed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Those that were out for long make room, as far as there is some among the slow. */
    private void age(long now) {
        while (slow < SLOW && !fresh.isEmpty() && now - fresh.getFirst().since >= SLOW_AFTER.toNanos()) {
            Place place = fresh.removeFirst();
            place.slow = true;
            slow++;
            slowByZone.merge(place.zone, 1, Integer::sum);
        }
    }

    /** How long it pays to wait for the time alone, with all fresh places taken; whoever leaves wakes somebody earlier. */
    private long untilOneIsSlow(long now) {
        return slow < SLOW ? Math.max(1, fresh.getFirst().since + SLOW_AFTER.toNanos() - now) : SLOW_AFTER.toNanos();
    }

    /** The part of a name that one party has, as far as its labels tell: {@code example.org}, {@code example.co.uk}. */
    static String zone(Name name) {
        int labels = name.labels() - 1; // without the root
        int kept = 2;
        if (name.subdomain(REVERSE_OF_SIX)) {
            kept = LABELS_OF_SIX;
        } else if (name.subdomain(REVERSE_OF_FOUR)) {
            kept = LABELS_OF_FOUR;
        } else if (labels > 2
                && name.getLabelString(labels - 1).length() == 2
                && SHARED.contains(name.getLabelString(labels - 2).toLowerCase(Locale.ROOT))) {
            kept = 3;
        }
        Name zone = labels > kept ? new Name(name, labels - kept) : name;
        return zone.toString(true).toLowerCase(Locale.ROOT);
    }
}
