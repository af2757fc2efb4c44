package dev.nexthop.e2e;

import java.io.IOException;
import java.util.List;

/** A real server at the far end, and what it can prove about a message that it has got. */
interface Peer {
    /** Every message that it keeps, as its files. */
    List<byte[]> kept() throws IOException;

    /**
     * What it has noted of the session in which a recipient in the domain was named.
     *
     * @return its own words, or "" when it has heard of none
     */
    String session(String domain) throws IOException;

    /** Whether its files have LF at the end of a line. */
    default boolean bareLines() {
        return true;
    }
}
