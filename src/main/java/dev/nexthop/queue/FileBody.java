package dev.nexthop.queue;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A body in a file of its own. Reading it to the end checks its length and checksum: a damaged file ends in an
 * IOException, so that the final dot is never sent behind it.
 *
 * @param files where it is
 * @param id the message
 * @param body what it must be
 * @param onDamage told when it is something else
 */
record FileBody(BodyFiles files, QueueId id, MessageRecord.Body body, Runnable onDamage) implements MessageBody {
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
        Checked stream = new Checked(channel());
        try {
            stream.begin();
        } catch (IOException e) {
            stream.close();
            throw e;
        }
        return stream;
    }

    private FileChannel channel() throws IOException {
        try {
            return files.open(id);
        } catch (CorruptRecordException e) {
            onDamage.run();
            throw e;
        }
    }

    private IOException damaged(long found) {
        onDamage.run();
        return new CorruptRecordException("the body " + files.path(id) + " is damaged: " + found + " octets of "
                + body.size() + ", or other octets than were stored");
    }

    private final class Checked extends InputStream {
        private final FileChannel channel;
        private final CRC32C checksum = new CRC32C();
        private long count;
        private boolean closed;

        Checked(FileChannel channel) {
            this.channel = channel;
        }

        void begin() throws IOException {
            long found = channel.size() - channel.position();
            if (found != body.size()) {
                throw damaged(found);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int got = count == body.size() ? -1 : channel.read(ByteBuffer.wrap(into, offset, length));
            if (got > 0) {
                checksum.update(into, offset, got);
                count += got;
            }
            // Also at the last octet, for readers who know the size and stop there.
            if ((got < 0 || count >= body.size())
                    && (count != body.size() || (int) checksum.getValue() != body.checksum())) {
                throw damaged(count);
            }
            return got;
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                try {
                    channel.close();
                } finally {
                    files.left(id);
                }
            }
        }
    }
}
