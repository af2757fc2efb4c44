package dev.nexthop.tls;

import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** The cipher suites of this JDK, by the names that it shares with IANA's registry, and what they are worth (RFC 9325 §4). */
public final class CipherSuites {
    private static final String SIGNAL = "_SCSV";

    private CipherSuites() {}

    /** What a suite is worth. */
    public sealed interface Worth {
        /** RFC 9325 §4.2 recommends it, or it is one of TLS 1.3. */
        record Good() implements Worth {}

        /**
         * It may be used, and there are better ones.
         *
         * @param why one clause
         */
        record Weak(String why) implements Worth {}

        /**
         * It is never used.
         *
         * @param why one clause
         */
        record Forbidden(String why) implements Worth {}
    }

    /** All that this JDK can use, the best first; what its security properties switch off is not among them. */
    public static List<String> known() {
        try {
            return Arrays.stream(
                            SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites())
                    .filter(suite -> !suite.endsWith(SIGNAL))
                    .toList();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java can't speak TLS", e);
        }
    }

    /**
     * The version that a suite is of: those of TLS 1.3 name no key exchange (RFC 8446 §B.4).
     *
     * @param suite such as {@code TLS_AES_128_GCM_SHA256}
     */
    public static TlsVersion version(String suite) {
        return suite.contains("_WITH_") ? TlsVersion.V1_2 : TlsVersion.V1_3;
    }

    /**
     * What a suite is worth by its name, whether this JDK knows it or not.
     *
     * @param suite its name in any case
     */
    public static Worth worth(String suite) {
        String name = suite.toUpperCase(Locale.ROOT);
        return forbidden(name)
                .<Worth>map(Worth.Forbidden::new)
                .or(() -> weak(name).map(Worth.Weak::new))
                .orElseGet(Worth.Good::new);
    }

    private static Optional<String> forbidden(String name) {
        String why = "";
        if (name.contains("_ANON_")) {
            why = "nobody shows a certificate, so that anybody can sit in the middle";
        } else if (name.contains("_NULL_")) {
            why = "nothing is encrypted (RFC 9325 §4.1)";
        } else if (name.contains("EXPORT") || name.contains("_DES_") || name.contains("DES40")) {
            why = "its keys are too short (RFC 9325 §4.1)";
        } else if (name.contains("RC4") || name.contains("3DES") || name.contains("_RC2_")) {
            why = "its cipher is broken (RFC 9325 §4.1)";
        } else if (name.startsWith("TLS_RSA_") || name.startsWith("SSL_RSA_")) {
            why = "whoever gets the server's key later can read what was recorded: RSA key transport (RFC 9325 §4.1)";
        } else if (name.startsWith("TLS_DH_") || name.startsWith("TLS_ECDH_")) {
            why = "whoever gets the server's key later can read what was recorded: static Diffie-Hellman"
                    + " (RFC 9325 §4.1)";
        } else if (name.endsWith("_MD5")) {
            why = "MD5 proves nothing";
        }
        return why.isEmpty() ? Optional.empty() : Optional.of(why);
    }

    private static Optional<String> weak(String name) {
        String why = "";
        if (name.contains("_CBC_")) {
            why = "CBC mode without encrypt-then-MAC, which this JDK does not have (RFC 9325 §4.2)";
        } else if (name.contains("_DHE_")) {
            why = "Diffie-Hellman over a group that the server chooses, perhaps a weak one (RFC 9325 §4.2)";
        }
        return why.isEmpty() ? Optional.empty() : Optional.of(why);
    }
}
