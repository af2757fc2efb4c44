package dev.nexthop.smtp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at eight octets at a time: whoever goes through all of a message spends his time here. */
final class Octets {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long FOURTEENS = 0x0E0E0E0E0E0E0E0EL;

    private Octets() {}

    /**
     * The place of the next CR or LF; {@code end} when there is none. Subtracting 14 from each octet sets the high bit of
     * those below it; those beyond ASCII don't count. A borrow may set more, but only behind the first.
     */
    static int lineEnd(byte[] bytes, int from, int end) {
        int i = from;
        while (i + 8 <= end) {
            long eight = (long) LONGS.get(bytes, i);
            long low = eight - FOURTEENS & ~eight & HIGH_BITS;
            if (low == 0) {
                i += 8;
                continue;
            }
            i += Long.numberOfTrailingZeros(low) >>> 3;
            if (isLineEnd(bytes[i])) {
                return i;
            }
            i++;
        }
        while (i < end && !isLineEnd(bytes[i])) {
            i++;
        }
        return i;
    }

    /** Whether none is above 127. */
    static boolean ascii(byte[] bytes, int from, int end) {
        long seen = 0;
        int i = from;
        for (; i + 8 <= end; i += 8) {
            seen |= (long) LONGS.get(bytes, i);
        }
        for (; i < end; i++) {
            seen |= bytes[i];
        }
        return (seen & HIGH_BITS) == 0;
    }

    private static boolean isLineEnd(byte octet) {
        return octet == '\r' || octet == '\n';
    }
}
