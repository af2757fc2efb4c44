package dev.nexthop.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A session with another server that was opened, or was not: connection, greeting, EHLO, TLS, AUTH. */
@Name("dev.nexthop.Connection")
@Label("Outbound connection")
@Description("A session with another server from the connection to where MAIL can be said, or to where it failed")
@Category("Nexthop")
@StackTrace(false)
public final class ConnectionEvent extends Event {
    private static final ConnectionEvent PROBE = new ConnectionEvent();

    @Label("Hop")
    @Description("Id of the configured hop; empty for an MX host")
    String hop = "";

    @Label("Host")
    String host = "";

    @Label("IP address")
    String ip = "";

    @Label("Opened")
    boolean opened;

    @Label("Failed step")
    @Description("Where it failed; empty when it was opened")
    String step = "";

    @Label("TLS")
    @Description("The word of the TLS verdict; empty when it was not opened")
    String tls = "";

    @Label("Connecting")
    @Description("The connection alone; 0 when it was not opened")
    @Timespan(Timespan.NANOSECONDS)
    long connecting;

    @Label("TLS handshake")
    @Description("0 without TLS, or when it was not opened")
    @Timespan(Timespan.NANOSECONDS)
    long securing;

    private ConnectionEvent() {}

    /**
     * With whom.
     *
     * @param hop id of the configured hop, else empty
     * @param host its name
     * @param ip its address
     */
    public record Place(String hop, String host, String ip) {}

    /**
     * Where the time went, in nanoseconds.
     *
     * @param connecting the connection
     * @param securing the TLS handshake
     */
    public record Times(long connecting, long securing) {}

    /** One that begins now; null when nobody records. */
    public static @Nullable ConnectionEvent begun() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        ConnectionEvent event = new ConnectionEvent();
        event.begin();
        return event;
    }

    /**
     * MAIL can be said.
     *
     * @param place with whom
     * @param verdict the word of the TLS verdict
     * @param times where the time went
     */
    public void opened(Place place, String verdict, Times times) {
        end();
        if (shouldCommit()) {
            at(place);
            opened = true;
            tls = verdict;
            connecting = times.connecting();
            securing = times.securing();
            commit();
        }
    }

    /**
     * It did not come about.
     *
     * @param place with whom
     * @param where at which step
     */
    public void failed(Place place, String where) {
        end();
        if (shouldCommit()) {
            at(place);
            step = where;
            commit();
        }
    }

    private void at(Place place) {
        hop = place.hop();
        host = place.host();
        ip = place.ip();
    }
}
