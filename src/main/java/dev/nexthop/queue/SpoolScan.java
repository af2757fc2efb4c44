package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the spool in the order of ids, some hundred messages at a time: no lock and no native iterator is held
 * while somebody else's code runs.
 */
final class SpoolScan {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolScan.class);
    private static final int STEP = 512;

    private final RocksSpool spool;
    private final Database database;

    SpoolScan(RocksSpool spool, Database database) {
        this.spool = spool;
        this.database = database;
    }

    void run(Predicate<QueuedMessage> taker) throws IOException {
        byte[] from = new byte[0];
        while (true) {
            List<Entry> messages = database.scan(Tables.MESSAGE, from, new byte[0], STEP);
            if (messages.isEmpty()) {
                return;
            }
            byte[] behind = behind(messages.getLast().key());
            Map<Long, byte[]> states = states(messages.getFirst().key(), behind);
            for (Entry message : messages) {
                if (!give(message, states, taker)) {
                    return;
                }
            }
            from = behind;
        }
    }

    private Map<Long, byte[]> states(byte[] from, byte[] to) throws IOException {
        Map<Long, byte[]> states = HashMap.newHashMap(STEP);
        byte[] at = from;
        while (true) {
            List<Entry> some = database.scan(Tables.STATE, at, to, STEP);
            if (some.isEmpty()) {
                return states;
            }
            for (Entry state : some) {
                if (state.key().length == Long.BYTES) {
                    states.put(ByteBuffer.wrap(state.key()).getLong(), state.value());
                }
            }
            at = behind(some.getLast().key());
        }
    }

    /** The smallest key above a key. */
    private static byte[] behind(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** Whether the scan goes on. */
    private boolean give(Entry message, Map<Long, byte[]> states, Predicate<QueuedMessage> taker) throws IOException {
        QueuedMessage read;
        try {
            long id = message.key().length == Long.BYTES
                    ? ByteBuffer.wrap(message.key()).getLong()
                    : -1;
            if (id < 0) {
                throw new CorruptRecordException("a key that is no queue id");
            }
            byte[] state = states.get(id);
            if (state == null) {
                // Removed since the step began, or damaged: the single read tells.
                return spool.read(new QueueId(id)).map(taker::test).orElse(true);
            }
            read = spool.message(new QueueId(id), message.value(), state);
        } catch (CorruptRecordException e) {
            LOG.error("a message of the spool can't be read and stays where it is: {}", e.getMessage());
            return true;
        }
        return taker.test(read);
    }
}
