package dev.nexthop.queue;

import dev.nexthop.mail.Diagnosis;
import java.time.Instant;
import java.util.List;

/**
 * What the newest attempt came to, as the operator sees it in {@code queue show}.
 *
 * @param at when it ended
 * @param hop id of the next hop: {@code mx}, {@code local} or a remote's id
 * @param diagnosis what the remote or we said
 * @param trace the routing decision in lines for people, first rule first; at most {@link #MAX_TRACE_LINES}
 */
public record LastAttempt(Instant at, String hop, Diagnosis diagnosis, List<String> trace) {
    /** Bound of a stored trace. */
    public static final int MAX_TRACE_LINES = 64;

    /** Copies and bounds the trace. */
    public LastAttempt {
        trace = List.copyOf(trace.size() > MAX_TRACE_LINES ? trace.subList(0, MAX_TRACE_LINES) : trace);
    }
}
