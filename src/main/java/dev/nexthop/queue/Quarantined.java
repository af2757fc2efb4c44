package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.time.Instant;

/**
 * A message that can't be delivered because what is stored of it is damaged. Its octets are kept as they were found.
 *
 * @param id its name
 * @param at when it was put aside
 * @param reason what is wrong with it
 * @param octets of its record, its state and its body that could be read; a body in a file not among them
 */
public record Quarantined(QueueId id, Instant at, String reason, long octets) {}
