package dev.nexthop.schedule;

import dev.nexthop.dsn.Notification;
import dev.nexthop.dsn.Report;
import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Queues notifications, each in one atomic write with the states that it tells of. */
final class Teller {
    private final SchedulerParts parts;
    private final InstantSource clock;

    Teller(SchedulerParts parts, InstantSource clock) {
        this.parts = parts;
        this.clock = clock;
    }

    /**
     * Tells that recipients failed. Nobody is told of a failed notification (RFC 5321 §6.1): that is an alarm, and the
     * caller holds it for the postmaster.
     *
     * @return null when it is durable, else what went wrong; nothing is durable then
     */
    @Nullable
    String bounce(QueuedMessage message, List<Integer> failed, Change alongside) {
        if (message.envelope().sender() instanceof ReversePath.Null) {
            RecipientState first = message.recipients().get(failed.getFirst());
            String more = failed.size() == 1 ? "" : " and " + (failed.size() - 1) + " more";
            String reason = first.last().map(last -> last.diagnosis().reason()).orElse("");
            parts.events()
                    .alarm(
                            "double-bounce",
                            "message " + message.id() + " has no sender to tell that it failed for " + first.address()
                                    + more + "; it is held until an operator releases or cancels it: " + reason);
            return null;
        }
        return queue(message, Report.Kind.FAILED, failed, alongside);
    }

    /** Tells that recipients wait; the result is as of {@link #bounce}. */
    @Nullable
    String delay(QueuedMessage message, List<Integer> late, Change alongside) {
        return queue(message, Report.Kind.DELAYED, late, alongside);
    }

    /** When the notification after the one that is due falls due. */
    Instant nextNotice(QueuedMessage message, int index, Instant now) {
        int sent = message.recipients().get(index).notices() + 1;
        try (Ruleset rules = parts.rules().open()) {
            return rules.starting(parts.events()).nextNotice(Histories.facts(message, index, now), sent, now);
        }
    }

    private @Nullable String queue(QueuedMessage message, Report.Kind kind, List<Integer> indexes, Change alongside) {
        try (Ruleset rules = parts.rules().open();
                Draft draft = parts.spool().begin()) {
            StartingState starting = rules.starting(parts.events());
            Instant now = clock.instant();
            List<Report.Recipient> recipients = indexes.stream()
                    .map(index -> recipient(message.recipients().get(index), now))
                    .toList();
            Report report = new Report(
                    draft.id(),
                    kind,
                    new Report.Original(message.id(), message.created(), message.envelope(), message.body()),
                    recipients,
                    Histories.facts(message, indexes.getFirst(), now),
                    now);
            Notification written = rules.dsn().write(report).orElseThrow();
            written.faults().forEach(fault -> parts.events().alarm("dsn", fault));
            byte[] bytes = written.message();
            draft.write(bytes, 0, bytes.length);
            Envelope envelope = written.envelope();
            List<RecipientState> states = envelope.recipients().stream()
                    .map(to -> starting.initial(envelope, draft.id(), bytes.length, to, now))
                    .toList();
            draft.commit(envelope, states, List.of(alongside));
            parts.events()
                    .accepted(new AcceptedEvent(
                            draft.id(), "", states.size(), bytes.length, Reception.INTERNAL.listener(), ""));
            return null;
        } catch (IOException | RuntimeException e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }

    private static Report.Recipient recipient(RecipientState state, Instant now) {
        Diagnosis diagnosis = state.last().map(LastAttempt::diagnosis).orElseThrow();
        Instant at = state.last().map(LastAttempt::at).orElse(now);
        return new Report.Recipient(state.address(), diagnosis, at, state.expires());
    }
}
