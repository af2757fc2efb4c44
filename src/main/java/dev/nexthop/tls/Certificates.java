package dev.nexthop.tls;

import dev.nexthop.mail.TlsFault;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.X509TrustManager;

/** Judges the certificate of a server: its path to a trust anchor (RFC 5280) and its names (RFC 9525). */
final class Certificates {
    private static final int MOST_ABOVE = 5;

    private Certificates() {}

    /**
     * The first fault of a chain.
     *
     * @param chain as the server sent it, its own first
     * @param server the name or address that the connection was meant for
     * @param anchors whom to believe
     * @return one phrase, or empty when there is no fault
     */
    static Optional<CertificateFault> fault(X509Certificate[] chain, String server, X509TrustManager anchors) {
        if (chain.length == 0) {
            return fault("the server sent no certificate", TlsFault.VALIDATION_FAILURE);
        }
        X509Certificate own = chain[0];
        try {
            own.checkValidity();
        } catch (CertificateExpiredException e) {
            return fault("it has expired", TlsFault.CERTIFICATE_EXPIRED);
        } catch (CertificateNotYetValidException e) {
            return fault("it is not valid yet", TlsFault.CERTIFICATE_EXPIRED);
        }
        try {
            anchors.checkServerTrusted(chain, "UNKNOWN"); // The key exchange is TLS's business; this is the path's.
        } catch (CertificateException e) {
            boolean selfSigned = own.getSubjectX500Principal().equals(own.getIssuerX500Principal());
            return fault(
                    selfSigned ? "it is self-signed and no trust anchor" : "no path to a trust anchor: " + cause(e),
                    TlsFault.CERTIFICATE_NOT_TRUSTED);
        }
        if (!ServerIdentity.matches(own, server)) {
            return fault("it does not name " + server, TlsFault.CERTIFICATE_HOST_MISMATCH);
        }
        return Optional.empty();
    }

    private static Optional<CertificateFault> fault(String words, TlsFault fault) {
        return Optional.of(new CertificateFault(words, fault));
    }

    /**
     * What a server showed, in words: its own certificate, and the subjects of those above it.
     *
     * @param chain as the server sent it, its own first
     * @return in parentheses, with a space before them; empty when there is none
     */
    static String describe(X509Certificate[] chain) {
        return chain.length == 0 ? "" : " (" + words(chain) + ")";
    }

    /** The same without parentheses, of at least one certificate. */
    static String words(X509Certificate[] chain) {
        StringBuilder above = new StringBuilder();
        for (int i = 1; i < Math.min(chain.length, 1 + MOST_ABOVE); i++) {
            above.append(i == 1 ? ", sent with \"" : ", \"")
                    .append(name(chain[i].getSubjectX500Principal().getName()))
                    .append('"');
        }
        if (chain.length > 1 + MOST_ABOVE) {
            above.append(" and ").append(chain.length - 1 - MOST_ABOVE).append(" more");
        }
        return describe(chain[0]) + above;
    }

    /**
     * A certificate in words: subject, names, validity, issuer.
     *
     * @param certificate the server's own
     */
    private static String describe(X509Certificate certificate) {
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
