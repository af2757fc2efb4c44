package dev.nexthop.queue;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.store.CorruptRecordException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A body in a file of its own. Reading it to the end checks its length and checksum: a damaged file ends in an
 * IOException, so that the final dot is never sent behind it.
 *
 * @param file where it is
 * @param body what it must be
 * @param onDamage told when it is something else
 */
record FileBody(Path file, MessageRecord.Body body, Runnable onDamage) implements MessageBody {
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
        long found = Files.size(file);
        if (found != body.size()) {
            throw damaged(found);
        }
        return new Checked(Files.newInputStream(file));
    }

    private IOException damaged(long found) {
        onDamage.run();
        return new CorruptRecordException("the body " + file + " is damaged: " + found + " octets of " + body.size()
                + ", or other octets than were stored");
    }

    private final class Checked extends FilterInputStream {
        private final CRC32C checksum = new CRC32C();
        private long count;

        Checked(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int got = super.read(into, offset, length);
            if (got > 0) {
                checksum.update(into, offset, got);
                count += got;
            }
            // Also at the last octet, for readers who know the size and stop there.
            if ((got < 0 || count == body.size())
                    && (count != body.size() || (int) checksum.getValue() != body.checksum())) {
                throw damaged(count);
            }
            return got;
        }

        @Override
        public long skip(long wanted) throws IOException {
            byte[] scratch = new byte[(int) Math.min(8192, Math.max(0, wanted))];
            long skipped = 0;
            while (skipped < wanted) {
                int got = read(scratch, 0, (int) Math.min(scratch.length, wanted - skipped));
                if (got < 0) {
                    break;
                }
                skipped += got;
            }
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
