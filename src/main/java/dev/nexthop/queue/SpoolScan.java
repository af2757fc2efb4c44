package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Entry;
import dev.nexthop.store.RecordException;
import dev.nexthop.store.UnreadableRecordException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the spool in the order of ids, some hundred messages at a time: no lock and no native iterator is held
 * while somebody else's code runs. Behind a block that can't be read it goes on; the messages of that block are found by their states.
 */
final class SpoolScan {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolScan.class);
    private static final int STEP = 512;
    private static final byte[] END = new byte[0];

    private final RocksSpool spool;
    private final Sweep sweep;
    private final Predicate<QueuedMessage> taker;
    private final Consumer<QueueId> damaged;
    /** Whether a later scan may find messages that this one has no word of. */
    private boolean blind;

    /**
     * @param taker is given each message; false ends the scan
     * @param damaged is given each message that can't be read
     */
    SpoolScan(RocksSpool spool, Sweep sweep, Predicate<QueuedMessage> taker, Consumer<QueueId> damaged) {
        this.spool = spool;
        this.sweep = sweep;
        this.taker = taker;
        this.damaged = damaged;
    }

    /**
     * Gives what can be read.
     *
     * @throws UnreadableRecordException when the disk gives nothing, or, behind all that could be given, when it gives
     *     neither the records nor the states of some messages
     */
    void run() throws IOException {
        Optional<byte[]> at = Optional.of(new byte[0]);
        while (at.isPresent()) {
            Sweep.Part part = sweep.next(Tables.MESSAGE, at.get(), END, STEP);
            List<Entry> messages = part.entries();
            if (part.gap()
                    && !gap(
                            at.get(),
                            messages.isEmpty() ? END : messages.getFirst().key(),
                            part)) {
                return;
            }
            if (!messages.isEmpty()) {
                byte[] behind = Tables.behind(messages.getLast().key());
                Map<Long, byte[]> states = states(messages.getFirst().key(), behind);
                for (Entry message : messages) {
                    if (!give(message, states)) {
                        return;
                    }
                }
            }
            at = part.end();
        }
        if (blind) {
            throw new UnreadableRecordException(
                    "the disk gives neither the records nor the states of some messages; all others were found");
        }
    }

    /** Messages that their own family does not tell of. Whether the scan goes on. */
    private boolean gap(byte[] from, byte[] to, Sweep.Part gap) throws IOException {
        LOG.error("a part of the queue can't be read, and what it holds is looked for otherwise: {}", gap.damage());
        Optional<byte[]> at = Optional.of(from);
        while (at.isPresent()) {
            Sweep.Part states = sweep.next(Tables.STATE, at.get(), to, STEP);
            blind |= states.gap() && (gap.passing() || states.passing());
            for (Entry state : states.entries()) {
                long id = Tables.idOf(state.key());
                if (id >= 0 && !single(new QueueId(id))) {
                    return false;
                }
            }
            at = states.end();
        }
        return true;
    }

    private Map<Long, byte[]> states(byte[] from, byte[] to) throws IOException {
        Map<Long, byte[]> states = HashMap.newHashMap(STEP);
        Optional<byte[]> at = Optional.of(from);
        while (at.isPresent()) {
            Sweep.Part part = sweep.next(Tables.STATE, at.get(), to, STEP);
            for (Entry state : part.entries()) {
                states.put(Tables.idOf(state.key()), state.value());
            }
            at = part.end();
        }
        return states;
    }

    /** Whether the scan goes on. */
    private boolean give(Entry message, Map<Long, byte[]> states) throws IOException {
        long id = Tables.idOf(message.key());
        if (id < 0) {
            LOG.error("the spool holds a key that is no queue id; nexthop queue verify tells more");
            return true;
        }
        byte[] state = states.get(id);
        if (state == null) {
            // Removed since the step began, or damaged: the single read tells.
            return single(new QueueId(id));
        }
        QueuedMessage read;
        try {
            read = spool.message(new QueueId(id), message.value(), state);
        } catch (RecordException e) {
            tell(new QueueId(id), e);
            return true;
        }
        return taker.test(read);
    }

    private boolean single(QueueId id) throws IOException {
        Optional<QueuedMessage> read;
        try {
            read = spool.read(id);
        } catch (RecordException e) {
            tell(id, e);
            return true;
        }
        return read.map(taker::test).orElse(true);
    }

    private void tell(QueueId id, RecordException e) {
        LOG.error("message {} of the spool can't be read: {}", id, e.getMessage());
        damaged.accept(id);
    }
}
