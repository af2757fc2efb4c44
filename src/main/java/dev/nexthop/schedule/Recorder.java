package dev.nexthop.schedule;

import dev.nexthop.dsn.Report;
import dev.nexthop.flight.OutcomeEvent;
import dev.nexthop.flight.Telling;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the spool up to what is known of a message. One recorder at a time works on a message and goes on until nothing is
 * missing, so its writes are in order and outcomes of jobs that end together share one. An end and the notification that
 * tells of it become durable in one atomic write; while another attempt of the message runs, notifications are kept back so
 * that one can tell of all ends of its kind. A failure is written with its notification; a success that somebody asked to
 * hear of is written at once, as one that is still to be told. What can't be written is kept and tried again, and the
 * message is not touched meanwhile: nothing is delivered twice because the disk is full. When only a notification can't be
 * written, everything else is, at once; a success that is still to be told then holds up nobody.
 */
final class Recorder {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration NOTICE_PAUSE = Duration.ofMinutes(15);

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final LiveTable table;
    private final Teller teller;
    private final InFlight inFlight;
    /** Whose outcome could not be written and waits for its next try; pinned, and not in flight. */
    private final Set<Live> paused = ConcurrentHashMap.newKeySet();

    private volatile boolean stopping;

    Recorder(SchedulerParts parts, Machinery machinery, LiveTable table, Teller teller, InFlight inFlight) {
        this.parts = parts;
        this.machinery = machinery;
        this.table = table;
        this.teller = teller;
        this.inFlight = inFlight;
    }

    /** Tries no failed write again, but for {@link #lastTry}. */
    void stop() {
        stopping = true;
    }

    /** Tries once more to write what could not be written: a delivery that stays unwritten is made again. */
    void lastTry() {
        for (Live live : paused) {
            machinery.workers().execute(entered(live));
        }
    }

    /** How many messages have an outcome that could not be written. */
    int paused() {
        return paused.size();
    }

    /** Whether it waits for the disk. */
    boolean isPaused(Live live) {
        return paused.contains(live);
    }

    /** Takes a paused message in flight at once; the task goes on with it. */
    private Runnable entered(Live live) {
        inFlight.enter();
        if (paused.remove(live)) {
            return () -> {
                live.lock.lock();
                try {
                    live.tellAgain = 0;
                } finally {
                    live.lock.unlock();
                }
                proceed(live);
            };
        }
        inFlight.leave(); // somebody else has it
        return () -> {};
    }

    /** Records what is new, unless somebody is at it. On a worker, or a platform thread. */
    void record(Live live) {
        record(live, null);
    }

    private void record(Live live, @Nullable CompletableFuture<Void> waiter) {
        live.lock.lock();
        try {
            if (waiter != null) {
                live.whenWritten(waiter); // not before somebody is at it: whoever rests just now has not written it
            }
            if (live.recording) {
                return; // whoever records looks again before it rests
            }
            live.recording = true;
            live.pins++;
        } finally {
            live.lock.unlock();
        }
        inFlight.enter();
        proceed(live);
    }

    /** Records, and tells when all is durable, or that it could not be. */
    CompletableFuture<Void> recorded(Live live) {
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        record(live, waiter);
        return waiter;
    }

    private void proceed(Live live) {
        while (true) {
            Arrears arrears;
            try {
                arrears = Arrears.next(live, machinery.clock().instant());
                tell(live, arrears);
            } catch (RuntimeException bug) {
                broken(live, bug);
                return;
            } catch (Error bug) {
                broken(live, bug);
                throw bug;
            }
            switch (arrears) {
                case Arrears.Nothing ignored -> {
                    rest(live);
                    return;
                }
                case Arrears.Later ignored -> {
                    pause(live, live.trouble);
                    return;
                }
                case Arrears.States states -> {
                    apply(live, states.change());
                    return;
                }
                case Arrears.Notice ignored -> {}
                case Arrears.Delay ignored -> {}
            }
        }
    }

