package dev.nexthop.mail;

import dev.nexthop.smtp.Ascii;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** A message body in memory. */
record MemoryBody(byte[] bytes, boolean eightBit) implements MessageBody {
    static boolean hasEightBit(byte[] bytes) {
        return !Ascii.only(bytes, 0, bytes.length);
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
