package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Family;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The families of the spool's database and their keys. */
final class Tables {
    /** Id to what never changes about a message: {@link MessageCodec}. */
    static final Family MESSAGE = new Family("message", Family.Kind.RECORDS);

    /** Id to where its recipients stand: {@link StateCodec}. */
    static final Family STATE = new Family("state", Family.Kind.RECORDS);

    /** Id to the bytes of a small message. */
    static final Family BODY = new Family("body", Family.Kind.BODIES);

    /** What the spool must remember about itself. */
    static final Family META = new Family("meta", Family.Kind.RECORDS);

    static final List<Family> ALL = List.of(MESSAGE, STATE, BODY, META);

    private static final String IDS = "ids";

    private Tables() {}

    /** The key of the mark below which every id may have been given. */
    static byte[] idsKey() {
        return IDS.getBytes(StandardCharsets.US_ASCII);
    }

    /** Eight octets, high first, so that the order of keys is the order of ids. */
    static byte[] key(QueueId id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id.value()).array();
    }
}
