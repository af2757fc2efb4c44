package dev.nexthop.delivery;

import dev.nexthop.mail.MessageBody;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message during whose delivery something happens.
 *
 * @param opened what, each time when its content is about to be sent
 */
record HookedBody(Runnable opened) implements MessageBody {
    private static final byte[] CONTENT = "Subject: test\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);

    @Override
    public long size() {
        return CONTENT.length;
    }

    @Override
    public boolean eightBit() {
        return false;
    }

    @Override
    public byte @Nullable [] inMemory() {
        return null;
    }

    @Override
    public InputStream open() {
        opened.run();
        return new ByteArrayInputStream(CONTENT);
    }
}
