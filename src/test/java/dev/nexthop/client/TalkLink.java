package dev.nexthop.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A server in memory that answers each line; an empty answer ends the stream. */
final class TalkLink implements Link {
    private final UnaryOperator<String> server;
    private final List<String> lines = new ArrayList<>();
    private final StringBuilder line = new StringBuilder();
    private InputStream waiting = new ByteArrayInputStream(new byte[0]);

    TalkLink(UnaryOperator<String> server) {
        this.server = server;
    }

    /** What the client said. */
    List<String> lines() {
        return lines;
    }

    @Override
    public InputStream in() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return waiting.read();
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return waiting.read(into, offset, length);
            }
        };
    }

    @Override
    public OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int octet) {
                if (octet == '\n') {
                    String said = line.toString().stripTrailing();
                    line.setLength(0);
                    lines.add(said);
                    waiting = new ByteArrayInputStream(server.apply(said).getBytes(StandardCharsets.UTF_8));
                } else {
                    line.append((char) octet);
                }
            }
        };
    }

    @Override
    public boolean unread() throws IOException {
        return waiting.available() > 0;
    }

    @Override
    public @Nullable Socket socket() {
        return null;
    }

    @Override
    public void close() {}
}
