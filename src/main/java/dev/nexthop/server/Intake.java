package dev.nexthop.server;

import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.flight.ReceptionEvent;
import dev.nexthop.flight.Telling;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.QuotaException;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.SpoolFullException;
import dev.nexthop.smtp.DotReader;
import dev.nexthop.smtp.LineEnds;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.PreparedReply;
import dev.nexthop.smtp.Replies;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a message in after DATA: 250 is said only when it is on stable storage (RFC 5321 §6.1). */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final Services services;
    private final SessionLimits limits;
    private final InstantSource clock;

    /**
     * How it went.
     *
     * @param reply the answer
     * @param behindContent whether it answers the final dot, so that LMTP repeats it for each recipient
     * @param hangUp whether the connection is to end
     */
    record Receipt(PreparedReply reply, boolean behindContent, boolean hangUp) {
        static Receipt instead(PreparedReply reply) {
            return new Receipt(reply, false, false);
        }

        static Receipt of(PreparedReply reply) {
            return new Receipt(reply, true, false);
        }

        boolean accepted() {
            return reply.reply().positive();
        }
    }

    Intake(Services services, SessionLimits limits, InstantSource clock) {
        this.services = services;
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Says 354 and takes the message.
     *
     * @throws IOException when the connection fails; nothing of the message is kept
     */
    Receipt take(Connection connection, Peer peer, Reception reception, Transaction transaction, TraceField trace)
            throws IOException {
        Draft draft;
        try {
            draft = services.spool().begin();
        } catch (IOException e) {
            return Receipt.instead(storing(e));
        }
        try (draft) {
            try {
                byte[] field = trace.write(peer, reception, transaction, draft.id(), clock.instant());
                draft.write(field, 0, field.length);
            } catch (IOException e) {
                return Receipt.instead(storing(e));
            }
            connection.send(Replies.SEND_DATA);
            ReceptionEvent event = ReceptionEvent.begun();
            Content content = new Content(draft, limits);
            DotReader read;
            try {
                read = connection.readContent(content);
            } catch (Content.Flood e) {
                LOG.info("{}: {}", peer.ip(), e.getMessage());
                return new Receipt(Replies.MESSAGE_TOO_BIG, true, true);
            }
            if (event != null) {
                event.contentRead();
            }
            Optional<PreparedReply> refusal = refusal(content, read);
            PreparedReply reply = refusal.isPresent() ? refusal.get() : commit(draft, transaction, reception);
            if (event != null) {
                Telling.of("a reception", () -> tell(event, draft, reception.listener(), transaction, reply));
            }
            return Receipt.of(reply);
        }
    }

    private static void tell(
            ReceptionEvent event, Draft draft, String listener, Transaction transaction, PreparedReply reply) {
        int recipients = transaction.recipients().size();
        event.answered(
                new ReceptionEvent.Message(draft.id().toString(), listener, draft.size(), recipients),
                reply.reply().code());
    }

    private Optional<PreparedReply> refusal(Content content, DotReader read) {
        if (limits.lineEnds() == LineEnds.REFUSE && (read.bareCr() || read.bareLf())) {
            return Optional.of(Replies.BARE_LINE_END); // RFC 5321 §2.3.8
        }
        if (content.tooBig()) {
            return Optional.of(Replies.MESSAGE_TOO_BIG); // RFC 1870 §6.3
        }
        if (read.longestLine() > limits.contentLine()) {
            return Optional.of(Replies.CONTENT_LINE_TOO_LONG);
        }
        if (content.looping()) {
            return Optional.of(Replies.ROUTING_LOOP); // RFC 5321 §6.3
        }
        return content.fault().map(this::storing);
    }

    private PreparedReply commit(Draft draft, Transaction transaction, Reception reception) {
        Envelope envelope = transaction.envelope(reception);
        Instant now = clock.instant();
        long size = draft.size();
        List<RecipientState> states = new ArrayList<>(envelope.recipients().size());
        for (Mailbox recipient : envelope.recipients()) {
            states.add(services.schedule().initial(envelope, draft.id(), size, recipient, now));
        }
        QueuedMessage message;
        try {
            message = draft.commit(envelope, states, List.of());
        } catch (IOException e) {
            return storing(e);
        }
        services.events()
                .accepted(new AcceptedEvent(
                        message.id(),
                        envelope.sender().address(),
                        envelope.recipients().size(),
                        size,
                        envelope.reception().listener(),
                        envelope.reception().remoteIp()));
        String id = message.id().toString();
        boolean lowered = reception.priority() < transaction.priority();
        return PreparedReply.of(lowered ? Replies.queuedLower(id, reception.priority()) : Replies.queued(id));
    }

    private PreparedReply storing(IOException e) {
        if (e instanceof QuotaException) {
            LOG.info("a message was put off: {}", e.getMessage());
            return Replies.overQuota(String.valueOf(e.getMessage()));
        }
        LOG.warn("a message was put off: {}", e.getMessage());
        services.events().alarm("spool", "messages are put off: " + e.getMessage());
        return e instanceof SpoolFullException ? Replies.SPOOL_FULL : Replies.SPOOL_FAILED;
    }
}
