package dev.nexthop.client;

import dev.nexthop.mail.MessageBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message that can't be read to its end.
 *
 * @param size octets that it promises
 * @param text what can be read of it
 */
public record BrokenBody(long size, String text) implements MessageBody {
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
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)) {
            @Override
            public int read(byte[] bytes) throws IOException {
                if (available() == 0) {
                    throw new IOException("disk on fire");
                }
                return super.read(bytes);
            }
        };
    }
}
