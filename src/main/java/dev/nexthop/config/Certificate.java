package dev.nexthop.config;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate of this server, {@code certificate.<id>}.
 *
 * @param id its id
 * @param chain the certificate, then those above it; at least one
 * @param key its private key; never shown
 * @param preferred whether clients that name no server see it
 */
public record Certificate(String id, List<X509Certificate> chain, PrivateKey key, boolean preferred) {
    /** Copies the chain. */
    public Certificate {
        chain = List.copyOf(chain);
    }

    @Override
    public String toString() {
        return "Certificate[" + id + ", " + chain.getFirst().getSubjectX500Principal() + "]";
    }
}
