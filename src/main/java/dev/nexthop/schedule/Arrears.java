package dev.nexthop.schedule;

import dev.nexthop.dsn.Report;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.smtp.ReversePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the spool and the sender of a message lack, and which of that comes next. Found under the lock of the message; writes nothing. */
sealed interface Arrears {
    /** Nothing. */
    record Nothing() implements Arrears {}

    /** Nothing that can be written now: failures wait for their notification. */
    record Later() implements Arrears {}

    /** States. */
    record States(Change change) implements Arrears {}

    /** A notification of ends, and the states that go with it; news when the spool lacks others among them. */
    record Notice(QueuedMessage message, Report.Kind kind, List<Integer> whom, Change change, boolean news)
            implements Arrears {}

    /** A delay notification. */
    record Delay(QueuedMessage message, List<Integer> late, List<RecipientState> durable) implements Arrears {}

    /** Decides under the lock; what it takes out of the live message comes back when the step fails. */
    static Arrears next(Live live, Instant now) {
        live.lock.lock();
        try {
            boolean told = live.tellable();
            if (told && tellsNow(live, now)) {
                boolean news = live.unwritten;
                live.unwritten = false;
                return notice(live, news);
            }
            if (live.unwritten) {
                live.unwritten = false;
                return new States(change(live.message(), live.durable()));
            }
            List<Integer> late = late(live, now);
            if (!late.isEmpty()) {
                return new Delay(live.message(), late, live.durable());
            }
            if (told && !live.owed.isEmpty()) {
                return new Later();
            }
            live.recording = false;
            return new Nothing();
        } finally {
            live.lock.unlock();
        }
    }

    private static boolean tellsNow(Live live, Instant now) {
        return DueIndex.millis(now) >= live.tellAgain;
    }

    /** What is told first. What the next notification is to tell stays as it is in this one's states. */
    private static Notice notice(Live live, boolean news) {
        QueuedMessage message = live.message();
        if (!live.owed.isEmpty()) {
            List<Integer> failed = List.copyOf(live.owed.keySet());
            return new Notice(message, Report.Kind.FAILED, failed, change(message, message.recipients()), news);
        }
        List<RecipientState> states = new ArrayList<>(message.recipients());
        Report.Kind kind = firstGood(states);
        RecipientStatus untold = untold(kind);
        List<Integer> whom = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            if (states.get(i).status() == untold) {
                states.set(i, QueueDesk.with(states.get(i), RecipientStatus.DELIVERED));
                whom.add(i);
            }
        }
        return new Notice(message, kind, whom, change(message, states), news);
    }

    private static Report.Kind firstGood(List<RecipientState> states) {
        return Stream.of(Report.Kind.DELIVERED, Report.Kind.EXPANDED, Report.Kind.RELAYED)
                .filter(kind -> states.stream().anyMatch(state -> state.status() == untold(kind)))
                .findFirst()
                .orElseThrow();
    }

    private static RecipientStatus untold(Report.Kind kind) {
        return switch (kind) {
            case DELIVERED -> RecipientStatus.DELIVERED_UNTOLD;
            case EXPANDED -> RecipientStatus.EXPANDED_UNTOLD;
            case RELAYED -> RecipientStatus.RELAYED_UNTOLD;
            case FAILED, DELAYED -> throw new IllegalArgumentException("no good news: " + kind);
        };
    }

    private static Change change(QueuedMessage message, List<RecipientState> states) {
        boolean done = states.stream().allMatch(state -> state.status().done());
        return done ? new Change.Removal(message.id()) : new Change.Progress(message.id(), states);
    }

    private static List<Integer> late(Live live, Instant now) {
        QueuedMessage message = live.message;
        if (message == null
                || !(message.envelope().sender() instanceof ReversePath.From)
                || DueIndex.millis(now) < live.delayAgain) {
            return List.of();
        }
        List<Integer> late = List.of();
        for (int i = 0; i < message.recipients().size(); i++) {
            RecipientState state = message.recipients().get(i);
            boolean idle = !live.queued.get(i) && !live.running.get(i);
            // Who is due now is tried first; perhaps there is nothing to tell then.
            boolean waits = state.status() == RecipientStatus.DEFERRED
                    && (state.due().isAfter(now) || live.parked.containsKey(i));
            boolean noticed = idle && waits && !state.notifyAt().isAfter(now);
            if (noticed || !live.running.get(i) && LiveTable.late(message, state, now)) {
                late = late.isEmpty() ? new ArrayList<>() : late;
                late.add(i);
            }
        }
        return late;
    }

    /** Whether somebody is to be told something. */
    static boolean owes(Live live, Instant now) {
        live.lock.lock();
        try {
            return live.tellable() || !late(live, now).isEmpty();
        } finally {
            live.lock.unlock();
        }
    }

    /** Ends the recording when nothing is missing. */
    static boolean quiet(Live live, Instant now) {
        live.lock.lock();
        try {
            boolean told = live.tellable();
            boolean more = told && (tellsNow(live, now) || !live.owed.isEmpty());
            if (more || live.unwritten || !late(live, now).isEmpty()) {
                return false;
            }
            live.recording = false;
            return true;
        } finally {
            live.lock.unlock();
        }
    }
}
