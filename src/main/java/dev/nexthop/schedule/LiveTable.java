package dev.nexthop.schedule;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.smtp.ReversePath;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The messages in hand; all others are two numbers in the {@link DueIndex}. */
final class LiveTable {
    private static final long MESSAGE_COST = 1_024;
    private static final long RECIPIENT_COST = 512;

    /** When a message is looked at again that was left on disk and not called. */
    private static final Duration UNCALLED = Duration.ofMinutes(30);

    /** The same for one with other recipients, or with a notice due before. */
    private static final Duration NOT_ALONE = Duration.ofSeconds(20);

    private final ConcurrentMap<QueueId, Live> active = new ConcurrentHashMap<>();
    private final AtomicLong held = new AtomicLong();
    private volatile long budget;
    private final DueIndex index;
    private final MarkIndex marks;
    private final Runnable indexed;

    /**
     * A table.
     *
     * @param index where messages go that nobody works on
     * @param marks what every message is known by
     * @param indexed called after a message went to the index
     */
    LiveTable(DueIndex index, MarkIndex marks, Runnable indexed) {
        this.index = index;
        this.marks = marks;
        this.indexed = indexed;
    }

    /** So many octets of messages may be held between acceptance and first attempt. */
    void budget(long octets) {
        budget = octets;
    }

    /** Takes hold of a message; it stays until {@link #unpin}. Its state may have to be read first. */
    Live pin(QueueId id) {
        while (true) {
            Live live = active.computeIfAbsent(id, Live::new);
            live.lock.lock();
            try {
                if (!live.gone) {
                    live.pins++;
                    return live;
                }
            } finally {
                live.lock.unlock();
            }
        }
    }

    /** Takes hold of a new message with its body, or null when the budget is used up. */
    @Nullable
    Live hold(QueuedMessage message) {
        long cost = cost(message);
        if (held.addAndGet(cost) > budget) {
            held.addAndGet(-cost);
            return null;
        }
        Live live = pin(message.id());
        live.lock.lock();
        try {
            if (live.message == null) {
                live.message = message;
            }
            held.addAndGet(-live.held);
            live.held = cost;
        } finally {
            live.lock.unlock();
        }
        return live;
    }

    /** Lets go. The last one to do so puts the message back into the index, unless it is done. */
    void unpin(Live live) {
        boolean waits = false;
        live.lock.lock();
        try {
            if (--live.pins > 0) {
                return;
            }
            live.gone = true;
            release(live);
            QueuedMessage message = live.message;
            if (message != null) {
                long wake = Math.max(wake(live, message), live.notBefore);
                index.put(live.id, wake);
                waits = wake != DueIndex.NEVER;
                if (!waits && message.done()) {
                    marks.remove(live.id);
                }
            }
            active.remove(live.id, live); // last: whoever finds nobody here knows that the index has its time
        } finally {
            live.lock.unlock();
        }
        if (waits) {
            indexed.run();
        }
    }

    /**
     * Leaves a message on disk until it is {@link #call called}; in memory only. It is looked at again after a while all the
     * same: soon when something else is to be done for it, which then must not wait. The caller holds a pin.
     *
     * @param indexes the recipients that wait for the call
     * @return whether it is to be called; otherwise it comes soon without that
     */
    boolean leave(Live live, int[] indexes, Instant now) {
        boolean alone;
        live.lock.lock();
        try {
            alone = alone(live, indexes, now);
        } finally {
            live.lock.unlock();
        }
        putOff(live, now.plus(alone ? UNCALLED : NOT_ALONE));
        return alone;
    }

    private static boolean alone(Live live, int[] indexes, Instant now) {
        QueuedMessage message = live.message;
        if (message == null || !live.owed.isEmpty()) {
            return false;
        }
        long end = DueIndex.millis(now.plus(UNCALLED));
        int waiting = 0;
        for (RecipientState state : message.recipients()) {
            if (unreported(state)) {
                return false;
            }
            if (waits(state)) {
                waiting++;
                if (notice(message, state, false) <= end) {
                    return false;
                }
            }
        }
        return waiting == indexes.length;
    }

