package dev.nexthop.tls;

import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.mail.TlsFault;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Starts TLS 1.2 or later on a connected socket and judges who is at the other end.
 *
 * <p>The handshake itself believes everybody; the certificate is judged right behind it, before any octet of mail or
 * password is written. So one piece of code decides for every kind of check, and a resumed session, for which the JDK
 * asks no trust manager, is judged like a new one: by the demand of its own connection, whatever the session was first begun
 * for. A session that was good enough for settings proves nothing to DANE or to an MTA-STS policy.
 */
public final class TlsClient {
    private final SSLContext context;
    private final Map<ClientIdentity, SSLContext> contexts = new WeakHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final TrustAnchors anchors;

    /**
     * Prepares the context whose sessions are resumed; certificates of ours have one each, so that no session begun with
     * one is resumed without it.
     *
     * @param ca a PEM file of trust anchors for every connection, {@code queue.outbound.tls.ca}
     */
    public TlsClient(Optional<Path> ca) {
        anchors = new TrustAnchors(ca);
        context = context(null);
    }

    private static SSLContext context(KeyManager @Nullable [] keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {new JudgedLater()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java can't speak TLS", e);
        }
    }

    private SSLContext contextFor(TlsDemand demand) {
        if (demand.identity().isEmpty()) {
            return context;
        }
        ClientIdentity identity = demand.identity().get();
        lock.lock();
        try {
            return contexts.computeIfAbsent(identity, one -> context(new KeyManager[] {one.keyManager()}));
        } finally {
            lock.unlock();
        }
    }

    /**
     * A connection after its handshake.
     *
     * @param socket speaks TLS; closing it closes the socket below
     * @param verdict encrypted to whom
     */
    public record Secured(SSLSocket socket, TlsVerdict verdict) {}

    /**
     * Does the handshake. It blocks; the caller bounds its time by closing the socket.
     *
     * @param plain the connected socket
     * @param demand how secure it must be
     * @param host the host's name, or its IP address without brackets, unless the demand names another
     * @return the connection and what it is worth
     * @throws TlsException when the handshake fails, or the certificate is refused; one sentence
     * @throws IOException when the connection fails
     */
    public Secured start(Socket plain, TlsDemand demand, String host) throws IOException {
        String server = server(demand, host);
        if (demand.strength().versions().isEmpty()) {
            throw new TlsException("no TLS with " + server + ": no suite of tls.ciphers is one of TLS "
                    + demand.strength().least() + " or newer, as tls.min-version wants");
        }
        String ascii = ServerIdentity.ascii(server)
                .orElseThrow(() -> new TlsException("no TLS with " + ServerIdentity.printable(server)
                        + ": it is no name that DNS and certificates could hold"));
        SSLSocket socket =
                (SSLSocket) contextFor(demand).getSocketFactory().createSocket(plain, ascii, plain.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        demand.strength().apply(parameters);
        parameters.setServerNames(indication(ascii));
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (SSLException e) {
            throw new TlsException("TLS handshake with " + server + " failed: " + words(e) + wanted(demand, e), e);
        }
        return new Secured(socket, judge(socket.getSession(), demand, server));
    }

    /** What this side wanted of the handshake, where that may be why it failed. */
    private static String wanted(TlsDemand demand, SSLException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).replace('_', ' ');
        boolean matters = !demand.strength().equals(TlsStrength.DEFAULT) || message.contains("protocol version");
        return matters ? "; wanted is " + demand.strength() : "";
    }

    /** RFC 7672 §8.1: under DANE the server is asked for by its TLSA base domain. */
    private static String server(TlsDemand demand, String host) {
        return switch (demand.policy()) {
            case TlsPolicy.Dane(TlsaSet set) -> set.base();
            case TlsPolicy.Encrypted(String base) when demand.checkInForce() == CertificateCheck.NEVER -> base;
            case TlsPolicy.Sts _ -> host; // RFC 8461 §4.1: the name that the policy was asked about.
            case TlsPolicy.Encrypted _, TlsPolicy.Settings _, TlsPolicy.Remembered _, TlsPolicy.Testing _ ->
                demand.serverName().orElse(host);
        };
    }

    /**
     * Whom connections with a demand believe, as a text: connections may only be shared where it is the same.
     *
     * @param demand how secure they must be
     * @throws TlsException when a file of trust anchors can't be used
     */
    public String trust(TlsDemand demand) throws TlsException {
        return anchors.stamp(demand.ca());
    }

    /**
     * What is refused is not resumed: the chain of a resumed session is that of its first handshake, and the server may have
     * another by now, so that the next connection must ask for it.
     */
    private TlsVerdict judge(SSLSession session, TlsDemand demand, String server) throws IOException {
        try {
            return judged(session, demand, server);
        } catch (TlsException e) {
            session.invalidate();
            throw e;
        } catch (RuntimeException e) {
            // A hostile server's keys, certificates and OCSP responses make providers throw what they do not declare.
            session.invalidate();
            throw new TlsException(
                    "the certificate of " + server + " is refused: it can't be judged: "
                            + ServerIdentity.printable(String.valueOf(e)),
                    e);
        }
    }

