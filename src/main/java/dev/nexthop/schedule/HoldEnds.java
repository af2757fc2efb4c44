package dev.nexthop.schedule;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Releases recipients that an operator holds until some time, and forgets what was said of those that are held no more. */
final class HoldEnds {
    private static final Logger LOG = LoggerFactory.getLogger(HoldEnds.class);

    /** Between two looks, each of which reads every note: holds may end as often as they like. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Until the next look when this one could not end every hold. */
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final Deeds deeds;
    /** When the next look is, in milliseconds since 1970. */
    private long armed = DueIndex.NEVER;

    private Instant last = Instant.EPOCH;

    HoldEnds(SchedulerParts parts, Machinery machinery, Deeds deeds) {
        this.parts = parts;
        this.machinery = machinery;
        this.deeds = deeds;
    }

    /** Sees to it that somebody looks at a time. */
    void arm(Instant until) {
        Instant when;
        synchronized (this) {
            Instant soonest = last.plus(PAUSE);
            when = until.isBefore(soonest) ? soonest : until;
            if (DueIndex.millis(when) >= armed) {
                return;
            }
            armed = DueIndex.millis(when);
        }
        long time = DueIndex.millis(when);
        machinery.ticker().at(when, () -> machinery.jobs().execute(() -> due(time)));
    }

    private void due(long time) {
        synchronized (this) {
            if (armed != time) {
                return; // somebody looks earlier, and again
            }
            armed = DueIndex.NEVER;
            Instant now = machinery.clock().instant();
            if (DueIndex.millis(now) >= time) {
                last = now;
            }
        }
        if (machinery.clock().millis() >= time) {
            look();
        } else {
            arm(Instant.ofEpochMilli(time)); // a ticker may be early
        }
    }

    /** Looks through all notes. On a platform thread. */
    void look() {
        HoldNotes notes = parts.orders().holds();
        if (!notes.any()) {
            return;
        }
        Instant now = machinery.clock().instant();
        try {
            lookThrough(notes, now);
        } catch (IOException | RuntimeException e) {
            LOG.error("held mail whose time is over could not be released; next try in a minute", e);
            arm(now.plus(AFTER_FAILURE));
        } catch (Error bug) {
            arm(now.plus(AFTER_FAILURE));
            throw bug;
        }
    }

    private void lookThrough(HoldNotes notes, Instant now) throws IOException {
        Optional<Instant> next = Optional.empty();
        int released = 0;
        try {
            Optional<HoldNotes.Place> after = Optional.empty();
            for (List<HoldNotes.Note> some = notes.some(after); !some.isEmpty(); some = notes.some(after)) {
                after = Optional.of(some.getLast().place());
                Set<HoldNotes.Place> unread = new HashSet<>();
                released += end(some, unread, now);
                Optional<Instant> first = Stream.concat(
                                some.stream()
                                        .flatMap(note -> note.terms().until().stream())
                                        .filter(until -> until.isAfter(now)),
                                unread.stream().map(_ -> now.plus(AFTER_FAILURE)))
                        .min(Instant::compareTo);
                next = first.isPresent() && (next.isEmpty() || first.get().isBefore(next.get())) ? first : next;
            }
        } finally {
            if (released > 0) {
                LOG.info("recipients released because the time of their hold is over: {}", released);
            }
        }
        next.ifPresent(this::arm);
    }

    /** Adds to the unread those who are to be released and whose message can't be read: whoever acts on it sees to that. */
    private int end(List<HoldNotes.Note> some, Set<HoldNotes.Place> unread, Instant now) throws IOException {
        List<HoldNotes.Place> stale = new ArrayList<>();
        Set<HoldNotes.Place> over = new LinkedHashSet<>();
        for (HoldNotes.Note note : some) {
            HoldNotes.Place place = note.place();
            boolean ends = HoldNotes.over(note.terms(), now);
            try {
                if (!deeds.isHeld(place)) {
                    stale.add(place);
                    continue;
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("whether a recipient of message {} is still held can't be read", place.id(), e);
                if (ends) {
                    unread.add(place);
                }
            }
            if (ends) {
                over.add(place);
            }
        }
        HoldNotes notes = parts.orders().holds();
        notes.sweep(stale, deeds::isHeld);
        long[] ids =
                over.stream().mapToLong(place -> place.id().value()).distinct().toArray();
        // It is asked once more, when nobody can say anything new of it: somebody may have held it anew meanwhile.
        Deeds.Action release = (message, index, time) -> over.contains(new HoldNotes.Place(message.id(), index))
                        && notes.of(message.id(), index)
                                .filter(terms -> HoldNotes.over(terms, now))
                                .isPresent()
                ? QueueDesk.released(message, message.recipients().get(index), time)
                : null;
        return deeds.act(ids, new Deeds.Deed(QueueFilter.ALL, release, Optional.empty()));
    }
}
