package dev.nexthop.tls;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How secure one connection must be.
 *
 * @param implicit TLS from the first octet (RFC 8314 §3.3)
 * @param startTls what STARTTLS is to this hop; of no meaning with {@code implicit}
 * @param check what happens to a certificate that can't be verified
 * @param serverName the name for SNI and verification; empty for the host's own
 * @param ca a PEM file of further trust anchors
 * @param pins when there are any, the server's own certificate must be one of these, and neither its path nor its names
 *     nor its dates count, nor does {@code check}
 * @param identity our certificate, for a server that asks
 */
public record TlsDemand(
        boolean implicit,
        StartTls startTls,
        CertificateCheck check,
        Optional<String> serverName,
        Optional<Path> ca,
        Set<Fingerprint> pins,
        Optional<ClientIdentity> identity) {
    /** Copies the set. */
    public TlsDemand {
        pins = Set.copyOf(pins);
    }

    /** A demand without pins and without a certificate of ours; the parameters are those of the record. */
    public TlsDemand(
            boolean implicit,
            StartTls startTls,
            CertificateCheck check,
            Optional<String> serverName,
            Optional<Path> ca) {
        this(implicit, startTls, check, serverName, ca, Set.of(), Optional.empty());
    }

    /** What is asked of the connection in one word: {@code implicit}, {@code require}, {@code optional} or {@code disable}. */
    public String word() {
        return implicit ? "implicit" : startTls.name().toLowerCase(Locale.ROOT);
    }
}