    /** Tells whom there is something to tell. */
    private void tell(Live live, Arrears arrears) {
        switch (arrears) {
            case Arrears.Notice notice -> {
                String trouble = teller.tell(notice.message(), notice.kind(), notice.whom(), notice.change());
                if (trouble == null) {
                    told(live, notice);
                } else {
                    untold(live, notice, trouble);
                }
            }
            case Arrears.Delay delay -> delay(live, delay);
            case Arrears.Nothing ignored -> {}
            case Arrears.Later ignored -> {}
            case Arrears.States ignored -> {}
        }
    }

    /** Nobody knows how far it has come: all of it is looked at again, as after a failed write. */
    private void broken(Live live, Throwable bug) {
        LOG.error("recording message {} stopped on an error in the program", live.id, bug);
        live.lock.lock();
        try {
            live.unwritten = true;
        } finally {
            live.lock.unlock();
        }
        pause(live, "an error in the program: " + bug);
    }

    /** Whether somebody is to be told something. */
    boolean owes(Live live) {
        return Arrears.owes(live, machinery.clock().instant());
    }

    /** Somebody may have begun to record anew since nothing was missing: then whoever waits, waits for him. */
    private void rest(Live live) {
        inFlight.leave();
        List<CompletableFuture<Void>> waiters = List.of();
        try {
            table.watch(live);
            table.relaxWaiting(live);
        } finally {
            live.lock.lock();
            try {
                live.failures = 0;
                waiters = live.recording ? waiters : live.takeWaiters();
            } finally {
                live.lock.unlock();
            }
            table.unpin(live);
            waiters.forEach(waiter -> waiter.complete(null));
        }
    }

    private void apply(Live live, Change change) {
        OutcomeEvent event = OutcomeEvent.begun();
        CompletableFuture<Void> written;
        try {
            written = parts.spool().apply(List.of(change));
        } catch (RuntimeException | Error e) {
            written = CompletableFuture.failedFuture(e);
        }
        var _ = written.handle((nothing, failure) -> {
                    try {
                        tell(event, live.id, change, failure == null);
                    } finally {
                        written(live, failure);
                    }
                    return true;
                })
                .exceptionally(bug -> {
                    LOG.error("recording message {} stopped on an error in the program", live.id, bug);
                    return false;
                });
    }

    private static void tell(@Nullable OutcomeEvent event, QueueId id, Change change, boolean success) {
        if (event != null && event.over()) {
            Telling.of("outcomes", () -> event.tell(id.toString(), open(change), success));
        }
    }

    /** How many recipients have no end yet. */
    private static int open(Change change) {
        int open = 0;
        if (change instanceof Change.Progress(QueueId _, List<RecipientState> states)) {
            for (RecipientState state : states) {
                open += state.status().done() ? 0 : 1;
            }
        }
        return open;
    }

    /** On the spool's thread, so what may block goes to a worker. */
    private void written(Live live, @Nullable Throwable failure) {
        if (failure != null) {
            live.lock.lock();
            try {
                live.unwritten = true;
            } finally {
                live.lock.unlock();
            }
            pause(live, String.valueOf(failure.getMessage()));
            return;
        }
        boolean quiet = false;
        try {
            quiet = Arrears.quiet(live, machinery.clock().instant());
        } catch (RuntimeException | Error bug) {
            LOG.error("what message {} lacks is not known because of an error in the program", live.id, bug);
        }
        if (quiet) {
            rest(live);
        } else {
            machinery.workers().execute(() -> proceed(live));
        }
    }

