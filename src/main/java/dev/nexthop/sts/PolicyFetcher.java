package dev.nexthop.sts;

import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Resolver;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.StsAnswer.Trouble;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the policy of a domain by HTTPS (RFC 8461 §3.3): one request on one connection, whose certificate must name the policy
 * host and lead to a trust anchor; no redirect is followed, nothing is cached, and no proxy is asked. Addresses come from the
 * resolver that everything else comes from.
 */
public final class PolicyFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyFetcher.class);

    /** Addresses tried of each family. */
    private static final int MOST_ADDRESSES = 3;

    private static final TlsDemand DEMAND =
            new TlsDemand(true, StartTls.REQUIRE, CertificateCheck.REQUIRE, Optional.empty(), Optional.empty());

    private final Resolver resolver;
    private final TlsClient tls;
    private final Reach reach;

    /**
     * Where it may go.
     *
     * @param port of policy hosts
     * @param refusal why an address is not connected to, empty when it is: a domain must not make us talk to our own network
     */
    public record Reach(int port, Function<InetAddress, Optional<String>> refusal) {
        /** The port of HTTPS. */
        public static final int HTTPS = 443;
    }

    /** What came of it. */
    public sealed interface Fetched {
        /**
         * There is a policy.
         *
         * @param file what it says
         */
        record Policy(PolicyFile file) implements Fetched {}

        /**
         * There is none to be had.
         *
         * @param trouble why not
         */
        record Failed(Trouble trouble) implements Fetched {}
    }

    /**
     * A fetcher.
     *
     * @param resolver knows addresses
     * @param tls knows trust anchors
     * @param reach where it may go
     */
    public PolicyFetcher(Resolver resolver, TlsClient tls, Reach reach) {
        this.resolver = resolver;
        this.tls = tls;
        this.reach = reach;
    }

    /**
     * Fetches the policy of a domain. It blocks, and never throws.
     *
     * @param domain a name in A-labels
     * @param patience how long all of it may take
     */
    public Fetched fetch(String domain, Duration patience) {
        String host = "mta-sts." + domain;
        long end = System.nanoTime() + patience.toNanos();
        try {
            return fetched(host, addresses(host), end);
        } catch (RefusedException e) {
            return failed(TlsFault.STS_POLICY_FETCH_ERROR, String.valueOf(e.getMessage()));
        } catch (InvalidPolicyException e) {
            return failed(
                    TlsFault.STS_POLICY_INVALID, "https://" + host + " has a policy that is none: " + e.getMessage());
        } catch (TlsException e) {
            // A cause is that of a handshake, or of a file of ours; without one it is the certificate.
            TlsFault fault = e.getCause() == null ? TlsFault.STS_WEBPKI_INVALID : TlsFault.STS_POLICY_FETCH_ERROR;
            return failed(fault, "https://" + host + " can't be believed: " + e.getMessage());
        } catch (IOException e) {
            String why = end - System.nanoTime() <= 0
                    ? "no policy within " + patience.toMillis() + " ms"
                    : String.valueOf(e.getMessage());
            return failed(TlsFault.STS_POLICY_FETCH_ERROR, "https://" + host + " gives no policy: " + why);
        }
    }

    private List<InetAddress> addresses(String host) throws RefusedException {
        return switch (resolver.addresses(host)) {
            case AddressAnswer.Addresses found -> allowed(host, found);
            case AddressAnswer.None none ->
                throw new RefusedException("the policy host " + host + " has no address: " + none.reason());
            case AddressAnswer.TryLater later ->
                throw new RefusedException(
                        "the address of the policy host " + host + " is not known: " + later.reason());
        };
    }

    private List<InetAddress> allowed(String host, AddressAnswer.Addresses found) throws RefusedException {
        List<InetAddress> all = new ArrayList<>();
        found.v4().stream().limit(MOST_ADDRESSES).forEach(all::add);
        found.v6().stream().limit(MOST_ADDRESSES).forEach(all::add);
        List<InetAddress> allowed = all.stream()
                .filter(address -> reach.refusal().apply(address).isEmpty())
                .toList();
        if (allowed.isEmpty() && !all.isEmpty()) {
            InetAddress first = all.getFirst();
            throw new RefusedException("the policy host " + host + " is not asked: " + first.getHostAddress() + " is "
                    + reach.refusal().apply(first).orElse(""));
        }
        return allowed;
    }

    /** The next address is for who can't be connected to; what a connection leads to is the answer. */
    private Fetched fetched(String host, List<InetAddress> addresses, long end)
            throws IOException, InvalidPolicyException {
        IOException last = new IOException("there is no address");
        for (int i = 0; i < addresses.size(); i++) {
            long share = (end - System.nanoTime()) / (addresses.size() - i) / 1_000_000;
            try (Socket socket = new Socket()) {
                InetAddress address = addresses.get(i);
                try {
                    socket.connect(
                            new InetSocketAddress(address, reach.port()), Math.clamp(share, 1, Integer.MAX_VALUE));
                } catch (IOException e) {
                    last = new IOException("no connection to " + address.getHostAddress() + ": " + e.getMessage(), e);
                    continue;
                }
                try (Limit _ = new Limit(socket, end)) {
                    return read(answer(socket, host));
                }
            }
        }
        throw last;
    }

    private HttpAnswer answer(Socket plain, String host) throws IOException {
        SSLSocket socket = tls.start(plain, DEMAND, host).socket();
        String request = """
                GET /.well-known/mta-sts.txt HTTP/1.1
                Host: %s
                User-Agent: nexthop
                Accept: text/plain
                Connection: close

                """.formatted(host).replace("\n", "\r\n");
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return HttpAnswer.read(new BufferedInputStream(socket.getInputStream()), PolicyFile.MAX_OCTETS);
    }

    private static Fetched read(HttpAnswer answer) throws InvalidPolicyException, IOException {
        if (answer.status() != 200) {
            boolean elsewhere = answer.status() / 100 == 3;
            throw new IOException(
                    "status " + answer.status() + (elsewhere ? ", and redirects are not followed" : " instead of 200"));
        }
        if (!answer.type().equals("text/plain")) {
            throw new IOException("the media type is not text/plain");
        }
        return new Fetched.Policy(PolicyFile.parse(answer.body()));
    }

    private static Fetched failed(TlsFault fault, String reason) {
        return new Fetched.Failed(new Trouble(fault, reason));
    }

    /** Nobody is connected to. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Ends a connection at a moment, whatever it does then. Timeouts of sockets bound single reads, and no write; the socket below
     * that of TLS is closed, because closing that of TLS may itself wait.
     */
    private static final class Limit implements AutoCloseable {
        private final CountDownLatch done = new CountDownLatch(1);

        Limit(Socket socket, long end) {
            Thread.ofVirtual().name("mta-sts-limit").start(() -> {
                try (socket) {
                    var _ = done.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // The connection ends, which is all that there was to do.
                } catch (IOException e) {
                    LOG.debug("closing the connection to a policy host failed", e);
                }
            });
        }

        @Override
        public void close() {
            done.countDown();
        }
    }
}
