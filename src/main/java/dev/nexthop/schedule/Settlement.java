package dev.nexthop.schedule;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.limit.Refusal;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.route.Traces;
import dev.nexthop.tls.TlsVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the outcomes of an attempt into the next states of its recipients, tells of them, and has them recorded. */
final class Settlement {
    private final SchedulerParts parts;
    private final Attempts.Book book;
    private final Dispatcher dispatcher;

    Settlement(SchedulerParts parts, Attempts.Book book, Dispatcher dispatcher) {
        this.parts = parts;
        this.book = book;
        this.dispatcher = dispatcher;
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

    /** Settles recipients of an attempt, each with its outcome. */
    void settle(Attempts.Work work, List<Ticket.Routed> routed, Result result) {
        Ticket ticket = work.ticket();
        QueuedMessage message = work.message();
        NextState nextState = work.rules().next(parts.events());
        Instant now = dispatcher.now();
        DeliveryEvent.Delays delays = new DeliveryEvent.Delays(
                Duration.between(message.created(), routed.getFirst().facts().now()),
                result.delays().connect(),
                result.delays().send());
        boolean single = message.recipients().size() == 1;
        List<NextState.Step> steps = new ArrayList<>(routed.size());
        for (int i = 0; i < routed.size(); i++) {
            Ticket.Routed one = routed.get(i);
            Outcome outcome = result.outcomes().get(i);
            // A message that leaves the queue now takes its trace along: nobody needs it.
            boolean keep = !single || !(outcome instanceof Outcome.Delivered);
            RouteTrace trace = keep ? Traces.stored(one.decision()) : RouteTrace.NONE;
            LastAttempt last = new LastAttempt(now, ticket.group.hop().id(), outcome.diagnosis(), trace);
            RecipientState before = message.recipients().get(one.index());
            steps.add(nextState.after(before, one.index(), outcome, one.facts(), last));
        }
        if (!steps.stream().allMatch(step -> step.outcome() instanceof Outcome.Delivered)) {
            book.table().marks().note(message.id(), Marks.hop(ticket.group.hop().id()));
        }
        merge(ticket.live, routed, steps);
        for (int i = 0; i < routed.size(); i++) {
            String to = routed.get(i).facts().recipient().toString();
            Outcome outcome = steps.get(i).outcome();
            parts.events()
                    .delivery(new DeliveryEvent(
                            message.id(),
                            to,
                            ticket.group.hop().id(),
                            result.tls().word(),
                            negotiated(result.tls()),
                            outcome,
                            delays,
                            ticket.group.queue()));
        }
        book.recorder().record(ticket.live);
    }

    private static String negotiated(TlsVerdict tls) {
        return tls.cipher().isEmpty() ? "" : tls.protocol() + "/" + tls.cipher();
    }

    /** Into the newest state, whatever other attempts of the message have brought meanwhile. */
    private static void merge(Live live, List<Ticket.Routed> routed, List<NextState.Step> steps) {
        live.lock.lock();
        try {
            List<RecipientState> newest = new ArrayList<>(live.message().recipients());
            for (int i = 0; i < routed.size(); i++) {
                int index = routed.get(i).index();
                RecipientState before = newest.get(index);
                newest.set(index, steps.get(i).state());
                live.running.clear(index);
                if (!live.parked.isEmpty()) {
                    live.parked.remove(index);
                }
                boolean failed = steps.get(i).outcome() instanceof Outcome.Failed;
                if (failed && Wishes.tellsFailure(live.message().envelope(), index)) {
                    live.owed.put(index, before);
                } else {
                    live.unwritten = true;
                }
            }
            live.message = live.message().with(newest);
        } finally {
            live.lock.unlock();
        }
    }
}
