package dev.nexthop.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** An attempt to deliver one message to recipients that share a hop. */
@Name("dev.nexthop.DeliveryAttempt")
@Label("Delivery attempt")
@Description("One message to recipients that share a hop: what it came to, and where the time went")
@Category("Nexthop")
@StackTrace(false)
public final class AttemptEvent extends Event {
    private static final AttemptEvent PROBE = new AttemptEvent();

    @Label("Message")
    String id = "";

    @Label("Hop")
    String hop = "";

    @Label("Domain")
    @Description("Of the first recipient")
    String domain = "";

    @Label("Earlier attempts")
    @Description("Of the first recipient")
    int earlier;

    @Label("Waited")
    @Description("From the reception of the message to the decision for this attempt")
    @Timespan(Timespan.MILLISECONDS)
    long waited;

    @Label("Host")
    @Description("The last one that had a say in it; empty when none had")
    String host = "";

    @Label("Outcome")
    @Description("delivered, deferred, failed, refused (by a throttle) or mixed")
    String outcome = "";

    @Label("Status")
    @Description("The enhanced status code of the first recipient")
    String status = "";

    @Label("Recipients")
    int recipients;

    @Label("Delivered")
    int delivered;

    @Label("Deferred")
    int deferred;

    @Label("Failed")
    int failed;

    @Label("TLS")
    @Description("The word of the TLS verdict of the last connection")
    String tls = "";

    @Label("Opening")
    @Description("Until sessions were ready for MAIL; 0 when one was waiting")
    @Timespan(Timespan.NANOSECONDS)
    long opening;

    @Label("TLS handshake")
    @Description("The part of the opening that TLS took")
    @Timespan(Timespan.NANOSECONDS)
    long securing;

    @Label("Transfer")
    @Description("From MAIL to the final reply")
    @Timespan(Timespan.NANOSECONDS)
    long transfer;

    private AttemptEvent() {}

    /**
     * What was to be delivered.
     *
     * @param id of the message in the queue
     * @param hop id of the next hop
     * @param domain of the first recipient
     * @param earlier attempts for it so far
     * @param waited milliseconds since the message was received
     */
    public record Subject(String id, String hop, String domain, int earlier, long waited) {}

    /**
     * How many recipients came to what; who is in none of the last three was refused by a throttle.
     *
     * @param recipients all
     * @param delivered those that were delivered
     * @param deferred those that are tried again
     * @param failed those that are not
     */
    public record Counts(int recipients, int delivered, int deferred, int failed) {
        String word() {
            int refused = recipients - delivered - deferred - failed;
            if (delivered == recipients) {
                return "delivered";
            } else if (deferred == recipients) {
                return "deferred";
            } else if (failed == recipients) {
                return "failed";
            }
            return refused == recipients ? "refused" : "mixed";
        }
    }

    /**
     * What the other side was like.
     *
     * @param host the last one that had a say; empty when none had
     * @param status the enhanced status code of the first recipient
     * @param tls the word of the TLS verdict
     */
    public record Peer(String host, String status, String tls) {}

    /**
     * Where the time went, in nanoseconds.
     *
     * @param opening until sessions were ready
     * @param securing of that, TLS
     * @param transfer from MAIL to the final reply
     */
    public record Times(long opening, long securing, long transfer) {}

    /** One that begins now; null when nobody records. */
    public static @Nullable AttemptEvent begun() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        AttemptEvent event = new AttemptEvent();
        event.begin();
        return event;
    }

    /** The attempt is over; true when it took long enough to be told. */
    public boolean over() {
        end();
        return shouldCommit();
    }

    /**
     * Hands it to the recorder.
     *
     * @param subject what was to be delivered
     * @param counts what it came to
     * @param peer what the other side was like
     * @param times where the time went
     */
    public void tell(Subject subject, Counts counts, Peer peer, Times times) {
        id = subject.id();
        hop = subject.hop();
        domain = subject.domain();
        earlier = subject.earlier();
        waited = subject.waited();
        recipients = counts.recipients();
        delivered = counts.delivered();
        deferred = counts.deferred();
        failed = counts.failed();
        outcome = counts.word();
        host = peer.host();
        status = peer.status();
        tls = peer.tls();
        opening = times.opening();
        securing = times.securing();
        transfer = times.transfer();
        commit();
    }
}
