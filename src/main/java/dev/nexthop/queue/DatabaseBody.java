package dev.nexthop.queue;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A small body that is read from the database each time it is opened, and not kept.
 *
 * @param database where it is
 * @param id the message
 * @param body what it must be
 * @param onDamage told when it is something else
 */
record DatabaseBody(Database database, QueueId id, MessageRecord.Body body, Runnable onDamage) implements MessageBody {
    @Override
    public long size() {
        return body.size();
    }

    @Override
    public boolean eightBit() {
        return body.eightBit();
    }

    @Override
    public byte @Nullable [] inMemory() {
        return null;
    }

    @Override
    public InputStream open() throws IOException {
        byte[] bytes;
        try {
            bytes = database.get(Tables.BODY, Tables.key(id))
                    .orElseThrow(
                            () -> new CorruptRecordException("the body of message " + id + " is not in the spool"));
            if (bytes.length != body.size()) {
                throw new CorruptRecordException(
                        "the body of message " + id + " has " + bytes.length + " octets of " + body.size());
            }
        } catch (CorruptRecordException e) {
            onDamage.run();
            throw e;
        }
        return new ByteArrayInputStream(bytes);
    }
}
