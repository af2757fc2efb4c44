package dev.nexthop.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Two streams of octets to a server, whatever carries them. */
interface Link extends Closeable {
    /** What the server says. */
    InputStream in() throws IOException;

    /** What we say; not buffered. */
    OutputStream out() throws IOException;

    /** Whether something has arrived that nobody has read, as far as that can be seen without waiting. */
    boolean unread() throws IOException;

    /** What TLS can be started on; null where there can be none. */
    @Nullable
    Socket socket();

    /** A TCP connection. */
    record Tcp(Socket socket) implements Link {
        @Override
        public InputStream in() throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        public boolean unread() throws IOException {
            return socket.getInputStream().available() > 0;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** A connection over a unix domain socket, which never leaves this machine. */
    final class Unix implements Link {
        private final SocketChannel channel;
        private final PushbackInputStream in;
        private final OutputStream out;

        Unix(SocketChannel channel) {
            this.channel = channel;
            this.in = new PushbackInputStream(Channels.newInputStream(channel));
            this.out = Channels.newOutputStream(channel);
        }

        @Override
        public InputStream in() {
            return in;
        }

        @Override
        public OutputStream out() {
            return out;
        }

        /** True also at the end of the stream: whoever has left has said so. */
        @Override
        public boolean unread() throws IOException {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.configureBlocking(false);
            try {
                int read = channel.read(one);
                if (read > 0) {
                    in.unread(one.array());
                }
                return read != 0;
            } finally {
                channel.configureBlocking(true);
            }
        }

        @Override
        public @Nullable Socket socket() {
            return null;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
