package dev.nexthop.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one write-ahead log of RocksDB, also behind a place that is damaged. A log is a row of blocks of
 * 32 KiB; a block holds pieces, each with a checksum, a length and whether it is a whole record, its first, a middle or its
 * last piece. Whatever makes RocksDB's replay leave something out is damage here: a piece that fails its checksum, a record
 * without its first or last piece, zeros before other octets, a sector that can't be read, an end within a piece.
 */
final class WalScan {
    private static final int BLOCK = 32 * 1024;

    /** What is read by itself where a whole block can't be. */
    private static final int PAGE = 4 * 1024;

    private static final byte[] ZEROS = new byte[BLOCK];

    private static final int HEADER = 7;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int MIDDLE = 3;
    private static final int LAST = 4;

    /** Added to a rotated checksum before it is stored. */
    private static final int MASK = 0xa282ead8;

    private final @Nullable Taker taker;
    private final byte[] octets = new byte[BLOCK];
    private final ByteBuffer block = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();
    private byte[] record = new byte[64 * 1024];
    private int length;
    private boolean within;
    // From damage on until a record begins: pieces of the one that was hit are no damage of their own.
    private boolean seeking;
    // There were zeros to the end of a block: the end of the log, unless something follows.
    private boolean ended;
    private boolean damaged;
    private int damages;
    private boolean torn;
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

    /** Reads as {@link FileChannel#read(ByteBuffer, long)} does. */
    interface Source {
        int read(ByteBuffer to, long at) throws IOException;
    }

    private WalScan(@Nullable Taker taker) {
        this.taker = taker;
    }

    /**
     * What a log is like.
     *
     * @param damages places that can't be read; the end that a power cut tore off is one
     * @param behind whether there are whole records behind one
     * @param torn whether the only one is that the file ends within a piece
     * @param goodUntil the octet behind the last whole record before the first damage
     */
    record Result(int damages, boolean behind, boolean torn, long goodUntil) {}

    /**
     * Reads a log to its end.
     *
     * @param taker is given each whole record; null when only the state of the log matters
     */
    static Result read(Path log, @Nullable Taker taker) throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            return read(channel::read, channel.size(), taker);
        }
    }

    static Result read(Source source, long size, @Nullable Taker taker) throws IOException {
        WalScan scan = new WalScan(taker);
        for (scan.start = 0; scan.start < size; scan.start += BLOCK) {
            boolean whole = fill(scan.block, source, scan.start, size);
            scan.pieces(scan.start + BLOCK >= size);
            if (!whole) {
                scan.damage();
            }
        }
        if (scan.within) {
            scan.damage();
            scan.torn = true;
        }
        return new Result(scan.damages, scan.behind, scan.torn && scan.damages == 1, scan.goodUntil);
    }

    /** Copies a log; sectors that can't be read are zeros in the copy. */
    static void copy(Path log, Path copy) throws IOException {
        ByteBuffer block = block();
        try (FileChannel in = FileChannel.open(log, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long size = in.size();
            for (long at = 0; at < size; at += BLOCK) {
                boolean _ = fill(block, in::read, at, size);
                while (block.hasRemaining()) {
                    out.write(block);
                }
            }
            out.force(true);
        }
    }

    private static ByteBuffer block() {
        return ByteBuffer.wrap(new byte[BLOCK]).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads a block, page by page when need be; false when a page could not be read, which is zeros then. */
    private static boolean fill(ByteBuffer block, Source source, long start, long size) throws IOException {
        int length = (int) Math.min(BLOCK, size - start);
        zero(block, 0, BLOCK);
        boolean whole = part(block, 0, length, source, start);
        if (!whole) {
            for (int at = 0; at < length; at += PAGE) {
                int end = Math.min(length, at + PAGE);
                if (!part(block, at, end, source, start)) {
                    zero(block, at, end);
                }
            }
        }
        block.clear().limit(length);
        return whole;
    }

    private static void zero(ByteBuffer block, int from, int to) {
        block.clear().put(from, ZEROS, 0, to - from);
    }

    private static boolean part(ByteBuffer block, int from, int to, Source source, long start) throws IOException {
        block.clear().position(from).limit(to);
        try {
            while (block.hasRemaining()) {
                if (source.read(block, start + block.position()) < 0) {
                    return false;
                }
            }
            return true;
        } catch (ClosedChannelException e) {
            throw e; // an interrupt, not a disk
        } catch (IOException _) {
            return false; // an unreadable sector is damage like any other: told of, cut off, kept
        }
    }

    private void pieces(boolean last) throws IOException {
        int limit = block.limit();
        if (ended && !zeros(0, limit)) {
            ended = false;
            damage();
        }
        while (block.remaining() >= HEADER) {
            int at = block.position();
            if (zeros(at, at + HEADER)) {
                if (within || !zeros(at, limit)) {
                    damage();
                } else {
                    ended = true; // room that was kept and not written
                }
                return;
            }
            int end = end(at);
            if (end > limit) {
                damage();
                torn |= last;
                return;
            }
            if (good(at)) {
                piece(Byte.toUnsignedInt(block.get(at + 6)), at + HEADER, end - at - HEADER);
                if (!damaged && !within) {
                    goodUntil = start + end;
                }
            } else {
                damage();
                if (!chained(end)) {
                    return;
                }
            }
            block.position(end);
        }
        if (limit < BLOCK && block.hasRemaining()) {
            damage();
            torn = true;
        }
    }

    private boolean zeros(int from, int to) {
        for (int i = from; i < to; i++) {
            if (octets[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private int end(int at) {
        return at + HEADER + Short.toUnsignedInt(block.getShort(at + 4));
    }

    private boolean good(int at) {
        checksum.reset();
        checksum.update(octets, at + HEADER - 1, end(at) - at - HEADER + 1);
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK == block.getInt(at);
    }

    /**
     * Whether the length of a damaged piece is to be believed: only when pieces follow on one another from its end to that of
     * the block. Else it may point into a message that somebody sent, with what looks like a piece in it.
     */
    private boolean chained(int from) {
        int at = from;
        while (block.limit() - at >= HEADER) {
            if (end(at) > block.limit() || !good(at)) {
                return false;
            }
            at = end(at);
        }
        return block.limit() < BLOCK ? at == block.limit() : zeros(at, BLOCK);
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
                seeking = false;
            }
            case MIDDLE, LAST -> {
                if (within) {
                    append(at, size);
                } else if (!seeking) {
                    damage(); // its beginning is missing
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
        seeking = true;
        damages++;
    }
}
