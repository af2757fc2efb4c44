package dev.nexthop.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Outcomes of a message on their way to the spool; one write takes all that were known when it began. */
@Name("dev.nexthop.OutcomeWrite")
@Label("Outcomes written")
@Description("From the moment when the outcomes of a message were handed to the spool until they were written")
@Category("Nexthop")
@StackTrace(false)
public final class OutcomeEvent extends Event {
    private static final OutcomeEvent PROBE = new OutcomeEvent();

    @Label("Message")
    String id = "";

    @Label("Recipients left")
    @Description("Recipients of the message without an end; at 0 it leaves the queue")
    int left;

    @Label("Written")
    @Description("False when the write failed; it is tried again")
    boolean written;

    private OutcomeEvent() {}

    /** One that begins now; null when nobody records. */
    public static @Nullable OutcomeEvent begun() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        OutcomeEvent event = new OutcomeEvent();
        event.begin();
        return event;
    }

    /** The write is over; true when it took long enough to be told. */
    public boolean over() {
        end();
        return shouldCommit();
    }

    /**
     * Hands it to the recorder.
     *
     * @param message id in the queue
     * @param open recipients of it without an end
     * @param success whether it was written
     */
    public void tell(String message, int open, boolean success) {
        id = message;
        left = open;
        written = success;
        commit();
    }
}
