package dev.nexthop.tls;

import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.X509TrustManager;

/** Judges the certificate of a server: its path to a trust anchor (RFC 5280) and its names (RFC 9525). */
final class Certificates {
    private Certificates() {}

    /**
     * The first fault of a chain.
     *
     * @param chain as the server sent it, its own first
     * @param server the name or address that the connection was meant for
     * @param anchors whom to believe
     * @return one phrase, or empty when there is no fault
     */
    static Optional<String> fault(X509Certificate[] chain, String server, X509TrustManager anchors) {
        if (chain.length == 0) {
            return Optional.of("the server sent no certificate");
        }
        X509Certificate own = chain[0];
        try {
            own.checkValidity();
        } catch (CertificateExpiredException e) {
            return Optional.of("it has expired");
        } catch (CertificateNotYetValidException e) {
            return Optional.of("it is not valid yet");
        }
        try {
            anchors.checkServerTrusted(chain, "UNKNOWN"); // The key exchange is TLS's business; this is the path's.
        } catch (CertificateException e) {
            boolean selfSigned = own.getSubjectX500Principal().equals(own.getIssuerX500Principal());
            return Optional.of(
                    selfSigned ? "it is self-signed and no trust anchor" : "no path to a trust anchor: " + cause(e));
        }
        if (!ServerIdentity.matches(own, server)) {
            return Optional.of("it does not name " + server);
        }
        return Optional.empty();
    }

    /**
     * A certificate in words: subject, names, validity, issuer.
     *
     * @param certificate the server's own
     */
    static String describe(X509Certificate certificate) {
        return "subject \"" + name(certificate.getSubjectX500Principal().getName()) + "\", names "
                + ServerIdentity.describe(certificate) + ", valid "
                + day(certificate.getNotBefore().toInstant()) + " to "
                + day(certificate.getNotAfter().toInstant()) + ", issuer \""
                + name(certificate.getIssuerX500Principal().getName()) + "\"";
    }

    static String name(String principal) {
        return ServerIdentity.printable(principal);
    }

    private static String day(Instant instant) {
        return instant.toString().substring(0, 10);
    }

    private static String cause(Throwable e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return ServerIdentity.printable(String.valueOf(deepest.getMessage()));
    }
}
