package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import java.time.Instant;
import java.util.Optional;

/**
 * Which recipients of which messages an operator means. What is empty does not restrict; addresses and domains compare
 * without regard to case.
 *
 * @param id one message
 * @param sender the reverse-path's address; nothing or {@code <>} for the null reverse-path
 * @param recipient the forward-path
 * @param domain the recipient's domain
 * @param hop the next hop of the newest attempt
 * @param before accepted before this instant
 * @param after accepted at or after this instant
 * @param queue the virtual queue that the rules put a recipient into now; {@link #means} and {@link #mayHold} do not know it
 * @param from messages whose id is this one or a greater one: where a request ended, another one goes on
 */
public record QueueFilter(
        Optional<QueueId> id,
        Optional<String> sender,
        Optional<String> recipient,
        Optional<String> domain,
        Optional<String> hop,
        Optional<Instant> before,
        Optional<Instant> after,
        Optional<String> queue,
        Optional<QueueId> from) {
    /** In whatever queue, from the start; the parameters are those of the record. */
    public QueueFilter(
            Optional<QueueId> id,
            Optional<String> sender,
            Optional<String> recipient,
            Optional<String> domain,
            Optional<String> hop,
            Optional<Instant> before,
            Optional<Instant> after) {
        this(id, sender, recipient, domain, hop, before, after, Optional.empty(), Optional.empty());
    }

    /** Everything in the queue. */
    public static final QueueFilter ALL = new QueueFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /**
     * One message.
     *
     * @param id its name
     */
    public static QueueFilter of(QueueId id) {
        return new QueueFilter(
                Optional.of(id),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Whether such a message is behind the point where the request begins, or there.
     *
     * @param message a message
     */
    boolean reaches(QueueId message) {
        return from.map(first -> message.value() >= first.value()).orElse(true);
    }

    /** The id behind which messages may be meant, for {@link MarkIndex#some}. */
    long behind() {
        return from.map(first -> first.value() - 1).orElse(-1L);
    }

    /**
     * Whether the message can hold recipients that are meant.
     *
     * @param message a queued message
     */
    public boolean mayHold(QueuedMessage message) {
        return id.map(message.id()::equals).orElse(true)
                && reaches(message.id())
                && sender.map(wanted -> Folded.address(wanted)
                                .equals(Folded.address(
                                        message.envelope().sender().address())))
                        .orElse(true)
                && before.map(message.created()::isBefore).orElse(true)
                && after.map(from -> !message.created().isBefore(from)).orElse(true)
                && message.recipients().stream().anyMatch(this::means);
    }

    /**
     * Whether a recipient of such a message is meant.
     *
     * @param state where it stands
     */
    public boolean means(RecipientState state) {
        return recipient
                        .map(wanted -> Folded.address(wanted)
                                .equals(Folded.address(state.address().toString())))
                        .orElse(true)
                && domain.map(wanted -> Folded.domain(wanted)
                                .equals(state.address().domain().name()))
                        .orElse(true)
                && hop.map(wanted -> state.last()
                                .map(last -> last.hop().equals(wanted))
                                .orElse(false))
                        .orElse(true);
    }
}
