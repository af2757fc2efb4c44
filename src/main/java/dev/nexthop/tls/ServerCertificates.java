package dev.nexthop.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** This server's own certificates: a client sees the one whose names hold the server name it asked for (RFC 6066 §3). */
public final class ServerCertificates {
    private ServerCertificates() {}

    /**
     * A certificate and its key.
     *
     * @param chain the certificate, then those above it; at least one
     * @param key its private key; never shown
     * @param preferred whether clients that name no server, or one that nobody has, see it
     */
    public record Identity(List<X509Certificate> chain, PrivateKey key, boolean preferred) {
        /** Copies the chain. */
        public Identity {
            chain = List.copyOf(chain);
        }

        @Override
        public String toString() {
            return "Identity[" + chain.getFirst().getSubjectX500Principal() + "]";
        }
    }

    /**
     * A context for listeners.
     *
     * @param identities at least one; without a preferred one the first is shown to clients that name no server
     * @throws GeneralSecurityException when this JDK has no TLS
     */
    public static SSLContext context(List<Identity> identities) throws GeneralSecurityException {
        if (identities.isEmpty()) {
            throw new IllegalArgumentException("a listener with TLS has at least one certificate");
        }
        SSLContext context = SSLContext.getInstance("TLS");
        // No client certificates are asked for, so nobody is trusted.
        context.init(new KeyManager[] {new ByServerName(identities)}, new TrustManager[0], null);
        return context;
    }

    /** Chooses by the name that the client asked for. Aliases are indexes into the list. */
    private static final class ByServerName extends X509ExtendedKeyManager {
        private final List<Identity> identities;
        private final List<List<String>> names = new ArrayList<>();

        ByServerName(List<Identity> identities) {
            this.identities = List.copyOf(identities);
            this.identities.forEach(
                    identity -> names.add(namesOf(identity.chain().getFirst())));
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return socket instanceof SSLSocket tls ? choose(keyType, tls.getHandshakeSession()) : choose(keyType, null);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return choose(keyType, engine == null ? null : engine.getHandshakeSession());
        }

        private @Nullable String choose(String keyType, @Nullable SSLSession session) {
            String wanted = session instanceof ExtendedSSLSession extended
                    ? serverName(extended.getRequestedServerNames())
                    : "";
            int best = -1;
            int rank = -1;
            for (int i = 0; i < identities.size(); i++) {
                Identity identity = identities.get(i);
                int current =
                        names.get(i).stream().anyMatch(name -> covers(name, wanted)) ? 2 : identity.preferred() ? 1 : 0;
                if (keyType.startsWith(identity.key().getAlgorithm()) && current > rank) {
                    best = i;
                    rank = current;
                }
            }
            return best < 0 ? null : Integer.toString(best);
        }

        private static String serverName(List<SNIServerName> asked) {
            for (SNIServerName name : asked) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName().toLowerCase(Locale.ROOT);
                }
            }
            return "";
        }

        /** RFC 9525 §6.3: a wildcard stands for exactly the leftmost label. */
        private static boolean covers(String name, String wanted) {
            int dot = wanted.indexOf('.');
            return name.equals(wanted)
                    || name.startsWith("*.") && dot > 0 && name.substring(1).equals(wanted.substring(dot));
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return identities.get(Integer.parseInt(alias)).chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identities.get(Integer.parseInt(alias)).key();
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            List<String> aliases = new ArrayList<>();
            for (int i = 0; i < identities.size(); i++) {
                if (keyType.startsWith(identities.get(i).key().getAlgorithm())) {
                    aliases.add(Integer.toString(i));
                }
            }
            return aliases.toArray(String[]::new);
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        private static List<String> namesOf(X509Certificate certificate) {
            List<String> names = new ArrayList<>();
            try {
                Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
                if (alternatives != null) {
                    for (List<?> alternative : alternatives) {
                        if (Integer.valueOf(2).equals(alternative.get(0))) { // dNSName, RFC 5280 §4.2.1.6
                            names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
                        }
                    }
                }
            } catch (CertificateParsingException e) {
                // Its names can't be read, so no server name chooses it; it still serves as the preferred one.
                return List.of();
            }
            return names;
        }
    }
}
