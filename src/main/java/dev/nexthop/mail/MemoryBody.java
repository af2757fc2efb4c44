package dev.nexthop.mail;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** A message body in memory. */
record MemoryBody(byte[] bytes, boolean eightBit) implements MessageBody {
    static boolean hasEightBit(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public byte[] inMemory() {
        return bytes;
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(bytes);
    }
}
