package dev.nexthop.route;

import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.smtp.Mailbox;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rules may ask about one recipient of a queued message.
 *
 * @param id the message
 * @param envelope as accepted
 * @param size octets of the message
 * @param recipient the forward-path
 * @param history what happened to it so far
 * @param now the instant of the decision
 * @param host the host in question, once routing has got that far
 */
public record RecipientFacts(
        QueueId id, Envelope envelope, long size, Mailbox recipient, History history, Instant now, Host host)
        implements Facts {

    /**
     * What happened to a recipient so far.
     *
     * @param created when the message was accepted
     * @param attempts how often delivery was tried
     * @param notices how many delay notifications were sent
     * @param expires when the queue gives up
     * @param lastStatus the text of the newest failure, empty before the first attempt
     * @param lastError the class of the newest trouble
     */
    public record History(
            Instant created, int attempts, int notices, Instant expires, String lastStatus, ErrorKind lastError) {}

    /**
     * The host in question.
     *
     * @param hop id of the next hop, empty while it is not decided
     * @param mx name of the host, empty while it is not known
     * @param remoteIp its address, empty while it is not known
     * @param localIp ours towards it, empty while it is not known
     */
    public record Host(String hop, String mx, String remoteIp, String localIp) {
        /** Not decided yet. */
        public static final Host UNKNOWN = new Host("", "", "", "");
    }

    /**
     * The same recipient, with the host known.
     *
     * @param known the host
     */
    public RecipientFacts at(Host known) {
        return new RecipientFacts(id, envelope, size, recipient, history, now, known);
    }

    @Override
    public @Nullable Value value(Variable variable) {
        return switch (variable) {
            case RCPT -> Value.of(lower(recipient.toString()));
            case RCPT_DOMAIN -> Value.of(recipient.domain().name());
            case RECIPIENTS -> recipients();
            case SENDER -> Value.of(lower(envelope.sender().address()));
            case SENDER_DOMAIN -> Value.of(senderDomain());
            case PRIORITY -> Value.of(envelope.reception().priority());
            case SIZE -> Value.of(size);
            case MESSAGE_ID -> Value.of(id.toString());
            case LISTENER -> Value.of(envelope.reception().listener());
            case AUTHENTICATED_AS -> Value.of(envelope.reception().authenticatedAs());
            // Before a host is known remote_ip is the client's (contract, section 4); later it is the host's, as in
            // 0.7: empty until its address is known.
            case REMOTE_IP ->
                Value.of(
                        host.hop().isEmpty()
                                        && host.mx().isEmpty()
                                        && host.remoteIp().isEmpty()
                                ? envelope.reception().remoteIp()
                                : host.remoteIp());
            case RECEIVED_VIA_PORT -> Value.of(envelope.reception().port());
            case RETRY_NUM -> Value.of(history.attempts());
            case NOTIFY_NUM -> Value.of(history.notices());
            case EXPIRES_IN ->
                Value.of(Math.max(0, Duration.between(now, history.expires()).toSeconds()));
            case LAST_STATUS -> Value.of(history.lastStatus());
            case LAST_ERROR -> Value.of(history.lastError().word());
            case QUEUE_AGE ->
                Value.of(Math.max(0, Duration.between(history.created(), now).toMillis()));
            case MX -> Value.of(host.mx());
            case LOCAL_IP -> Value.of(host.localIp());
            case HOP -> Value.of(host.hop());
            case HELO_DOMAIN -> Value.of(envelope.reception().helo());
        };
    }

    private Value recipients() {
        List<Value> all = envelope.recipients().stream()
                .<Value>map(mailbox -> Value.of(lower(mailbox.toString())))
                .toList();
        return new Value.Array(all);
    }

    private String senderDomain() {
        String address = envelope.sender().address();
        return lower(address.substring(address.lastIndexOf('@') + 1));
    }

    private static String lower(String text) {
        return Mailbox.folded(text);
    }
}
