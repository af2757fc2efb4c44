package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A message that something is being done to: the newest state of its recipients, and who works on it. Everything but the id
 * is guarded by the lock, which is held for moments only (or by a reader, on a platform thread).
 */
final class Live {
    final QueueId id;
    final ReentrantLock lock = new ReentrantLock();

    /** How many parties work on it; at none it leaves the table. */
    int pins;
    /** Whether it has left the table. */
    boolean gone;
    /** The newest state; null while only tickets wait and the spool has it. */
    @Nullable
    QueuedMessage message;
    /** Octets that it holds of the budget. */
    long held;
    /** When it may be looked at again, in milliseconds since 1970, after the line of a destination was full. */
    long notBefore;
    /** Recipients that wait for a slot of their destination, by index. */
    final BitSet queued = new BitSet();
    /** Recipients that are being attempted. */
    final BitSet running = new BitSet();
    /** Recipients that are due and not tried because of an order, with its number. */
    Map<Integer, Long> parked = Map.of();
    /** Tickets that have a slot and are about to run. */
    int granted;
    /** Recipients that failed and whose sender is not told yet, with the state that the spool has of them. */
    final TreeMap<Integer, RecipientState> owed = new TreeMap<>();
    /** Whether the spool lacks something apart from what is owed. */
    boolean unwritten;
    /** Whether a recorder is at work on it, or waits to try again. */
    boolean recording;
    /** When the sender may be told again, in milliseconds since 1970, after that failed; 0 when it did not. */
    long tellAgain;
    /** When a delay may be told again, in the same way; in memory only. */
    long delayAgain;
    /** Why telling of an end failed. */
    String trouble = "";
    /** Failed writes in a row. */
    int failures;
    /** Who wants to know when everything is written. */
    private @Nullable List<CompletableFuture<Void>> waiters;

    Live(QueueId id) {
        this.id = id;
    }

    /** The message, which the caller knows to be there. */
    QueuedMessage message() {
        QueuedMessage known = message;
        if (known == null) {
            throw new IllegalStateException("message " + id + " is not in memory");
        }
        return known;
    }

    void set(int index, RecipientState state) {
        List<RecipientState> next = new ArrayList<>(message().recipients());
        next.set(index, state);
        message = message().with(next);
    }

    /** Whether there is something to tell, and no other attempt that may add to it; perhaps not before a time. */
    boolean tellable() {
        return running.isEmpty() && granted == 0 && (!owed.isEmpty() || unreported());
    }

    private boolean unreported() {
        QueuedMessage known = message;
        if (known == null) {
            return false;
        }
        for (RecipientState state : known.recipients()) {
            if (LiveTable.unreported(state)) {
                return true;
            }
        }
        return false;
    }

    /** What the spool is to hold: the newest states, but those whose sender is not told as they were before. */
    List<RecipientState> durable() {
        List<RecipientState> all = message().recipients();
        if (owed.isEmpty()) {
            return all;
        }
        List<RecipientState> view = new ArrayList<>(all);
        owed.forEach(view::set);
        return view;
    }

    void whenWritten(CompletableFuture<Void> waiter) {
        List<CompletableFuture<Void>> all = waiters == null ? new ArrayList<>() : waiters;
        all.add(waiter);
        waiters = all;
    }

    List<CompletableFuture<Void>> takeWaiters() {
        List<CompletableFuture<Void>> all = waiters == null ? List.of() : waiters;
        waiters = null;
        return all;
    }
}