    private TlsVerdict judged(SSLSession session, TlsDemand demand, String server) throws IOException {
        X509Certificate[] chain = chain(session);
        TlsVerdict pinned = demand.pins().isEmpty() ? null : pinned(session, demand, server, chain);
        if (demand.policy() instanceof TlsPolicy.Dane(TlsaSet set)) {
            return dane(session, set, server, chain);
        }
        if (pinned == null || demand.policy() instanceof TlsPolicy.Sts) { // A pin of ours takes nothing from a policy.
            return byPath(session, demand, server, chain);
        }
        return pinned;
    }

    private TlsVerdict byPath(SSLSession session, TlsDemand demand, String server, X509Certificate[] chain)
            throws TlsException {
        String protocol = session.getProtocol();
        String cipher = session.getCipherSuite();
        CertificateCheck check = demand.checkInForce();
        if (check == CertificateCheck.NEVER) {
            return demand.policy() instanceof TlsPolicy.Encrypted(String base)
                    ? new TlsVerdict.Encrypted(protocol, cipher, base)
                    : new TlsVerdict.Unverified(protocol, cipher, "nobody looked at the certificate");
        }
        X509TrustManager believed;
        try {
            believed = anchors.with(demand.ca());
        } catch (TlsException e) {
            if (demand.policy() instanceof TlsPolicy.Testing && demand.check() == CertificateCheck.NEVER) {
                // Only the test looks, and it must not block (RFC 8461 §5).
                return new TlsVerdict.Unverified(protocol, cipher, String.valueOf(e.getMessage()));
            }
            throw e;
        }
        Optional<CertificateFault> found = Certificates.fault(chain, server, believed)
                .or(() -> Stapled.revocation(chain, stapled(session), believed)
                        .map(words -> new CertificateFault(words, TlsFault.CERTIFICATE_NOT_TRUSTED)));
        if (found.isEmpty()) {
            String subject =
                    Certificates.name(chain[0].getSubjectX500Principal().getName());
            return demand.policy() instanceof TlsPolicy.Sts
                    ? new TlsVerdict.Sts(protocol, cipher, subject)
                    : new TlsVerdict.Verified(protocol, cipher, subject);
        }
        CertificateFault fault = found.get();
        if (check == CertificateCheck.REQUIRE) {
            throw refused(server, fault.words(), chain, fault.fault());
        }
        return new TlsVerdict.Unverified(protocol, cipher, fault.words(), Optional.of(fault.fault()));
    }

    private static TlsVerdict dane(SSLSession session, TlsaSet set, String server, X509Certificate[] chain)
            throws TlsException {
        return switch (DaneCheck.of(set, chain)) {
            case DaneCheck.Result.Matched(TlsaRecord record) ->
                new TlsVerdict.Dane(session.getProtocol(), session.getCipherSuite(), record);
            case DaneCheck.Result.Refused(CertificateFault fault) ->
                throw refused(server, fault.words(), chain, fault.fault());
        };
    }

    private static TlsException refused(String server, String why, X509Certificate[] chain, TlsFault fault) {
        return new TlsException(
                "the certificate of " + server + " is refused: " + why + Certificates.describe(chain), fault);
    }

    private static TlsVerdict pinned(SSLSession session, TlsDemand demand, String server, X509Certificate[] chain)
            throws TlsException {
        if (chain.length == 0) {
            throw new TlsException("the certificate of " + server + " is pinned, and the server sent none");
        }
        Fingerprint own = Fingerprint.of(chain[0]);
        if (!demand.pins().contains(own)) {
            throw refused(
                    server,
                    "its fingerprint " + own + " is not among those configured",
                    chain,
                    TlsFault.CERTIFICATE_NOT_TRUSTED);
        }
        return new TlsVerdict.Pinned(session.getProtocol(), session.getCipherSuite(), own);
    }

    /**
     * The server's certificate in words.
     *
     * @param session of a connection whose handshake is done
     * @return subject, names, validity and issuer, then who is above it; empty when the server sent none
     */
    public static Optional<String> certificate(SSLSession session) {
        X509Certificate[] chain = chain(session);
        return chain.length == 0 ? Optional.empty() : Optional.of(Certificates.words(chain));
    }

    private static List<byte[]> stapled(SSLSession session) {
        return session instanceof ExtendedSSLSession extended ? extended.getStatusResponses() : List.of();
    }

    private static X509Certificate[] chain(SSLSession session) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate certificate : session.getPeerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    chain.add(x509);
                }
            }
        } catch (SSLPeerUnverifiedException e) {
            return new X509Certificate[0]; // No certificate at all, which is a fault that the judge names.
        }
        return chain.toArray(X509Certificate[]::new);
    }

    /** RFC 6066 §3: names only, never addresses. */
    private static List<SNIServerName> indication(String server) {
        if (ServerIdentity.literal(server) != null) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(server));
        } catch (IllegalArgumentException e) {
            return List.of(); // A name that SNI can't carry; the certificate is still compared with it.
        }
    }

    private static String words(SSLException e) {
        return ServerIdentity.printable(String.valueOf(e.getMessage()));
    }

    /** Lets the handshake finish, so that {@link #judge} can look at what came out of it. */
    private static final class JudgedLater extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw serversOnly();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {
            throw serversOnly();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw serversOnly();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }

        private static UnsupportedOperationException serversOnly() {
            return new UnsupportedOperationException("this is the client's side of TLS");
        }
    }
}
