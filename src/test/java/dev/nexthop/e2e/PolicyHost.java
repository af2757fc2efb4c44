package dev.nexthop.e2e;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * The web server of a policy domain of MTA-STS (RFC 8461 §3.3), which speaks TLS with whatever certificate it is given and
 * answers every request with the same octets, or badly.
 *
 * <pre>
 * TestCertificates ca = new TestCertificates();
 * try (PolicyHost host = PolicyHost.on(socket, ca.server("mta-sts.example.org")).serve(PolicyHost.enforce("mx.example.org"))) {
 *     …  // the server under test believes ca.pem(directory) by queue.outbound.tls.ca
 * }
 * </pre>
 */
public final class PolicyHost implements AutoCloseable {
    private static final long DRIP_MILLIS = 20;

    private final ServerSocket listener;
    private final Collection<Socket> connections = new ConcurrentLinkedQueue<>();
    private final Collection<String> requests = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile SSLContext tls;
    private volatile Answer answer = new Answer(new byte[0], Pace.NEVER);

    private record Answer(byte[] octets, Pace pace) {}

    private enum Pace {
        /** All at once. */
        SWIFT,
        /** One octet after the other, with a pause between them. */
        DRIPPING,
        /** Not even a handshake. */
        NEVER
    }

    private PolicyHost(ServerSocket listener, SSLContext tls) {
        this.listener = listener;
        this.tls = tls;
        Thread.ofPlatform().daemon().name("policy host").start(this::accept);
    }

    /** A host on a bound socket, which it closes. Until it is told what to say, it says nothing. */
    public static PolicyHost on(ServerSocket listener, SSLContext tls) {
        return new PolicyHost(listener, tls);
    }

    /** A host on a port of loopback that the kernel chooses. */
    public static PolicyHost onLoopback(SSLContext tls) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress("127.0.0.1", 0));
        return on(listener, tls);
    }

    /** A policy that is enforced for those hosts, for a week. */
    public static String enforce(String... hosts) {
        return policy("enforce", 604_800, hosts);
    }

    /** A policy. */
    public static String policy(String mode, long maxAge, String... hosts) {
        return "version: STSv1\r\nmode: " + mode + "\r\nmx: " + String.join("\r\nmx: ", hosts) + "\r\nmax_age: "
                + maxAge + "\r\n";
    }

    /** A response with that content. */
    public static String response(String status, String type, String content) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: "
                + content.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + content;
    }

    /** Serves a policy as it should from now on. */
    public PolicyHost serve(String policy) {
        return answer(response("200 OK", "text/plain", policy));
    }

    /** Answers with those octets from now on, whatever they are. */
    public PolicyHost answer(String response) {
        return answer(response.getBytes(StandardCharsets.UTF_8));
    }

    /** The same with octets that are no text. */
    public PolicyHost answer(byte[] response) {
        answer = new Answer(response, Pace.SWIFT);
        return this;
    }

    /** Answers with those octets, slowly. */
    public PolicyHost drip(String response) {
        answer = new Answer(response.getBytes(StandardCharsets.UTF_8), Pace.DRIPPING);
        return this;
    }

    /** Takes connections and says nothing. */
    public PolicyHost keepSilent() {
        answer = new Answer(new byte[0], Pace.NEVER);
        return this;
    }

    /** Shows another certificate from now on. */
    public PolicyHost certificate(SSLContext other) {
        tls = other;
        return this;
    }

    /** The port. */
    public int port() {
        return listener.getLocalPort();
    }

    /** The heads of all requests so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> converse(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void converse(Socket plain) {
        Answer now = answer;
        try (plain) {
            if (now.pace() == Pace.NEVER) {
                closed.await();
                return;
            }
            try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true)) {
                socket.startHandshake();
                requests.add(head(new BufferedInputStream(socket.getInputStream())));
                write(socket.getOutputStream(), now);
            }
        } catch (IOException e) {
            // The other side does not like the certificate, or has waited long enough: both are what tests are about.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(plain);
        }
    }

    private void write(OutputStream out, Answer now) throws IOException, InterruptedException {
        if (now.pace() == Pace.SWIFT) {
            out.write(now.octets());
            return;
        }
        for (byte octet : now.octets()) {
            out.write(octet);
            if (closed.await(DRIP_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0 || head.length() > 4_096) {
                throw new IOException("no request");
            }
            head.append((char) octet);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }
}