    /** There may be room for messages that were left on disk: they are due now. */
    void call(long[] ids, long now) {
        for (long number : ids) {
            QueueId id = new QueueId(number);
            Live live = active.get(id);
            if (live == null) {
                index.put(id, now);
                continue;
            }
            live.lock.lock();
            try {
                live.notBefore = 0;
                index.put(id, now);
            } finally {
                live.lock.unlock();
            }
        }
        indexed.run();
    }

    /** Has a message looked at again at a time, and not earlier; in memory only. The caller holds a pin. */
    void putOff(Live live, Instant until) {
        live.lock.lock();
        try {
            live.notBefore = DueIndex.millis(until);
            index.put(live.id, live.notBefore);
        } finally {
            live.lock.unlock();
        }
        indexed.run();
    }

    /**
     * A recipient that is due is not tried because of an order. It is looked at again when the queue gives it up, or when the
     * order ends.
     *
     * @param now milliseconds since 1970
     * @return whether the order is new to the message
     */
    boolean park(Live live, int recipient, long order, long now) {
        live.lock.lock();
        try {
            live.queued.clear(recipient);
            live.running.clear(recipient);
            if (live.parked.isEmpty()) {
                live.parked = new HashMap<>();
            }
            live.parked.put(recipient, order);
            if (live.message == null) {
                index.hasten(
                        live.id, now); // it was dropped meanwhile, and whoever reads it finds when to look at it again
            }
            return marks.note(live.id, Marks.order(order));
        } finally {
            live.lock.unlock();
        }
    }

    /** Has a message looked at again, at that time or before, that an order may have kept back. */
    void unpark(QueueId id, long order, long time) {
        Live live = active.get(id);
        if (live == null) {
            index.hasten(id, time);
            return;
        }
        live.lock.lock();
        try {
            live.parked.values().removeIf(number -> number == order);
            index.hasten(id, time);
        } finally {
            live.lock.unlock();
        }
    }

    /** Something has become due. */
    void hastened() {
        indexed.run();
    }

    /**
     * Has a message looked at again while others still work on it, for a recipient that must not wait for them. Nobody
     * records.
     */
    void watch(Live live) {
        boolean waits;
        live.lock.lock();
        try {
            QueuedMessage message = live.message;
            if (message == null || live.recording || live.pins < 2) {
                return; // the recorder does it when it rests, or the last one when it lets go
            }
            long wake = Math.max(wake(live, message), live.notBefore);
            waits = wake != DueIndex.NEVER;
            if (waits) {
                index.put(live.id, wake);
            }
        } finally {
            live.lock.unlock();
        }
        if (waits) {
            indexed.run();
        }
    }

    /**
     * Drops the message from memory while its tickets wait, when the spool knows as much. Nobody can reckon its time any more then,
     * so it is noted first.
     */
    void relax(Live live) {
        boolean waits = false;
        live.lock.lock();
        try {
            QueuedMessage message = live.message;
            if (message != null
                    && live.running.isEmpty()
                    && live.owed.isEmpty()
                    && !live.unwritten
                    && !live.recording) {
                long wake = Math.max(wake(live, message), live.notBefore);
                waits = wake != DueIndex.NEVER;
                if (waits) {
                    index.put(live.id, wake);
                }
                live.message = null;
                release(live);
            }
        } finally {
            live.lock.unlock();
        }
        if (waits) {
            indexed.run();
        }
    }

    /**
     * The same when the caller is done with it and others hold it who wait in lines, unless the budget of new messages has its place.
     * It is being watched.
     */
    void relaxWaiting(Live live) {
        boolean others;
        live.lock.lock();
        try {
            others = live.held == 0 && live.pins > 1 && !live.queued.isEmpty();
        } finally {
            live.lock.unlock();
        }
        if (others) {
            relax(live);
        }
    }

