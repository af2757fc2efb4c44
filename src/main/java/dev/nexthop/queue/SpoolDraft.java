package dev.nexthop.queue;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.smtp.Ascii;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A draft of {@link RocksSpool}: an array that grows until it is too large, and from then on gathers for a file. */
final class SpoolDraft implements Draft {
    /** Enough for the trace field: what follows it comes in one block when it is small, and then fits exactly. */
    private static final int FIRST_CAPACITY = 1024;

    /** How many octets go to a file between two looks at the disk. */
    private static final int LOOK_EVERY = 1024 * 1024;

    private final RocksSpool spool;
    private final QueueId id;
    private byte[] buffer = new byte[0];
    private int filled;
    private long size;
    private @Nullable Spill spill;
    private boolean named;
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
            spill = new Spill(spool.files().begin(id));
        }
        if (spill == null) {
            fill(bytes, offset, length);
        } else {
            spill.write(bytes, offset, length);
        }
        size += length;
    }

    private void fill(byte[] bytes, int offset, int length) {
        System.arraycopy(bytes, offset, buffer, filled, length);
        filled += length;
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
        int capacity =
                needed > limit / 4 ? limit : (int) Math.max(needed, Math.max(FIRST_CAPACITY, buffer.length * 2L));
        if (!spool.memory().take(capacity - buffer.length)) {
            return false;
        }
        buffer = Arrays.copyOf(buffer, capacity);
        return true;
    }

    private void dropBuffer() {
        spool.memory().giveBack(buffer.length);
        buffer = new byte[0];
        filled = 0;
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
            SpareFiles.Begun whole = spill.begun;
            MessageRecord.Body place = spill.finish(size);
            dropBuffer();
            spool.files().syncFolder(whole);
            spool.files().add(whole, id);
            spill = null;
            named = true;
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
        if (named) {
            spool.files().discard(id);
        }
    }

    /** The file half of a draft: takes what the array has gathered. */
    private final class Spill {
        private final SpareFiles.Begun begun;
        private final CRC32C checksum = new CRC32C();
        private boolean eightBit;
        private long untilLook;

        Spill(SpareFiles.Begun begun) {
            this.begun = begun;
        }

        void write(byte[] bytes, int offset, int length) throws IOException {
            untilLook -= length;
            if (untilLook <= 0) {
                spool.requireRoom();
                untilLook = LOOK_EVERY;
            }
            int from = offset;
            int end = offset + length;
            while (from < end) {
                int count = Math.min(buffer.length - filled, end - from);
                if (filled == 0 && count == buffer.length) {
                    count = end - from; // the array is small, for all drafts together have much
                    put(bytes, from, count);
                } else {
                    fill(bytes, from, count);
                    flushIfFull();
                }
                from += count;
            }
        }

        private void flushIfFull() throws IOException {
            if (filled == buffer.length) {
                flush();
            }
        }

        private void flush() throws IOException {
            put(buffer, 0, filled);
            filled = 0;
        }

        private void put(byte[] bytes, int offset, int length) throws IOException {
            eightBit |= !Ascii.only(bytes, offset, length);
            checksum.update(bytes, offset, length);
            try {
                for (ByteBuffer left = ByteBuffer.wrap(bytes, offset, length); left.hasRemaining(); ) {
                    begun.channel().write(left);
                }
            } catch (IOException e) {
                throw RocksSpool.fullOr(e);
            }
        }

        /** Brings content and header to stable storage, cuts off what an older body left behind, and closes the file. */
        MessageRecord.Body finish(long size) throws IOException {
            try (FileChannel channel = begun.channel()) {
                flush();
                if (channel.size() > BodyHeader.SIZE + size) {
                    channel.truncate(BodyHeader.SIZE + size);
                }
                new BodyHeader(Optional.of(id), size, (int) checksum.getValue()).write(channel);
                channel.force(false); // the size, too: without it the content can't be read
            } catch (IOException e) {
                throw RocksSpool.fullOr(e);
            }
            return new MessageRecord.Body(MessageRecord.Place.FILE, size, eightBit, (int) checksum.getValue());
        }

        void abandon() {
            try {
                begun.channel().close();
            } catch (IOException e) {
                spool.log().warn("closing the body of the abandoned draft {} failed: {}", id, e.toString());
            }
            spool.files().abandon(begun);
        }
    }
}
