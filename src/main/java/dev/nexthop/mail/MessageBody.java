package dev.nexthop.mail;

import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of a message, headers and content, exactly as they go to the next hop: CRLF line ends, no dot-stuffing,
 * no final dot. A small one is in memory, a large one is streamed from stable storage each time it is opened.
 */
public interface MessageBody {
    /** The size in octets. */
    long size();

    /** Whether any octet is above 127. */
    boolean eightBit();

    /**
     * The bytes when they are in memory, else null. The array is shared: nobody writes to it.
     */
    byte @org.jspecify.annotations.Nullable [] inMemory();

    /**
     * A new stream over all bytes.
     *
     * @throws IOException when stable storage can't be read
     */
    InputStream open() throws IOException;

    /**
     * A body in memory.
     *
     * @param bytes not copied: the caller gives them away
     */
    static MessageBody of(byte[] bytes) {
        return new MemoryBody(bytes, MemoryBody.hasEightBit(bytes));
    }
}
