package dev.nexthop.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one write-ahead log of RocksDB, also behind a place that is damaged. A log is a row of blocks of
 * 32 KiB; a block holds pieces, each with a checksum, a length and whether it is a whole record, its first, a middle or its
 * last piece.
 */
final class WalScan {
    private static final int BLOCK = 32 * 1024;
    private static final int HEADER = 7;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int MIDDLE = 3;
    private static final int LAST = 4;

    /** Added to a rotated checksum before it is stored. */
    private static final int MASK = 0xa282ead8;

    private final @Nullable Taker taker;
    private final byte[] octets = new byte[BLOCK];
    private final CRC32C checksum = new CRC32C();
    private byte[] record = new byte[64 * 1024];
    private int length;
    private boolean within;
    private boolean damaged;
    private int damages;
    private boolean behind;
    private long start;
    private long goodUntil;

    /** Takes records. */
    interface Taker {
        /**
         * A record that is whole.
         *
         * @param record its octets
         * @param behind whether there was damage before it, in this log
         */
        void record(byte[] record, boolean behind) throws IOException;
    }

    private WalScan(@Nullable Taker taker) {
        this.taker = taker;
    }

    /**
     * What a log is like.
     *
     * @param damages places that can't be read; the end that a power cut tore off is one
     * @param behind whether there are whole records behind one
     * @param goodUntil the octet behind the last whole record before the first damage
     */
    record Result(int damages, boolean behind, long goodUntil) {}

    /**
     * Reads a log to its end.
     *
     * @param taker is given each whole record; null when only the state of the log matters
     */
    static Result read(Path log, @Nullable Taker taker) throws IOException {
        WalScan scan = new WalScan(taker);
        ByteBuffer block = ByteBuffer.wrap(scan.octets).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            for (scan.start = 0; ; scan.start += BLOCK) {
                block.clear();
                while (block.hasRemaining() && channel.read(block) >= 0) {
                    // the next part of the block
                }
                block.flip();
                if (!block.hasRemaining()) {
                    break;
                }
                scan.block(block);
            }
        }
        if (scan.within) {
            scan.damage(); // torn off in the middle of a record
        }
        return new Result(scan.damages, scan.behind, scan.goodUntil);
    }

    private void block(ByteBuffer block) throws IOException {
        while (block.remaining() >= HEADER) {
            int at = block.position();
            int stored = block.getInt(at);
            int size = Short.toUnsignedInt(block.getShort(at + 4));
            int type = Byte.toUnsignedInt(block.get(at + 6));
            if (stored == 0 && size == 0 && type == 0) {
                return; // room that was kept and not written
            }
            if (HEADER + size > block.remaining()) {
                damage();
                return;
            }
            block.position(at + HEADER + size);
            if (good(at, size, stored)) {
                piece(type, at + HEADER, size);
                if (!damaged && !within) {
                    goodUntil = start + block.position();
                }
            } else {
                damage();
            }
        }
    }

    private boolean good(int at, int size, int stored) {
        checksum.reset();
        checksum.update(octets, at + HEADER - 1, size + 1);
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK == stored;
    }

    private void piece(int type, int at, int size) throws IOException {
        switch (type) {
            case FULL, FIRST -> {
                if (within) {
                    damage(); // the rest of the record before is missing
                }
                length = 0;
                append(at, size);
                within = true;
            }
            case MIDDLE, LAST -> {
                if (within) {
                    append(at, size);
                }
            }
            default -> {} // what the library notes for itself
        }
        if (within && (type == FULL || type == LAST)) {
            within = false;
            behind |= damaged;
            if (taker != null) {
                taker.record(Arrays.copyOf(record, length), damaged);
            }
        }
    }

    private void append(int at, int size) {
        if (taker == null) {
            return;
        }
        if (length + size > record.length) {
            record = Arrays.copyOf(record, Math.max(2 * record.length, length + size));
        }
        System.arraycopy(octets, at, record, length, size);
        length += size;
    }

    private void damage() {
        damaged = true;
        within = false;
        damages++;
    }
}
