package dev.nexthop.flight;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A message that came in, from the 354 to the answer that stands for its content. */
@Name("dev.nexthop.Reception")
@Label("Reception")
@Description("A message from the 354 to the answer to its content")
@Category("Nexthop")
@StackTrace(false)
public final class ReceptionEvent extends Event {
    private static final ReceptionEvent PROBE = new ReceptionEvent();

    @Label("Message")
    String id = "";

    @Label("Listener")
    String listener = "";

    @Label("Octets")
    @DataAmount
    long octets;

    @Label("Recipients")
    int recipients;

    @Label("Reply code")
    int code;

    @Label("Answering")
    @Description("From the last octet of the content to its answer: the checks, and the write to stable storage")
    @Timespan(Timespan.NANOSECONDS)
    long answering;

    private transient long read;

    private ReceptionEvent() {}

    /**
     * The message.
     *
     * @param id in the queue
     * @param listener id of the listener
     * @param octets with our own trace field
     * @param recipients how many
     */
    public record Message(String id, String listener, long octets, int recipients) {}

    /** One that begins now; null when nobody records. */
    public static @Nullable ReceptionEvent begun() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        ReceptionEvent event = new ReceptionEvent();
        event.begin();
        return event;
    }

    /** The last octet is here. */
    public void contentRead() {
        read = System.nanoTime();
    }

    /**
     * The answer is known.
     *
     * @param message what came in
     * @param reply the code of the answer
     */
    public void answered(Message message, int reply) {
        end();
        if (shouldCommit()) {
            answering = System.nanoTime() - read;
            id = message.id();
            listener = message.listener();
            octets = message.octets();
            recipients = message.recipients();
            code = reply;
            commit();
        }
    }
}
