package dev.nexthop.schedule;

import dev.nexthop.dsn.Notification;
import dev.nexthop.dsn.Report;
import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Step;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Queues notifications, each in one atomic write with the states that it tells of. */
final class Teller {
    private static final Logger LOG = LoggerFactory.getLogger(Teller.class);
    /** Of a delay before the first attempt (RFC 3463 §3.5). */
    private static final Diagnosis UNTRIED =
            Diagnosis.local(new EnhancedStatus(4, 4, 7), ErrorKind.NONE, "it waits and was not tried yet", Step.ROUTE);

    private final SchedulerParts parts;
    private final InstantSource clock;

    Teller(SchedulerParts parts, InstantSource clock) {
        this.parts = parts;
        this.clock = clock;
    }

    /**
     * Tells what became of recipients. Nobody is told of a failed notification (RFC 5321 §6.1): that is an alarm, and the
     * caller holds it for the postmaster.
     *
     * @return null when it is durable, else what went wrong; nothing is durable then
     */
    @Nullable
    String tell(QueuedMessage message, Report.Kind kind, List<Integer> whom, Change alongside) {
        if (message.envelope().sender() instanceof ReversePath.Null) {
            RecipientState first = message.recipients().get(whom.getFirst());
            String more = whom.size() == 1 ? "" : " and " + (whom.size() - 1) + " more";
            String reason = first.last().map(last -> last.diagnosis().reason()).orElse("");
            parts.events()
                    .alarm(
                            "double-bounce",
                            "message " + message.id() + " has no sender to tell that it failed for " + first.address()
                                    + more + "; it is held until an operator releases or cancels it: " + reason);
            return null;
        }
        return queue(message, kind, whom, alongside);
    }

    /** When the notification after the one that is due falls due. */
    Instant nextNotice(QueuedMessage message, int index, Instant now) {
        RecipientState state = message.recipients().get(index);
        StartingState.Newest newest = new StartingState.Newest(state.notices() + 1, state.notifyAt(), now);
        Requests.Recipient asked = Wishes.asked(message.envelope(), index);
        try (Ruleset rules = parts.rules().open()) {
            return rules.starting(parts.events()).nextNotice(Histories.facts(message, index, now), asked, newest);
        }
    }

    private @Nullable String queue(QueuedMessage message, Report.Kind kind, List<Integer> indexes, Change alongside) {
        AcceptedEvent accepted = null;
        try (Ruleset rules = parts.rules().open();
                Draft draft = parts.spool().begin()) {
            StartingState starting = rules.starting(parts.events());
            Instant now = clock.instant();
            List<Report.Recipient> recipients =
                    indexes.stream().map(index -> recipient(message, index)).toList();
            Report report = new Report(
                    draft.id(),
                    kind,
                    new Report.Original(message.id(), message.created(), message.envelope(), message.body()),
                    recipients,
                    Histories.facts(message, indexes.getFirst(), now),
                    now);
            Notification written = rules.dsn().write(report).orElseThrow();
            written.faults().forEach(fault -> parts.events().alarm("dsn", fault));
            written.writeTo(new DraftStream(draft));
            Envelope envelope = written.envelope();
            List<RecipientState> states = envelope.recipients().stream()
                    .map(to -> starting.initial(envelope, draft.id(), draft.size(), to, now))
                    .toList();
            AcceptedEvent news =
                    new AcceptedEvent(draft.id(), "", states.size(), draft.size(), Reception.INTERNAL.listener(), "");
            draft.commit(envelope, states, List.of(alongside));
            accepted = news;
        } catch (IOException | RuntimeException e) {
            if (accepted == null) {
                return e.getMessage() == null ? e.toString() : e.getMessage();
            }
            LOG.error("what wrote notification {} could not be closed", accepted.id(), e);
        }
        try {
            parts.events().accepted(accepted);
        } catch (RuntimeException | Error bug) { // it is durable all the same: nobody may write it again
            LOG.error("nobody could be told that notification {} was queued", accepted.id(), bug);
        }
        return null;
    }

    private static Report.Recipient recipient(QueuedMessage message, int index) {
        RecipientState state = message.recipients().get(index);
        Diagnosis diagnosis = state.last().map(LastAttempt::diagnosis).orElse(UNTRIED);
        Optional<Instant> at = state.last().map(LastAttempt::at);
        Optional<Requests.Original> original =
                Wishes.asked(message.envelope(), index).original();
        return new Report.Recipient(state.address(), original, diagnosis, at, state.expires());
    }

    /** A draft as a stream. */
    private static final class DraftStream extends OutputStream {
        private final Draft draft;

        DraftStream(Draft draft) {
            this.draft = draft;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            draft.write(bytes, offset, length);
        }
    }
}
