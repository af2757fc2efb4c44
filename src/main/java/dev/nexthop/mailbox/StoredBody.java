package dev.nexthop.mailbox;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An account's message: its own fields, then the shared pieces, read one at a time. */
record StoredBody(Database database, QueueId id, MailRecord record) implements MessageBody {
    @Override
    public long size() {
        return record.headers().length + record.size();
    }

    @Override
    public boolean eightBit() {
        return record.eightBit();
    }

    @Override
    public byte @Nullable [] inMemory() {
        return null;
    }

    @Override
    public InputStream open() {
        return new Pieces();
    }

    private final class Pieces extends InputStream {
        private byte[] piece = record.headers();
        private int at;
        private int next;
        private long left = record.size();

        @Override
        public int read() throws IOException {
            return filled() ? piece[at++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (length == 0) {
                return 0;
            }
            if (!filled()) {
                return -1;
            }
            int some = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, offset, some);
            at += some;
            return some;
        }

        /** Makes sure that there is an octet at hand, unless the message is at its end. */
        private boolean filled() throws IOException {
            while (at == piece.length) {
                if (left == 0) {
                    return false;
                }
                int number = next++;
                piece = database.get(MailboxTables.PIECE, MailboxTables.pieceKey(id, number))
                        .orElseThrow(() -> new CorruptRecordException(
                                "piece " + number + " of the stored message " + id + " is missing"));
                if (piece.length == 0 || piece.length > left) {
                    throw new CorruptRecordException("piece " + number + " of the stored message " + id + " has "
                            + piece.length + " octets, " + left + " are left");
                }
                left -= piece.length;
                at = 0;
            }
            return true;
        }
    }
}