    private static void told(Live live, Arrears.Notice notice) {
        live.lock.lock();
        try {
            live.tellAgain = 0;
            boolean nobody = notice.message().envelope().sender() instanceof ReversePath.Null;
            List<RecipientState> states = new ArrayList<>(live.message().recipients());
            for (int index : notice.whom()) {
                RecipientState state = states.get(index);
                if (notice.kind() != Report.Kind.FAILED) {
                    states.set(index, QueueDesk.with(state, RecipientStatus.DELIVERED));
                } else if (nobody) { // it is kept for the postmaster
                    states.set(index, QueueDesk.held(state));
                    live.unwritten = true;
                }
                live.owed.remove(index);
            }
            live.message = live.message().with(states);
        } finally {
            live.lock.unlock();
        }
    }

    /** The notification is put off; what was to be written with it is written without it. */
    private void untold(Live live, Arrears.Notice notice, String trouble) {
        Instant again = machinery.clock().instant().plus(LONGEST_PAUSE);
        boolean keeps;
        live.lock.lock();
        try {
            live.tellAgain = DueIndex.millis(again);
            live.trouble = trouble;
            live.unwritten |= notice.news();
            keeps = !live.owed.isEmpty();
        } finally {
            live.lock.unlock();
        }
        if (!keeps) {
            parts.events()
                    .alarm(
                            "spool",
                            "the sender of message " + live.id + " could not be told what became of it; next try in "
                                    + LONGEST_PAUSE.toSeconds() + " s: " + trouble);
        }
    }

    /** The outcome stays in memory; the pin keeps the message from being tried. */
    private void pause(Live live, @Nullable String trouble) {
        Duration wait;
        List<CompletableFuture<Void>> waiters;
        boolean unwritten;
        live.lock.lock();
        try {
            unwritten = live.unwritten;
            live.failures++;
            wait = FIRST_PAUSE.multipliedBy(1L << Math.min(live.failures - 1, 10));
            waiters = live.takeWaiters();
        } finally {
            live.lock.unlock();
        }
        paused.add(live);
        inFlight.leave();
        Duration pause = wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait;
        String text = "the outcome of message " + live.id + " could not be recorded and is kept in memory; next try in "
                + pause.toSeconds() + " s: " + trouble;
        if (!stopping) {
            machinery.ticker().at(machinery.clock().instant().plus(pause), () -> {
                if (!stopping) {
                    machinery.workers().execute(entered(live));
                }
            });
        }
        for (CompletableFuture<Void> waiter : waiters) {
            if (unwritten) {
                waiter.completeExceptionally(new IOException(text));
            } else {
                waiter.complete(null);
            }
        }
        parts.events().alarm("spool", text);
    }

    private void delay(Live live, Arrears.Delay delay) {
        Instant now = machinery.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        List<RecipientState> states = new ArrayList<>(delay.durable());
        for (int index : delay.late()) {
            RecipientState state = states.get(index);
            Instant next = teller.nextNotice(delay.message(), index, now);
            states.set(index, noticed(state, state.notices() + 1, next));
        }
        Change change = new Change.Progress(live.id, states);
        String trouble = teller.tell(delay.message(), Report.Kind.DELAYED, delay.late(), change);
        if (trouble != null) {
            parts.events().alarm("dsn", "a delay of message " + live.id + " could not be told: " + trouble);
        }
        live.lock.lock();
        try {
            if (trouble != null) { // what is due stays due, so that none of them is taken for told
                live.delayAgain = DueIndex.millis(now.plus(NOTICE_PAUSE));
                return;
            }
            live.delayAgain = 0;
            List<RecipientState> all = new ArrayList<>(live.message().recipients());
            for (int index : delay.late()) {
                RecipientState moved = states.get(index);
                all.set(index, noticed(all.get(index), moved.notices(), moved.notifyAt()));
            }
            live.message = live.message().with(all);
        } finally {
            live.lock.unlock();
        }
    }

    private static RecipientState noticed(RecipientState state, int notices, Instant notifyAt) {
        return new RecipientState(
                state.address(),
                state.status(),
                state.attempts(),
                notices,
                state.due(),
                notifyAt,
                state.expires(),
                state.last());
    }
}
