package dev.nexthop.tls;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * How secure one connection must be.
 *
 * @param implicit TLS from the first octet (RFC 8314 §3.3)
 * @param startTls what STARTTLS is to this hop; of no meaning with {@code implicit}
 * @param check what happens to a certificate that can't be verified
 * @param serverName the name for SNI and verification; empty for the host's own
 * @param ca a PEM file of further trust anchors
 */
public record TlsDemand(
        boolean implicit, StartTls startTls, CertificateCheck check, Optional<String> serverName, Optional<Path> ca) {
    /** What is asked of the connection in one word: {@code implicit}, {@code require}, {@code optional} or {@code disable}. */
    public String word() {
        return implicit ? "implicit" : startTls.name().toLowerCase(Locale.ROOT);
    }
}
