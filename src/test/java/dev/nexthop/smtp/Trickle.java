package dev.nexthop.smtp;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.random.RandomGenerator;

/** Gives bytes in pieces of any size, as a network does. */
final class Trickle extends InputStream {
    private final ByteArrayInputStream source;
    private final RandomGenerator sizes;
    private final int most;

    Trickle(byte[] bytes, RandomGenerator sizes, int most) {
        this.source = new ByteArrayInputStream(bytes);
        this.sizes = sizes;
        this.most = most;
    }

    @Override
    public int read() {
        return source.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        return source.read(bytes, offset, Math.min(length, 1 + sizes.nextInt(most)));
    }

    @Override
    public int available() {
        return source.available();
    }
}
