package dev.nexthop.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that we show to a server that asks for one (RFC 8446 §4.4.2). Two of them are equal when chain
 * and key are, so that connections with different certificates are never taken for each other.
 */
public final class ClientIdentity {
    private final List<X509Certificate> chain;
    private final PrivateKey key;

    /**
     * A certificate and its key.
     *
     * @param chain the certificate, then those above it; at least one
     * @param key its private key; never shown
     */
    public ClientIdentity(List<X509Certificate> chain, PrivateKey key) {
        this.chain = List.copyOf(chain);
        this.key = key;
        if (this.chain.isEmpty()) {
            throw new IllegalArgumentException("a client certificate is at least one certificate");
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientIdentity that && chain.equals(that.chain) && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return chain.hashCode();
    }

    @Override
    public String toString() {
        return "ClientIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
    }

    X509ExtendedKeyManager keyManager() {
        return new Always(chain, key);
    }

    /** Shows the one certificate, whatever authorities the server names: it says itself when it wants another. */
    private static final class Always extends X509ExtendedKeyManager {
        private static final String ALIAS = "client";

        private final List<X509Certificate> chain;
        private final PrivateKey key;

        Always(List<X509Certificate> chain, PrivateKey key) {
            this.chain = chain;
            this.key = key;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            String algorithm = key.getAlgorithm();
            for (String type : types) {
                boolean fits = type.equals(algorithm)
                        || type.startsWith(algorithm + "_")
                        || type.equals("EdDSA") && algorithm.startsWith("Ed")
                        || type.equals("RSASSA-PSS") && algorithm.equals("RSA");
                if (fits) {
                    return ALIAS;
                }
            }
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }

        @Override
        public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
