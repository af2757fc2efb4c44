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

    /** Octets before the content of a batch: the number of its first write, and how many writes it has. */
    private static final int BATCH = 12;

    private static final long UNKNOWN = -1;

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
    private Tail tail = Tail.WHOLE;
    // The number of the write that the next record begins with.
    private long next = UNKNOWN;
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

    /** How a log ends that has no damage but at its end. */
    enum Tail {
        /** It may have other damage. */
        WHOLE,
        /** The file ends within a piece, as it seems: the length of that may be what is damaged. */
        TORN,
        /** The file ends within a record that was never whole in it, for sure: as a power cut leaves one that was not synced. */
        UNFINISHED
    }

    /**
     * What a log is like.
     *
     * @param damages places that can't be read; the end that a power cut tore off is one
     * @param behind whether there are whole records behind one
     * @param tail how it ends, if that is the only one
     * @param goodUntil the octet behind the last whole record before the first damage
     */
    record Result(int damages, boolean behind, Tail tail, long goodUntil) {}

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
            scan.tail = Tail.UNFINISHED;
        }
        Tail tail = scan.damages == 1 ? scan.tail : Tail.WHOLE;
        return new Result(scan.damages, scan.behind, tail, scan.goodUntil);
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
                if (last) {
                    tail = unfinished(at, limit) ? Tail.UNFINISHED : Tail.TORN;
                }
                damage();
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
            tail = Tail.UNFINISHED; // no record has room here
        }
    }

    /**
     * Whether a piece that ends behind the file is one that was never whole in it, and not one whose length is damaged: it
     * begins as the next piece must, its checksum is that of nothing that is there, and nothing whole is behind it.
     */
    private boolean unfinished(int at, int limit) {
        int content = at + HEADER;
        boolean fills = end(at) == BLOCK;
        boolean genuine = switch (Byte.toUnsignedInt(block.get(at + 6))) {
            case FULL -> !within && begins(content, limit);
            case FIRST -> !within && fills && begins(content, limit);
            case MIDDLE -> within && at == 0 && fills;
            default -> false; // the length of a last piece can't be told from a damaged one
        };
        return genuine && !wholeIn(at, limit);
    }

    private boolean begins(int content, int limit) {
        return limit - content < BATCH || next != UNKNOWN && block.getLong(content) == next;
    }

    /** Whether the piece is whole with some other length, or there is a whole one behind its beginning. */
    private boolean wholeIn(int at, int limit) {
        checksum.reset();
        checksum.update(octets[at + HEADER - 1]);
        for (int end = at + HEADER; end <= limit; end++) {
            if (masked() == block.getInt(at)) {
                return true;
            }
            if (end < limit) {
                checksum.update(octets[end]);
            }
        }
        for (int other = at + 1; other <= limit - HEADER; other++) {
            int type = octets[other + HEADER - 1];
            if (type >= FULL && type <= LAST && end(other) <= limit && good(other)) {
                return true;
            }
        }
        return false;
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
        return masked() == block.getInt(at);
    }

    private int masked() {
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK;
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
            ByteBuffer head = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
            next = length < BATCH ? UNKNOWN : head.getLong(0) + Integer.toUnsignedLong(head.getInt(Long.BYTES));
            if (taker != null) {
                taker.record(Arrays.copyOf(record, length), damaged);
            }
        }
    }

    private void append(int at, int size) {
        int kept = taker == null ? Math.min(size, Math.max(0, BATCH - length)) : size;
        if (length + kept > record.length) {
            record = Arrays.copyOf(record, Math.max(2 * record.length, length + kept));
        }
        System.arraycopy(octets, at, record, length, kept);
        length += kept;
    }

    private void damage() {
        damaged = true;
        within = false;
        seeking = true;
        damages++;
    }
}
