package dev.nexthop.schedule;

import dev.nexthop.limit.Claim;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's actions, safe beside running attempts: a recipient that is being attempted is left alone. */
final class QueueDesk implements QueueControl {
    private static final Diagnosis CANCELLED = Diagnosis.local(
            new EnhancedStatus(5, 0, 0), ErrorKind.NONE, "taken out of the queue by an operator", Step.ROUTE);

    private static final Logger LOG = LoggerFactory.getLogger(QueueDesk.class);

    private final SchedulerParts parts;
    private final LiveTable table;
    private final Admission admission;
    private final Deeds deeds;
    private final OrderDesk orders;
    private final HoldEnds holds;

    /**
     * What operators want until further notice.
     *
     * @param orders what they ordered
     * @param holds ends holds at their time
     */
    record Standing(OrderDesk orders, HoldEnds holds) {}

    QueueDesk(SchedulerParts parts, LiveTable table, Admission admission, Deeds deeds, Standing standing) {
        this.parts = parts;
        this.table = table;
        this.admission = admission;
        this.deeds = deeds;
        this.orders = standing.orders();
        this.holds = standing.holds();
    }

    @Override
    public OrderControl orders() {
        return orders;
    }

    @Override
    public Map<Integer, Remark> remarks(QueuedMessage message) {
        return orders.remarks(message);
    }

    @Override
    public Listing list(QueueFilter filter, int limit) throws IOException {
        Page page = new Page(filter, choice(filter), limit);
        if (filter.id().isPresent()) {
            show(filter.id().get()).ifPresent(page::take);
        } else {
            look(filter, page::take);
        }
        return new Listing(page.found, page.queues, page.next);
    }

    private Optional<QueueChoice> choice(QueueFilter filter) {
        return filter.queue().map(_ -> new QueueChoice(filter, parts, deeds.inquiry()));
    }

