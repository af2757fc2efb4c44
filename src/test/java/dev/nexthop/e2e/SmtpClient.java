package dev.nexthop.e2e;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A client that says exactly what the test says, and reads the replies. */
final class SmtpClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** A whole reply. */
    record Reply(int code, List<String> lines) {
        boolean positive() {
            return code / 100 == 2;
        }

        @Override
        public String toString() {
            return String.join("\n", lines);
        }
    }

    private SmtpClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(READ_TIMEOUT_MS);
        in = new BufferedInputStream(socket.getInputStream());
        out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
    }

    /** Connects and reads the greeting. */
    static SmtpClient connect(Network network, InetSocketAddress address) throws IOException {
        SmtpClient client = new SmtpClient(network.connect(address));
        Reply greeting = client.read();
        if (greeting.code() != 220) {
            client.close();
            throw new IOException("greeting: " + greeting);
        }
        return client;
    }

    /** Connects, reads the greeting and says EHLO. */
    static SmtpClient ready(Network network, InetSocketAddress address) throws IOException {
        SmtpClient client = connect(network, address);
        client.say("EHLO client.example");
        return client;
    }

    /** STARTTLS, and EHLO behind it; the certificate is not this client's business, and this client is used no more. */
    // The new client is handed to the caller, who closes it, and with it this one.
    @SuppressWarnings("resource")
    SmtpClient secured() throws IOException, GeneralSecurityException {
        Reply reply = say("STARTTLS");
        if (reply.code() != 220) {
            throw new IOException("STARTTLS: " + reply);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        SSLSocket over = (SSLSocket) context.getSocketFactory().createSocket(socket, "", socket.getPort(), true);
        over.startHandshake();
        SmtpClient client = new SmtpClient(over);
        client.say("EHLO client.example");
        return client;
    }

    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Sends one line and reads the reply. */
    Reply say(String line) throws IOException {
        write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        return read();
    }

    /** Sends the content, dots stuffed (RFC 5321 §4.5.2), and the end; the content ends in CRLF. */
    Reply content(byte[] message) throws IOException {
        write(stuffed(message));
        return read();
    }

    /** One whole transaction; the reply to the final dot, or the first refusal. */
    Reply send(String sender, List<String> recipients, byte[] message) throws IOException {
        Reply reply = say("MAIL FROM:<" + sender + ">" + (eightBit(message) ? " BODY=8BITMIME" : ""));
        for (int i = 0; reply.positive() && i < recipients.size(); i++) {
            reply = say("RCPT TO:<" + recipients.get(i) + ">");
        }
        if (!reply.positive()) {
            return reply;
        }
        reply = say("DATA");
        return reply.code() == 354 ? content(message) : reply;
    }

    /** The same for one recipient with the commands in one write (RFC 2920). */
    Reply pipelined(String sender, String recipient, byte[] message) throws IOException {
        write(("MAIL FROM:<" + sender + ">\r\nRCPT TO:<" + recipient + ">\r\nDATA\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        Reply worst = read();
        for (int i = 0; i < 2; i++) {
            Reply reply = read();
            worst = worst.code() / 100 > 3 ? worst : reply;
        }
        return worst.code() == 354 ? content(message) : worst;
    }

    /** AUTH PLAIN (RFC 4616) with the initial response. */
    Reply login(String user, String secret) throws IOException {
        byte[] response = ("\0" + user + "\0" + secret).getBytes(StandardCharsets.UTF_8);
        return say("AUTH PLAIN " + Base64.getEncoder().encodeToString(response));
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    private Reply read() throws IOException {
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = line();
            lines.add(line);
            if (line.length() < 4 || line.charAt(3) != '-') {
                return new Reply(Integer.parseInt(line.substring(0, 3)), lines);
            }
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new EOFException("the server hung up after: " + bytes);
            }
            bytes.write(octet);
        }
        return bytes.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    private static boolean eightBit(byte[] message) {
        for (byte octet : message) {
            if (octet < 0) {
                return true;
            }
        }
        return false;
    }

    private static byte[] stuffed(byte[] message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.length + 64);
        boolean lineStart = true;
        for (byte octet : message) {
            if (lineStart && octet == '.') {
                bytes.write('.');
            }
            bytes.write(octet);
            lineStart = octet == '\n';
        }
        bytes.writeBytes(".\r\n".getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
