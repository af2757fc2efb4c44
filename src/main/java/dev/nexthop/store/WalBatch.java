package dev.nexthop.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Says whether a record of the log is a batch of writes as this room makes them: puts and deletes, as many as it says. */
final class WalBatch {
    private static final int SEQUENCE = 8;
    private static final int DELETE = 0x0;
    private static final int PUT = 0x1;
    private static final int NOTE = 0x3;
    private static final int FAMILY_DELETE = 0x4;
    private static final int FAMILY_PUT = 0x5;
    private static final int NOTHING = 0xD;

    private WalBatch() {}

    static boolean sound(byte[] record) {
        if (record.length < SEQUENCE + Integer.BYTES) {
            return false;
        }
        ByteBuffer in = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).position(SEQUENCE);
        int count = in.getInt();
        int found = 0;
        while (in.hasRemaining()) {
            int tag = in.get();
            boolean whole = switch (tag) {
                case DELETE -> slices(in, 1);
                case PUT -> slices(in, 2);
                case FAMILY_DELETE -> number(in) >= 0 && slices(in, 1);
                case FAMILY_PUT -> number(in) >= 0 && slices(in, 2);
                case NOTE -> slices(in, 1);
                case NOTHING -> true;
                default -> false;
            };
            if (!whole) {
                return false;
            }
            found += tag == NOTE || tag == NOTHING ? 0 : 1;
        }
        return found == count;
    }

    /** Steps over octets that follow their number, so many times. */
    private static boolean slices(ByteBuffer in, int times) {
        for (int i = 0; i < times; i++) {
            long length = number(in);
            if (length < 0 || length > in.remaining()) {
                return false;
            }
            in.position(in.position() + (int) length);
        }
        return true;
    }

    /** A number of up to 32 bits, seven to an octet, the lowest first; -1 when there is none. */
    private static long number(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (!in.hasRemaining()) {
                return -1;
            }
            int octet = in.get();
            number |= (long) (octet & 0x7F) << shift;
            if (octet >= 0) {
                return number;
            }
        }
        return -1;
    }
}
