package dev.nexthop.schedule;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.limit.Refusal;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.Step;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.Decision;
import dev.nexthop.route.Traces;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.tls.TlsVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the outcomes of an attempt into the next states of its recipients, tells of them, and has them recorded. */
final class Settlement {
    /** When something is tried again that ended on an error in the program. */
    static final Duration AFTER_BUG = Duration.ofMinutes(15);

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);
    private static final EnhancedStatus TRY_LATER = new EnhancedStatus(4, 3, 0);

    private final SchedulerParts parts;
    private final Attempts.Book book;
    private final Dispatcher dispatcher;
    private final Turnstile turnstile;

    Settlement(SchedulerParts parts, Attempts.Book book, Dispatcher dispatcher, Turnstile turnstile) {
        this.parts = parts;
        this.book = book;
        this.dispatcher = dispatcher;
        this.turnstile = turnstile;
    }

    /** What an attempt came to, or that there was none. */
    record Result(
            List<Outcome> outcomes,
            @Nullable HopVerdict verdict,
            TlsVerdict tls,
            DeliveryEvent.Delays delays,
            Map<Integer, Refusal> refusals) {
        static Result deferred(int recipients, Diagnosis why) {
            return new Result(
                    Collections.nCopies(recipients, new Outcome.Deferred(why)),
                    null,
                    new TlsVerdict.Clear(),
                    DeliveryEvent.Delays.NONE,
                    Map.of());
        }
    }

    /**
     * Settles those who were tried, and those who waited for a throttle until their time was over.
     *
     * @return whether there was anybody
     */
    boolean close(Attempts.Work work, Attempts.Tried tried) {
        List<Ticket.Routed> routed = tried.routed();
        Result result = tried.result();
        if (tried.ended().isEmpty() && result.refusals().isEmpty()) {
            if (!routed.isEmpty()) {
                settle(work, routed, result);
                return true;
            }
            return false;
        }
        Map<Ticket.Routed, Diagnosis> ended = new LinkedHashMap<>(tried.ended());
        List<Ticket.Routed> settled = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        Map<Refusal, List<Ticket.Routed>> refused = new LinkedHashMap<>();
        for (int i = 0; i < routed.size(); i++) {
            Refusal refusal = result.refusals().get(i);
            if (refusal == null) {
                settled.add(routed.get(i));
                outcomes.add(result.outcomes().get(i));
            } else {
                refused.computeIfAbsent(refusal, _ -> new ArrayList<>()).add(routed.get(i));
            }
        }
        ended.putAll(turnstile.refusedByHosts(work.ticket(), work.message(), refused, work.rules()));
        ended.forEach((one, why) -> {
            settled.add(one);
            outcomes.add(new Outcome.Deferred(why));
        });
        if (settled.isEmpty()) {
            return false;
        }
        settle(work, settled, new Result(outcomes, result.verdict(), result.tls(), result.delays(), Map.of()));
        return true;
    }

    /**
     * After an error in the program: whoever of an attempt is not settled is tried again later, but for those who have the message.
     *
     * @param picks who was in it
     * @param tried what came of it, as far as that is known
     * @return whether there was anybody
     */
    boolean rescue(Ticket ticket, List<Integer> picks, Attempts.Tried tried, Throwable bug) {
        Live live = ticket.live;
        Map<Integer, Outcome.Delivered> taken = new HashMap<>();
        for (int i = 0; i < tried.routed().size(); i++) {
            boolean refused = tried.result().refusals().containsKey(i); // its outcome is none
            if (!refused && tried.result().outcomes().get(i) instanceof Outcome.Delivered delivered) {
                taken.put(tried.routed().get(i).index(), delivered);
            }
        }
        List<Saved> saved = new ArrayList<>();
        live.lock.lock();
        try {
            for (int index : picks) {
                if (live.running.get(index)) {
                    Outcome.Delivered has = taken.get(index);
                    Saved one = saved(ticket, index, has == null ? new Outcome.Deferred(oops(bug)) : has);
                    live.set(index, one.state());
                    ended(live, index);
                    live.unwritten = true;
                    saved.add(one);
                }
            }
        } finally {
            live.lock.unlock();
        }
        try {
            alarm(live, bug);
            saved.forEach(one ->
                    tell(ticket, one.state(), one.outcome(), tried.result().tls(), DeliveryEvent.Delays.NONE));
        } catch (RuntimeException again) {
            // Perhaps that is what went wrong.
            LOG.error("nor could it be told what became of message {}", live.id, again);
        } finally {
            if (!saved.isEmpty()) {
                book.recorder().record(live);
            }
        }
        return !saved.isEmpty();
    }

    /** Where a recipient stands after an error in the program, and why. */
    private record Saved(RecipientState state, Outcome outcome) {}

    /** Asks no setting: that may be what went wrong. */
    private Saved saved(Ticket ticket, int index, Outcome outcome) {
        QueuedMessage message = ticket.live.message();
        RecipientState before = message.recipients().get(index);
        Instant now = dispatcher.now();
        RecipientStatus status = outcome instanceof Outcome.Delivered delivered
                ? Wishes.delivered(message.envelope(), index, delivered.handover())
                : RecipientStatus.DEFERRED;
        RecipientState next = new RecipientState(
                before.address(),
                status,
                before.attempts() + 1,
                before.notices(),
                now.plus(AFTER_BUG), // also behind its end: at that it would come at once, and again
                before.notifyAt(),
                before.expires(),
                Optional.of(new LastAttempt(now, ticket.group.hop().id(), outcome.diagnosis(), RouteTrace.NONE)));
        return new Saved(next, outcome);
    }

    private void tell(
            Ticket ticket, RecipientState state, Outcome outcome, TlsVerdict tls, DeliveryEvent.Delays delays) {
        String negotiated = tls.cipher().isEmpty() ? "" : tls.protocol() + "/" + tls.cipher();
        parts.events()
                .delivery(new DeliveryEvent(
                        ticket.live.id,
                        state.address().toString(),
                        ticket.group.hop().id(),
                        tls.word(),
                        negotiated,
                        outcome,
                        delays,
                        ticket.group.queue()));
    }

    /** Says that something went wrong here, and not out there. */
    void alarm(Live live, Throwable bug) {
        LOG.error("an attempt of message {} ended on an error in the program", live.id, bug);
        String text =
                "an attempt of message " + live.id + " ended on an error in the program, which the log has; whoever it"
                        + " was for and does not have it is tried again: " + bug;
        try {
            parts.events().alarm("schedule", text);
        } catch (RuntimeException again) {
            LOG.error("nor could an operator be told of message {}", live.id, again);
        }
    }

    /** Why somebody is tried again after an error in the program. */
    static Diagnosis oops(Throwable bug) {
        return Diagnosis.local(TRY_LATER, ErrorKind.IO, "an error in the program: " + bug, Step.ROUTE);
    }

    /** Settles recipients of an attempt, each with its outcome. */
    private void settle(Attempts.Work work, List<Ticket.Routed> routed, Result result) {
        Ticket ticket = work.ticket();
        QueuedMessage message = work.message();
        NextState nextState = work.rules().next(parts.events());
        Instant now = dispatcher.now();
        DeliveryEvent.Delays delays = new DeliveryEvent.Delays(
                Duration.between(message.created(), routed.getFirst().facts().now()),
                result.delays().connect(),
                result.delays().send());
        // A message that leaves the queue now takes its traces along: nobody needs them.
        boolean leaves = routed.size() == message.recipients().size()
                && result.outcomes().stream().allMatch(Outcome.Delivered.class::isInstance);
        List<NextState.Step> steps = new ArrayList<>(routed.size());
        RouteTrace trace = RouteTrace.NONE;
        @Nullable Decision traced = null;
        for (int i = 0; i < routed.size(); i++) {
            Ticket.Routed one = routed.get(i);
            Outcome outcome = result.outcomes().get(i);
            if (!leaves && !one.decision().equals(traced)) { // recipients often have one in common
                traced = one.decision();
                trace = Traces.stored(traced);
            }
            LastAttempt last = new LastAttempt(now, ticket.group.hop().id(), outcome.diagnosis(), trace);
            RecipientState before = message.recipients().get(one.index());
            steps.add(nextState.after(before, one.index(), outcome, one.facts(), last));
        }
        if (!steps.stream().allMatch(step -> step.outcome() instanceof Outcome.Delivered)) {
            book.table().marks().note(message.id(), Marks.hop(ticket.group.hop().id()));
        }
        merge(ticket.live, routed, steps);
        try {
            steps.forEach(step -> tell(ticket, step.state(), step.outcome(), result.tls(), delays));
        } finally {
            book.recorder().record(ticket.live);
        }
    }

    /** Into the newest state, whatever other attempts of the message have brought meanwhile. */
    static void merge(Live live, List<Ticket.Routed> routed, List<NextState.Step> steps) {
        live.lock.lock();
        try {
            List<RecipientState> newest = new ArrayList<>(live.message().recipients());
            Map<Integer, RecipientState> owed = new HashMap<>();
            boolean more = false;
            for (int i = 0; i < routed.size(); i++) {
                int index = routed.get(i).index();
                RecipientState before = newest.get(index);
                newest.set(index, steps.get(i).state());
                boolean failed = steps.get(i).outcome() instanceof Outcome.Failed;
                if (failed && Wishes.tellsFailure(live.message().envelope(), index)) {
                    owed.put(index, before);
                } else {
                    more = true;
                }
            }
            live.message = live.message().with(newest);
            // Not before: after an error above, rescue sees to whoever still runs.
            live.owed.putAll(owed);
            live.unwritten |= more;
            routed.forEach(one -> ended(live, one.index()));
        } finally {
            live.lock.unlock();
        }
    }

    /** Its newest state is in place, under the lock. */
    private static void ended(Live live, int index) {
        live.running.clear(index);
        if (!live.parked.isEmpty()) {
            live.parked.remove(index);
        }
    }
}