    /** Gives the messages that may be meant, until somebody has had enough. */
    private void look(QueueFilter filter, Predicate<QueuedMessage> taker) throws IOException {
        if (!deeds.isComplete()) {
            parts.spool().scan(taker);
            return;
        }
        Marks.Wanted wanted = Marks.Wanted.of(filter);
        MarkIndex marks = table.marks();
        for (long[] some = marks.some(wanted, filter.behind());
                some.length > 0;
                some = marks.some(wanted, some[some.length - 1])) {
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
        private final Optional<QueueChoice> choice;
        private final int limit;
        private final List<QueuedMessage> found = new ArrayList<>();
        private int recipients;
        private final Map<QueueId, Map<Integer, Membership>> queues = new HashMap<>();
        private Optional<QueueId> next = Optional.empty();

        Page(QueueFilter filter, Optional<QueueChoice> choice, int limit) {
            this.filter = filter;
            this.choice = choice;
            this.limit = limit;
        }

        /** Whether the scan goes on. */
        boolean take(QueuedMessage read) {
            if (!filter.reaches(read.id())) {
                return true;
            }
            if (choice.isPresent() && !choice.get().goesOn(read.id())) {
                next = choice.get().next();
                return false;
            }
            QueuedMessage newest = table.newest(read);
            if (!filter.mayHold(newest)) {
                return true;
            }
            Map<Integer, Membership> places =
                    choice.map(one -> one.listed(newest)).orElse(Map.of());
            if (choice.isPresent() && places.isEmpty()) {
                return true;
            }
            if (found.size() >= limit || recipients >= MAX_LISTED_RECIPIENTS) {
                next = Optional.of(newest.id());
                return false;
            }
            found.add(newest);
            recipients += newest.recipients().size();
            if (!places.isEmpty()) {
                queues.put(newest.id(), places);
            }
            return true;
        }
    }

    @Override
    public Map<Integer, Membership> queues(QueuedMessage message) {
        return QueueChoice.virtual(deeds.inquiry().of(message, _ -> true));
    }

    @Override
    public Optional<QueuedMessage> show(QueueId id) throws IOException {
        return parts.spool().read(id).map(table::newest);
    }

    @Override
    public Done retry(QueueFilter filter) throws IOException {
        admission.forgive();
        return act(filter, (message, index, now) -> {
            RecipientState state = message.recipients().get(index);
            return LiveTable.waits(state) && message.heldUntil(state).isEmpty() ? due(state, now) : null;
        });
    }

    /** Whoever waits for his time because the MTA-STS policy of his domain or of his relay was not fulfilled is due now; how many. */
    int policyChanged(Set<Domain> domains) throws IOException {
        admission.forgive(domains);
        LongStream.Builder ids = LongStream.builder();
        Set<String> relays = new LinkedHashSet<>();
        parts.spool().forEach(read -> {
            List<RecipientState> waiting = table.newest(read).recipients().stream()
                    .filter(state -> waitsForPolicy(state, domains))
                    .toList();
            if (!waiting.isEmpty()) {
                ids.add(read.id().value());
            }
            waiting.stream().flatMap(state -> state.last().stream()).forEach(last -> relays.add(last.hop()));
        });
        admission.forgiveRelays(relays);
        Deeds.Action now = (message, index, time) -> {
            RecipientState state = message.recipients().get(index);
            boolean waits = waitsForPolicy(state, domains) && state.due().isAfter(time);
            return waits && message.heldUntil(state).isEmpty() ? due(state, time) : null;
        };
        return deeds.act(ids.build().toArray(), new Deeds.Deed(QueueFilter.ALL, now, Optional.empty()));
    }

    private static boolean waitsForPolicy(RecipientState state, Set<Domain> domains) {
        return LiveTable.waits(state)
                && state.last()
                        .map(LastAttempt::diagnosis)
                        .filter(last -> last.error() == ErrorKind.MTA_STS)
                        .filter(last -> domains.contains(state.address().domain())
                                || !last.host().isEmpty() && domains.contains(new Domain(last.host())))
                        .isPresent();
    }

    /** Whoever waits for his time at one of these throttles is due now, for they mean something else; how many. */
    int throttlesChanged(Set<String> ids) throws IOException {
        LongStream.Builder waiting = LongStream.builder();
        parts.spool().forEach(read -> {
            if (table.newest(read).recipients().stream().anyMatch(state -> waitsFor(state, ids))) {
                waiting.add(read.id().value());
            }
        });
        Deeds.Action now = (message, index, time) -> {
            RecipientState state = message.recipients().get(index);
            return waitsFor(state, ids) && state.due().isAfter(time) ? due(state, time) : null;
        };
        return deeds.act(waiting.build().toArray(), new Deeds.Deed(QueueFilter.ALL, now, Optional.empty()));
    }

    private static boolean waitsFor(RecipientState state, Set<String> throttles) {
        return Turnstile.waitsForRate(state)
                && state.last()
                        .map(last -> Claim.throttleOf(last.diagnosis().reason()))
                        .filter(throttles::contains)
                        .isPresent();
    }

    @Override
    public Done cancel(QueueFilter filter) throws IOException {
        Farewell farewell = new Farewell(parts, deeds.inquiry(), filter.queue());
        Deeds.Action action = (message, index, now) -> {
            RecipientState state = message.recipients().get(index);
            if (LiveTable.unreported(state)) {
                return with(state, RecipientStatus.DELIVERED); // the sender is not told any more
            }
            return state.status().open() ? cancelled(state, now) : null;
        };
        try {
            return act(new Deeds.Deed(filter, action, Optional.empty(), choice(filter), Optional.of(farewell)));
        } finally {
            farewell.end();
        }
    }

    @Override
    public Done hold(QueueFilter filter, Optional<Order.Terms> terms) throws IOException {
        try {
            return act(filter, terms, (message, index, _) -> {
                RecipientState state = message.recipients().get(index);
                return LiveTable.waits(state) ? held(state) : null;
            });
        } finally {
            terms.flatMap(Order.Terms::until).ifPresent(holds::arm);
        }
    }

    @Override
    public Done release(QueueFilter filter) throws IOException {
        boolean named = filter.id().isPresent();
        return act(filter, (message, index, now) -> {
            RecipientState state = message.recipients().get(index);
            if (message.heldUntil(state).isPresent()) {
                return named ? due(state, now) : null;
            }
            return released(message, state, now);
        });
    }

    /** A recipient that an operator no more holds; null when none did. */
    static @Nullable RecipientState released(QueuedMessage message, RecipientState state, Instant now) {
        if (state.status() != RecipientStatus.HELD) {
            return null;
        }
        RecipientStatus status = state.last().isEmpty() ? RecipientStatus.SCHEDULED : RecipientStatus.DEFERRED;
        return with(state, status, freed(message, state, now), state.last());
    }

    /** When it is tried whom an operator held: now, unless the sender wants it held and nobody ended that. */
    private static Instant freed(QueuedMessage message, RecipientState state, Instant now) {
        Instant released = Wishes.released(message.envelope(), message.created());
        boolean ended = state.last().isPresent() || state.due().isBefore(released);
        return ended || released.isBefore(now) ? now : released;
    }

    private Done act(QueueFilter filter, Deeds.Action action) throws IOException {
        return act(filter, Optional.empty(), action);
    }

    private Done act(QueueFilter filter, Optional<Order.Terms> terms, Deeds.Action action) throws IOException {
        return act(new Deeds.Deed(filter, action, terms, choice(filter), Optional.empty()));
    }

    private Done act(Deeds.Deed deed) throws IOException {
        int changed = deeds.act(deed);
        return deed.choice().map(one -> one.done(changed)).orElse(new Done(changed, 0, "", Optional.empty()));
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
