package dev.nexthop.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Passes octets on to a server: from a unix socket, or as a proxy that is asked first. */
public final class Bridge implements AutoCloseable {
    private final ServerSocketChannel listening;
    private final Proxy.@Nullable Kind kind;
    private final String wants;
    private final InetSocketAddress server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Thread accepting;

    private Bridge(ServerSocketChannel listening, Proxy.@Nullable Kind kind, String wants, InetSocketAddress server) {
        this.listening = listening;
        this.kind = kind;
        this.wants = wants;
        this.server = server;
        accepting = Thread.ofVirtual().start(this::accept);
    }

    public static Bridge unix(UnixDomainSocketAddress path, InetSocketAddress server) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(path);
        return new Bridge(listening, null, "none", server);
    }

    /** A proxy; {@code wants} is {@code none}, {@code user:password}, {@code refuse} or {@code forbid}. */
    public static Bridge proxy(Proxy.Kind kind, String wants, InetSocketAddress server) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return new Bridge(listening, kind, wants, server);
    }

    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listening.getLocalAddress();
    }

    /** Whom it was asked for; {@code direct} for a unix socket. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = listening.accept();
                Thread.ofVirtual().start(() -> serve(channel));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
            OutputStream out = Channels.newOutputStream(channel);
            boolean open = kind == null ? direct() : kind == Proxy.Kind.SOCKS5 ? socks(in, out) : http(in, out);
            if (open) {
                try (Socket to = new Socket(server.getAddress(), server.getPort())) {
                    Thread up = Thread.ofVirtual().start(() -> {
                        pump(in, to);
                    });
                    to.getInputStream().transferTo(out);
                    up.interrupt();
                }
            }
        } catch (IOException e) {
            // One of the two has left.
        }
    }

    private static void pump(InputStream in, Socket to) {
        try {
            in.transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // One of the two has left.
        }
    }

    private boolean direct() {
        requests.add("direct");
        return true;
    }

    private boolean socks(DataInputStream in, OutputStream out) throws IOException {
        in.readByte();
        List<Integer> methods = new CopyOnWriteArrayList<>();
        for (byte method : in.readNBytes(in.readByte())) {
            methods.add((int) method);
        }
        boolean login = wants.contains(":");
        if (login && !methods.contains(2)) {
            out.write(new byte[] {5, (byte) 0xff});
            return false;
        }
        out.write(new byte[] {5, (byte) (login ? 2 : 0)});
        if (login) {
            in.readByte();
            String user = new String(in.readNBytes(in.readByte()), StandardCharsets.UTF_8);
            String password = new String(in.readNBytes(in.readByte()), StandardCharsets.UTF_8);
            boolean fits = wants.equals(user + ":" + password);
            out.write(new byte[] {1, (byte) (fits ? 0 : 1)});
            if (!fits) {
                return false;
            }
        }
        in.readNBytes(4);
        InetAddress address = InetAddress.getByAddress(in.readNBytes(4));
        boolean refuse = wants.equals("refuse") || wants.equals("forbid");
        if (!refuse) {
            requests.add(address.getHostAddress() + ":" + in.readUnsignedShort());
        }
        out.write(new byte[] {
            5, (byte) (wants.equals("refuse") ? 5 : wants.equals("forbid") ? 2 : 0), 0, 1, 0, 0, 0, 0, 0, 0
        });
        return !refuse;
    }

    private boolean http(DataInputStream in, OutputStream out) throws IOException {
        StringBuilder header = new StringBuilder();
        while (header.indexOf("\r\n\r\n") < 0) {
            header.append((char) in.readByte());
        }
        String text = header.toString();
        String basic = Base64.getEncoder().encodeToString(wants.getBytes(StandardCharsets.UTF_8));
        if (wants.equals("refuse")
                || wants.equals("forbid")
                || wants.contains(":") && !text.contains("Basic " + basic + "\r\n")) {
            String status = switch (wants) {
                case "refuse" -> "502 Bad Gateway";
                case "forbid" -> "403 Forbidden";
                default -> "407 Proxy Authentication Required";
            };
            out.write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return false;
        }
        requests.add(text.split(" ")[1]);
        out.write("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return true;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        try {
            accepting.join(); // Only then is a connection refused.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
