package dev.nexthop.queue;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A draft of {@link RocksSpool}: an array that doubles until it is too large, then a file. */
final class SpoolDraft implements Draft {
    /** Enough for the trace field: what follows it comes in one block when it is small, and then fits exactly. */
    private static final int FIRST_CAPACITY = 1024;

    private static final int FILE_BUFFER = 64 * 1024;

    /** How many octets go to a file between two looks at the disk. */
    private static final int LOOK_EVERY = 1024 * 1024;

    private final RocksSpool spool;
    private final QueueId id;
    private byte[] buffer = new byte[0];
    private long size;
    private @Nullable Spill spill;
    private boolean finished;

    SpoolDraft(RocksSpool spool, QueueId id) {
        this.spool = spool;
        this.id = id;
    }

    @Override
    public QueueId id() {
        return id;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        requireOpen();
        if (spill == null && !grow(length)) {
            spill = new Spill(spool.files().create(id));
            spill.write(buffer, 0, (int) size);
            dropBuffer();
        }
        if (spill != null) {
            spill.write(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, buffer, (int) size, length);
        }
        size += length;
    }

    private boolean grow(int length) {
        long needed = size + length;
        if (needed <= buffer.length) {
            return true;
        }
        int limit = spool.settings().memoryBody();
        if (needed > limit) {
            return false;
        }
        int capacity = (int) Math.min(limit, Math.max(needed, Math.max(FIRST_CAPACITY, buffer.length * 2L)));
        if (!spool.memory().take(capacity - buffer.length)) {
            return false;
        }
        buffer = Arrays.copyOf(buffer, capacity);
        return true;
    }

    private void dropBuffer() {
        spool.memory().giveBack(buffer.length);
        buffer = new byte[0];
    }

    @Override
    public QueuedMessage commit(Envelope envelope, List<RecipientState> recipients, List<Change> alongside)
            throws IOException {
        requireOpen();
        if (recipients.size() != envelope.recipients().size()) {
            throw new IllegalArgumentException("a state for each recipient of the envelope, in its order");
        }
        finished = true;
        try {
            if (spill == null) {
                MessageBody body = MessageBody.of(buffer.length == size ? buffer : Arrays.copyOf(buffer, (int) size));
                MessageRecord.Body place =
                        new MessageRecord.Body(MessageRecord.Place.DATABASE, size, body.eightBit(), 0);
                return spool.commit(id, envelope, new RocksSpool.Content(place, body), recipients, alongside);
            }
            MessageRecord.Body place = spill.finish(size);
            spill = null;
            spool.files().syncFolder();
            MessageBody body = spool.body(id, place);
            return spool.commit(id, envelope, new RocksSpool.Content(place, body), recipients, alongside);
        } catch (IOException | RuntimeException e) {
            // A record that the spool does not take back must find its body; without a record the next start drops it.
            if (alongside.isEmpty() || !RocksSpool.maybeWritten(e)) {
                discard();
            }
            throw e;
        } finally {
            dropBuffer();
        }
    }

    private void requireOpen() {
        if (finished) {
            throw new IllegalStateException("the draft " + id + " is committed or closed");
        }
    }

    @Override
    public void close() {
        if (!finished) {
            finished = true;
            dropBuffer();
            discard();
        }
    }

    private void discard() {
        if (spill != null) {
            spill.abandon();
            spill = null;
        }
        spool.files().remove(id);
    }

    /** The file half of a draft. */
    private final class Spill {
        private final FileChannel channel;
        private final OutputStream out;
        private final CRC32C checksum = new CRC32C();
        private boolean eightBit;
        private long untilLook;

        Spill(FileChannel channel) {
            this.channel = channel;
            this.out = new BufferedOutputStream(Channels.newOutputStream(channel), FILE_BUFFER);
        }

        void write(byte[] bytes, int offset, int length) throws IOException {
            untilLook -= length;
            if (untilLook <= 0) {
                spool.requireRoom();
                untilLook = LOOK_EVERY;
            }
            for (int i = offset; i < offset + length && !eightBit; i++) {
                eightBit = bytes[i] < 0;
            }
            checksum.update(bytes, offset, length);
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw RocksSpool.fullOr(e);
            }
        }

        /** Brings the content to stable storage and closes the file. */
        MessageRecord.Body finish(long size) throws IOException {
            try (channel) {
                out.flush();
                channel.force(true);
            } catch (IOException e) {
                throw RocksSpool.fullOr(e);
            }
            return new MessageRecord.Body(MessageRecord.Place.FILE, size, eightBit, (int) checksum.getValue());
        }

        void abandon() {
            try {
                channel.close();
            } catch (IOException e) {
                spool.log().warn("closing the body of the abandoned draft {} failed: {}", id, e.toString());
            }
        }
    }
}
