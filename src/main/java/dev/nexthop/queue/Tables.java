package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Family;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

    /** Id and part to what was found of a message that is damaged: {@link Quarantine}. */
    static final Family QUARANTINE = new Family("quarantine", Family.Kind.RARE);

    static final List<Family> ALL = List.of(MESSAGE, STATE, BODY, META, QUARANTINE);

    private static final String IDS = "ids";
    private static final String FORMAT = "format";

    private Tables() {}

    /** The key of the mark below which every id may have been given. */
    static byte[] idsKey() {
        return IDS.getBytes(StandardCharsets.US_ASCII);
    }

    /** The key of the version of all this: {@link SpoolFormat}. */
    static byte[] formatKey() {
        return FORMAT.getBytes(StandardCharsets.US_ASCII);
    }

    /** The value of a mark. */
    static byte[] markValue(long mark) {
        return ByteBuffer.allocate(Long.BYTES).putLong(mark).array();
    }

    /** The mark that a value holds; -1 when it holds none. */
    static long mark(byte[] value) {
        return value.length == Long.BYTES ? ByteBuffer.wrap(value).getLong() : -1;
    }

    /** The id that a key is of; -1 when it is none. */
    static long idOf(byte[] key) {
        return mark(key);
    }

    /** The smallest key above a key. */
    static byte[] behind(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** Eight octets, high first, so that the order of keys is the order of ids. */
    static byte[] key(QueueId id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id.value()).array();
    }
}
