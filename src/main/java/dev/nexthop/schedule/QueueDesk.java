package dev.nexthop.schedule;

import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.Step;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's actions, safe beside running attempts: a recipient that is being attempted is left alone. */
final class QueueDesk implements QueueControl {
    /** Messages whose writes are under way at once. */
    private static final int BATCH = 256;
    /** How long an operator waits for the disk. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Diagnosis CANCELLED = Diagnosis.local(
            new EnhancedStatus(5, 0, 0), ErrorKind.NONE, "taken out of the queue by an operator", Step.ROUTE);

    private static final Logger LOG = LoggerFactory.getLogger(QueueDesk.class);

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final LiveTable table;
    private final Feeder feeder;
    private final Recorder recorder;
    private final Admission admission;
    private volatile boolean complete;

    QueueDesk(
            SchedulerParts parts,
            Machinery machinery,
            LiveTable table,
            Feeder feeder,
            Recorder recorder,
            Admission admission) {
        this.parts = parts;
        this.machinery = machinery;
        this.table = table;
        this.feeder = feeder;
        this.recorder = recorder;
        this.admission = admission;
    }

    /** What an action makes of a recipient; null leaves it as it is. */
    private interface Action {
        @Nullable
        RecipientState apply(QueuedMessage message, RecipientState state, Instant now);
    }

    @Override
    public Listing list(QueueFilter filter, int limit) throws IOException {
        if (filter.id().isPresent()) {
            return new Listing(
                    show(filter.id().get()).filter(filter::mayHold).stream().toList(), false);
        }
        Page page = new Page(filter, limit);
        look(filter, page::take);
        return new Listing(page.found, page.more);
    }

    /** The start has found every message: from now on those that are meant are found without reading the others. */
    void complete() {
        complete = true;
    }

    /** Gives the messages that may be meant, until somebody has had enough. */
    private void look(QueueFilter filter, Predicate<QueuedMessage> taker) throws IOException {
        if (!complete) {
            parts.spool().scan(taker);
            return;
        }
        Marks.Wanted wanted = Marks.Wanted.of(filter);
        MarkIndex marks = table.marks();
        for (long[] some = marks.some(wanted, -1); some.length > 0; some = marks.some(wanted, some[some.length - 1])) {
            for (long id : some) {
                Optional<QueuedMessage> read = read(new QueueId(id));
                if (read.isPresent() && !taker.test(read.get())) {
                    return;
                }
            }
        }
    }

    /** One that can't be read is left out; the log says so when its time comes. */
    private Optional<QueuedMessage> read(QueueId id) {
        try {
            return parts.spool().read(id);
        } catch (IOException e) {
            LOG.warn("message {} could not be read for a list: {}", id, e.getMessage());
            return Optional.empty();
        }
    }

    /** A list while it grows. */
    private final class Page {
        private final QueueFilter filter;
        private final int limit;
        private final List<QueuedMessage> found = new ArrayList<>();
        private int recipients;
        private boolean more;

        Page(QueueFilter filter, int limit) {
            this.filter = filter;
            this.limit = limit;
        }

        /** Whether the scan goes on. */
        boolean take(QueuedMessage read) {
            QueuedMessage newest = table.newest(read);
            if (!filter.mayHold(newest)) {
                return true;
            }
            if (found.size() >= limit || recipients >= MAX_LISTED_RECIPIENTS) {
                more = true;
                return false;
            }
            found.add(newest);
            recipients += newest.recipients().size();
            return true;
        }
    }

    @Override
    public Optional<QueuedMessage> show(QueueId id) throws IOException {
        return parts.spool().read(id).map(table::newest);
    }

    @Override
    public int retry(QueueFilter filter) throws IOException {
        admission.forgive();
        return act(
                filter,
                (message, state, now) ->
                        LiveTable.waits(state) && message.heldUntil(state).isEmpty() ? due(state, now) : null);
    }

    /** Whoever waits for his time because the MTA-STS policy of his domain was not fulfilled is due now; how many. */
    int policyChanged(Set<Domain> domains) throws IOException {
        admission.forgive(domains);
        LongStream.Builder ids = LongStream.builder();
        parts.spool().forEach(read -> {
            if (table.newest(read).recipients().stream().anyMatch(state -> waitsForPolicy(state, domains))) {
                ids.add(read.id().value());
            }
        });
        return act(
                ids.build().toArray(),
                QueueFilter.ALL,
                (message, state, now) -> waitsForPolicy(state, domains)
                                && state.due().isAfter(now)
                                && message.heldUntil(state).isEmpty()
                        ? due(state, now)
                        : null);
    }

    private static boolean waitsForPolicy(RecipientState state, Set<Domain> domains) {
        return LiveTable.waits(state)
                && domains.contains(state.address().domain())
                && state.last()
                        .filter(last -> last.diagnosis().error() == ErrorKind.MTA_STS)
                        .isPresent();
    }

    @Override
    public int cancel(QueueFilter filter) throws IOException {
        return act(filter, (_, state, now) -> {
            if (LiveTable.unreported(state)) {
                return with(state, RecipientStatus.DELIVERED); // the sender is not told any more
            }
            return state.status().open() ? cancelled(state, now) : null;
        });
    }

