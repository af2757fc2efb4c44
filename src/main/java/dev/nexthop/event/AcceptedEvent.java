package dev.nexthop.event;

import dev.nexthop.mail.QueueId;

/**
 * A message is ours.
 *
 * @param id its name
 * @param sender the reverse-path's address
 * @param recipients how many
 * @param size octets
 * @param listener where it came in
 * @param remoteIp who sent it
 */
public record AcceptedEvent(QueueId id, String sender, int recipients, long size, String listener, String remoteIp) {}
