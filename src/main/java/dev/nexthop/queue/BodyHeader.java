package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The first octets of a body's file: whose body it is, and what it is like. They are in one sector, so that a power cut leaves
 * the old ones or the new ones; of the octets behind them it may leave any.
 *
 * @param owner whose it is; empty when it is nobody's, for certain: a body was begun, or its message is done
 * @param size octets behind the header
 * @param checksum CRC-32C of them
 */
record BodyHeader(Optional<QueueId> owner, long size, int checksum) {
    /** Octets before the body; more than are used, so that blocks of the body are copied to addresses that are even. */
    static final int SIZE = 64;

    /** That of a file that waits for a message. Not zeros: those are what is left of a sector that was lost. */
    static final BodyHeader NOBODYS = new BodyHeader(Optional.empty(), 0, 0);

    private static final long MAGIC = 0x4e65_7874_686f_7031L; // "Nexthop1"
    private static final long NOBODY = -1;
    private static final int CHECKED = 3 * Long.BYTES + Integer.BYTES;
    private static final int BLOCK = 64 * 1024;

    /** Puts it before whatever is in a file, whose position does not move. */
    void write(FileChannel channel) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(SIZE)
                .putLong(MAGIC)
                .putLong(owner.map(QueueId::value).orElse(NOBODY))
                .putLong(size)
                .putInt(checksum);
        octets.putInt(checksumOf(octets)).rewind();
        for (long at = 0; octets.hasRemaining(); ) {
            at += channel.write(octets, at);
        }
    }

    /**
     * Reads that of a file. A file that is too short for one is nobody's: a new one was cut off.
     *
     * @throws CorruptRecordException when its first octets are no header
     * @throws IOException when it can't be read
     */
    static BodyHeader read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(channel, file);
        }
    }

    /** The same of a file that is open, whose position does not move. */
    static BodyHeader read(FileChannel channel, Path file) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(SIZE);
        for (int got = 0; got >= 0 && octets.hasRemaining(); ) {
            got = channel.read(octets, octets.position());
        }
        if (octets.hasRemaining()) {
            return NOBODYS;
        }
        octets.rewind();
        long magic = octets.getLong();
        long id = octets.getLong();
        long size = octets.getLong();
        int checksum = octets.getInt();
        if (magic != MAGIC || octets.getInt() != checksumOf(octets) || id < NOBODY || size < 0) {
            throw new CorruptRecordException("the file " + file + " does not say whose body it is: its first " + SIZE
                    + " octets are damaged, or it is no body");
        }
        return new BodyHeader(id == NOBODY ? Optional.empty() : Optional.of(new QueueId(id)), size, checksum);
    }

    /** Whether what is behind the header of a file is what this says. Reads all of it. */
    boolean describes(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() != SIZE + size) {
                return false;
            }
            channel.position(SIZE);
            CRC32C found = new CRC32C();
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            while (channel.read(block) >= 0) {
                found.update(block.flip());
                block.clear();
            }
            return (int) found.getValue() == checksum;
        }
    }

    private static int checksumOf(ByteBuffer header) {
        CRC32C checksum = new CRC32C();
        checksum.update(header.duplicate().position(0).limit(CHECKED));
        return (int) checksum.getValue();
    }
}
