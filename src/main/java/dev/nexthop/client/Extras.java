package dev.nexthop.client;

import dev.nexthop.mail.Requests;
import dev.nexthop.mime.SevenBit;
import java.time.Instant;

/**
 * What a transfer has beyond sender, recipients and content.
 *
 * @param requests what the client of this server asked for; those of recipients in the order of the transfer
 * @param priority MT-PRIORITY (RFC 6710), 0 when there is none
 * @param oneFlight whether the content may leave with the envelope, without the server's word on the recipients
 * @param conversion which messages may be converted for a host without 8BITMIME
 * @param now for times that travel as what is left of them
 */
public record Extras(Requests requests, int priority, boolean oneFlight, SevenBit.Policy conversion, Instant now) {
    /** Nothing beyond, and no conversion of signed messages. */
    public static final Extras NONE = new Extras(Requests.NONE, 0, false, SevenBit.Policy.UNLESS_SIGNED, Instant.EPOCH);
}
