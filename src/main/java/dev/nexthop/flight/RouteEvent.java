package dev.nexthop.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * A decision where a recipient goes, and its neighbours of whom the rules say the same. By default only one that took long
 * enough to have asked somebody.
 */
@Name("dev.nexthop.Route")
@Label("Routing decision")
@Description("Where a recipient goes; without another threshold only decisions that took a millisecond or more")
@Category("Nexthop")
@StackTrace(false)
@Threshold("1 ms")
public final class RouteEvent extends Event {
    private static final RouteEvent PROBE = new RouteEvent();

    @Label("Message")
    String id = "";

    @Label("Domain")
    @Description("The recipient's")
    String domain = "";

    @Label("Hop")
    String hop = "";

    @Label("Kind")
    @Description("mx, relay, local, defer, reject or discard")
    String kind = "";

    @Label("Rules")
    @Description("How many rules were looked at")
    int rules;

    private RouteEvent() {}

    /**
     * What was decided.
     *
     * @param hop id of the next hop
     * @param kind its kind
     * @param rules how many were looked at
     */
    public record Choice(String hop, String kind, int rules) {}

    /** One that begins now; null when nobody records. */
    public static @Nullable RouteEvent begun() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        RouteEvent event = new RouteEvent();
        event.begin();
        return event;
    }

    /** The decision is made; true when it took long enough to be told. */
    public boolean over() {
        end();
        return shouldCommit();
    }

    /**
     * Hands it to the recorder.
     *
     * @param message id in the queue
     * @param of the recipient's domain
     * @param choice what was decided
     */
    public void tell(String message, String of, Choice choice) {
        id = message;
        domain = of;
        hop = choice.hop();
        kind = choice.kind();
        rules = choice.rules();
        commit();
    }
}