    @Override
    public int hold(QueueFilter filter) throws IOException {
        return act(filter, (_, state, _) -> LiveTable.waits(state) ? held(state) : null);
    }

    @Override
    public int release(QueueFilter filter) throws IOException {
        boolean named = filter.id().isPresent();
        return act(filter, (message, state, now) -> {
            if (message.heldUntil(state).isPresent()) {
                return named ? due(state, now) : null;
            }
            if (state.status() != RecipientStatus.HELD) {
                return null;
            }
            RecipientStatus status = state.last().isEmpty() ? RecipientStatus.SCHEDULED : RecipientStatus.DEFERRED;
            return with(state, status, freed(message, state, now), state.last());
        });
    }

    /** When it is tried whom an operator held: now, unless the sender wants it held and nobody ended that. */
    private static Instant freed(QueuedMessage message, RecipientState state, Instant now) {
        Instant released = Wishes.released(message.envelope(), message.created());
        boolean ended = state.last().isPresent() || state.due().isBefore(released);
        return ended || released.isBefore(now) ? now : released;
    }

    private int act(QueueFilter filter, Action action) throws IOException {
        if (filter.id().isPresent()) {
            return act(new long[] {filter.id().get().value()}, filter, action);
        }
        if (!complete) {
            return act(ids(filter), filter, action);
        }
        Marks.Wanted wanted = Marks.Wanted.of(filter);
        int changed = 0;
        for (long[] some = table.marks().some(wanted, -1);
                some.length > 0;
                some = table.marks().some(wanted, some[some.length - 1])) {
            changed += act(some, filter, action);
        }
        return changed;
    }

    private int act(long[] ids, QueueFilter filter, Action action) throws IOException {
        int changed = 0;
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (long id : ids) {
            Live live = table.pin(new QueueId(id));
            try {
                int here = change(live, filter, action);
                if (here > 0) {
                    writes.add(recorder.recorded(live));
                }
                changed += here;
            } finally {
                table.unpin(live);
            }
            if (writes.size() >= BATCH) {
                await(writes);
            }
        }
        await(writes);
        return changed;
    }

    /** While the start still looks through the spool. */
    private long[] ids(QueueFilter filter) throws IOException {
        LongStream.Builder ids = LongStream.builder();
        parts.spool().forEach(read -> {
            if (filter.mayHold(table.newest(read))) {
                ids.add(read.id().value());
            }
        });
        return ids.build().toArray();
    }

    private int change(Live live, QueueFilter filter, Action action) {
        Instant now = machinery.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        List<RecipientState> cancelled = new ArrayList<>();
        int changed = 0;
        QueuedMessage message;
        live.lock.lock();
        try {
            // Read under the lock: a ticket that begins a long wait drops the message from memory.
            if (!feeder.read(live)) {
                return 0;
            }
            message = live.message();
            if (!filter.mayHold(message)) {
                return 0;
            }
            for (int i = 0; i < message.recipients().size(); i++) {
                RecipientState state = message.recipients().get(i);
                if (live.running.get(i) || state.status().done() || !filter.means(state)) {
                    continue;
                }
                RecipientState next = action.apply(message, state, now);
                if (next != null) {
                    live.set(i, next);
                    live.unwritten = true;
                    changed++;
                    if (next.status() == RecipientStatus.FAILED) {
                        cancelled.add(next);
                    }
                }
            }
        } finally {
            live.lock.unlock();
        }
        for (RecipientState state : cancelled) {
            String hop = state.last().map(LastAttempt::hop).orElse("");
            parts.events()
                    .delivery(new DeliveryEvent(
                            live.id,
                            state.address().toString(),
                            hop,
                            "none",
                            new Outcome.Failed(CANCELLED),
                            new DeliveryEvent.Delays(
                                    Duration.between(message.created(), now), Duration.ZERO, Duration.ZERO)));
        }
        return changed;
    }

    private static void await(List<CompletableFuture<Void>> writes) throws IOException {
        try {
            for (CompletableFuture<Void> write : writes) {
                write.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
            writes.clear();
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("the disk did not take the change within " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the change was written", e);
        }
    }

    private static @Nullable RecipientState cancelled(RecipientState state, Instant now) {
        String hop = state.last().map(LastAttempt::hop).orElse("");
        Optional<LastAttempt> last = Optional.of(new LastAttempt(now, hop, CANCELLED, RouteTrace.NONE));
        return with(state, RecipientStatus.FAILED, state.due(), last);
    }

    static RecipientState due(RecipientState state, Instant due) {
        return with(state, state.status(), due, state.last());
    }

    /** The same recipient, not tried and not given up until an operator says so. */
    static RecipientState held(RecipientState state) {
        return with(state, RecipientStatus.HELD);
    }

    static RecipientState with(RecipientState state, RecipientStatus status) {
        return with(state, status, state.due(), state.last());
    }

    private static RecipientState with(
            RecipientState state, RecipientStatus status, Instant due, Optional<LastAttempt> last) {
        return new RecipientState(
                state.address(),
                status,
                state.attempts(),
                state.notices(),
                due,
                state.notifyAt(),
                state.expires(),
                last);
    }
}
