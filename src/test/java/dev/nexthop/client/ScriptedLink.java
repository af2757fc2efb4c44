package dev.nexthop.client;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server made of fuzzed octets, in memory: chunks of replies, right and wrong, silence, and the end. It remembers what
 * it said and how much it had been told by then.
 */
final class ScriptedLink implements Link {
    private static final String[] REPLIES = {
        "250 ok\r\n",
        "354 go\r\n",
        "450 4.2.0 later\r\n",
        "550 5.1.1 no\r\n",
        "421 bye\r\n",
        "250-first\r\n250 last\r\n",
        "250-first\r\n550 last\r\n",
        "250 ok\n",
        "250\r\n",
        "452 4.5.3 too many\r\n",
        "250 ok\r\n250 ok\r\n",
        "354 go\r\n250 ok\r\n",
    };

    private final FuzzedDataProvider data;
    private final int writesFailAt;
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    /** For each octet said: how many had been told when it went out. */
    private final List<Integer> toldBefore = new ArrayList<>();

    private byte[] chunk = {};
    private int position;
    private boolean over;
    private boolean closed;
    private @Nullable Runnable silence;

    ScriptedLink(FuzzedDataProvider data, String opening) {
        this.data = data;
        this.chunk = opening.getBytes(StandardCharsets.US_ASCII);
        this.writesFailAt = data.consumeBoolean() ? data.consumeInt(0, 2000) : Integer.MAX_VALUE;
    }

    /** What happens when the server says nothing for longer than any deadline. */
    void onSilence(Runnable action) {
        silence = action;
    }

    byte[] told() {
        return told.toByteArray();
    }

    byte[] said() {
        return said.toByteArray();
    }

    int toldBefore(int octet) {
        return toldBefore.get(octet);
    }

    private boolean more() throws IOException {
        while (position == chunk.length) {
            if (closed) {
                throw new IOException("the socket is closed");
            }
            if (over || data.remainingBytes() == 0) {
                over = true;
                return false;
            }
            position = 0;
            chunk = next();
        }
        return true;
    }

    private byte[] next() throws IOException {
        int kind = data.consumeInt(0, REPLIES.length + 5);
        if (kind < REPLIES.length) {
            return REPLIES[kind].getBytes(StandardCharsets.US_ASCII);
        }
        return switch (kind - REPLIES.length) {
            case 0 -> {
                over = true;
                yield new byte[0];
            }
            case 1 -> {
                over = true;
                throw new IOException("connection reset");
            }
            case 2 -> {
                Runnable action = silence;
                if (action == null) {
                    throw new AssertionError("nobody waits");
                }
                action.run();
                yield new byte[0];
            }
            case 3 -> {
                byte[] endless = new byte[70_000];
                Arrays.fill(endless, (byte) 'x');
                yield endless;
            }
            default -> data.consumeBytes(data.consumeInt(1, 40));
        };
    }

    @Override
    public InputStream in() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (!more()) {
                    return -1;
                }
                int count = Math.min(length, chunk.length - position);
                System.arraycopy(chunk, position, into, offset, count);
                said.write(chunk, position, count);
                for (int i = 0; i < count; i++) {
                    toldBefore.add(told.size());
                }
                position += count;
                return count;
            }
        };
    }

    @Override
    public OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] octets, int offset, int length) throws IOException {
                if (closed) {
                    throw new IOException("the socket is closed");
                }
                int fits = Math.min(length, writesFailAt - told.size());
                told.write(octets, offset, fits);
                if (fits < length) {
                    throw new IOException("broken pipe");
                }
            }
        };
    }

    @Override
    public boolean unread() {
        return position < chunk.length;
    }

    @Override
    public @Nullable Socket socket() {
        return null;
    }

    @Override
    public void close() {
        closed = true;
    }
}