    /** The newest state of a message, which may be ahead of what the spool holds. */
    QueuedMessage newest(QueuedMessage read) {
        Live live = active.get(read.id());
        if (live == null) {
            return read;
        }
        live.lock.lock();
        try {
            return live.message == null ? read : live.message;
        } finally {
            live.lock.unlock();
        }
    }

    /** What every message is known by. */
    MarkIndex marks() {
        return marks;
    }

    long heldBytes() {
        return held.get();
    }

    int size() {
        return active.size();
    }

    /** When something is to be done next: an attempt, or a notification. */
    static long wake(QueuedMessage message) {
        long earliest = DueIndex.NEVER;
        for (RecipientState state : message.recipients()) {
            if (unreported(state)) {
                return 0; // the sender is to be told, as soon as may be
            }
            if (waits(state)) {
                earliest = Math.min(earliest, DueIndex.millis(state.due()));
                earliest = Math.min(earliest, notice(message, state, false));
            }
        }
        return earliest;
    }

    /** The same for a message that is perhaps worked on: whoever is in work needs nothing, whoever stands in line no attempt. */
    private static long wake(Live live, QueuedMessage message) {
        long earliest = DueIndex.NEVER;
        boolean tellable = live.running.isEmpty() && live.granted == 0 && (live.pins == 0 || live.tellAgain > 0);
        for (int i = 0; i < message.recipients().size(); i++) {
            RecipientState state = message.recipients().get(i);
            if (unreported(state) && tellable) {
                earliest = Math.min(earliest, live.tellAgain);
            } else if (waits(state) && !live.running.get(i)) {
                boolean queued = live.queued.get(i);
                Instant at = live.parked.containsKey(i) ? state.expires() : state.due();
                long due = queued ? DueIndex.NEVER : DueIndex.millis(at);
                long notice = Math.max(notice(message, state, queued), live.delayAgain);
                earliest = Math.min(earliest, Math.min(due, notice));
            }
        }
        return earliest;
    }

    /** When the next delay notice is due; before an attempt, or in line for one, only that of RFC 2852's by-mode N. */
    private static long notice(QueuedMessage message, RecipientState state, boolean queued) {
        if (!(message.envelope().sender() instanceof ReversePath.From)) {
            return DueIndex.NEVER;
        }
        if (state.last().isPresent() && !queued) {
            return DueIndex.millis(state.notifyAt());
        }
        return Wishes.tellAt(message.envelope())
                .filter(by -> !state.notifyAt().isAfter(by))
                .map(DueIndex::millis)
                .orElse(DueIndex.NEVER);
    }

    /** Whether a recipient that waits is late for RFC 2852's by-mode N, and nobody is told yet. */
    static boolean late(QueuedMessage message, RecipientState state, Instant now) {
        return waits(state)
                && Wishes.tellAt(message.envelope())
                        .filter(by -> !by.isAfter(now) && !state.notifyAt().isAfter(by))
                        .isPresent();
    }

    /** Whether it is delivered and the sender, who asked for it, is not told. */
    static boolean unreported(RecipientState state) {
        return !state.status().open() && !state.status().done();
    }

    /** Whether a recipient is to be tried some time. */
    static boolean waits(RecipientState state) {
        return state.status() == RecipientStatus.SCHEDULED || state.status() == RecipientStatus.DEFERRED;
    }

    /** Whether it is to be tried now. */
    static boolean due(RecipientState state, Instant now) {
        return waits(state) && !state.due().isAfter(now);
    }

    private void release(Live live) {
        held.addAndGet(-live.held);
        live.held = 0;
    }

    private static long cost(QueuedMessage message) {
        MessageBody body = message.body();
        long octets = body.inMemory() == null ? 0 : body.size();
        Requests requests = message.envelope().requests();
        octets += requests.envelopeId().length();
        for (Requests.Recipient asked : requests.recipients()) {
            octets += asked.original()
                    .map(original ->
                            original.type().length() + original.address().length())
                    .orElse(0);
        }
        return octets + MESSAGE_COST + RECIPIENT_COST * message.recipients().size();
    }
}
