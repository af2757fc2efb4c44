package dev.nexthop.queue;

import dev.nexthop.mail.Envelope;
import java.time.Instant;

/**
 * What is stored once about a message.
 *
 * @param created when it was accepted
 * @param envelope as accepted
 * @param body where and what its bytes are
 */
record MessageRecord(Instant created, Envelope envelope, Body body) {
    /**
     * Where and what the bytes of a message are.
     *
     * @param place the database or a file
     * @param size octets
     * @param eightBit whether any is above 127
     * @param checksum CRC-32C of a file's bytes; 0 for the database, which has its own
     */
    record Body(Place place, long size, boolean eightBit, int checksum) {}

    /** Where the bytes of a message are. */
    enum Place {
        DATABASE,
        FILE
    }
}
