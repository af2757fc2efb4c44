package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Plays a conversation written as {@code C:} and {@code S:} lines. Neighbouring C lines go out in one write, as
 * pipelining does. {@code C|} sends what follows without CRLF, with \r \n \0 \t \\ understood. In S lines * stands for
 * anything. {@code S END} waits for the server to close.
 */
final class Dialogue implements AutoCloseable {
    /** No test waits longer for one reply. */
    private static final int PATIENCE = 20_000;

    private Socket socket;
    private InputStream in;

    Dialogue(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE);
        in = socket.getInputStream();
    }

    Dialogue play(String script) throws IOException {
        ByteArrayOutputStream group = new ByteArrayOutputStream();
        for (String line : script.lines().toList()) {
            if (line.startsWith("C:")) {
                String text = line.length() > 2 ? line.substring(3) : "";
                group.writeBytes((text + "\r\n").getBytes(StandardCharsets.UTF_8));
            } else if (line.startsWith("C|")) {
                group.writeBytes(unescape(line.substring(3)).getBytes(StandardCharsets.UTF_8));
            } else if (line.startsWith("S:")) {
                send(group);
                expect(line.length() > 2 ? line.substring(3) : "");
            } else if (line.equals("S END")) {
                send(group);
                assertThat(readLine()).as("the server closes").isEqualTo("END");
            } else if (!line.isBlank()) {
                throw new IllegalArgumentException("not a line of a dialogue: " + line);
            }
        }
        send(group);
        return this;
    }

    /** Sends octets as they are. */
    Dialogue send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Begins TLS; the other side must be at the same point. */
    Dialogue startTls(SSLContext trust) throws IOException {
        SSLSocket secure = (SSLSocket) trust.getSocketFactory().createSocket(socket, "localhost", 0, true);
        secure.startHandshake();
        socket = secure;
        in = secure.getInputStream();
        return this;
    }

    String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                return line.size() == 0 ? "END" : line.toString(StandardCharsets.UTF_8) + " END";
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.UTF_8);
                assertThat(text).as("replies end with CRLF").endsWith("\r");
                return text.substring(0, text.length() - 1);
            }
            line.write(b);
        }
    }

    private void send(ByteArrayOutputStream group) throws IOException {
        if (group.size() > 0) {
            send(group.toByteArray());
            group.reset();
        }
    }

    private void expect(String pattern) throws IOException {
        String regex = Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        assertThat(readLine()).matches(text -> text.matches(regex), "S: " + pattern);
    }

    private static String unescape(String text) {
        return text.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\0", "\0")
                .replace("\\t", "\t");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
