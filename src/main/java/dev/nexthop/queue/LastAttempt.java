package dev.nexthop.queue;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.RouteTrace;
import java.time.Instant;

/**
 * What the newest attempt came to, as the operator sees it in {@code queue show}.
 *
 * @param at when it ended
 * @param hop id of the next hop: {@code mx}, {@code local} or a remote's id
 * @param diagnosis what the remote or we said
 * @param route why it went there, of bounded size
 */
public record LastAttempt(Instant at, String hop, Diagnosis diagnosis, RouteTrace route) {}
