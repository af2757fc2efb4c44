package dev.nexthop.tls;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How secure one connection must be. Two equal demands may share a connection; whatever would make that unsafe, the records
 * of DANE among it, is in here.
 *
 * @param implicit TLS from the first octet (RFC 8314 §3.3)
 * @param startTls what STARTTLS is to this hop by the settings; of no meaning with {@code implicit}
 * @param check what happens to a certificate that can't be verified, by the settings
 * @param serverName the name for SNI and verification; empty for the host's own
 * @param ca a PEM file of further trust anchors
 * @param pins when there are any, the server's own certificate must be one of these, and neither its path nor its names
 *     nor its dates count, nor does {@code check}
 * @param identity our certificate, for a server that asks
 * @param strength how strong the encryption must be, whatever the policy
 * @param policy what goes before the settings
 */
public record TlsDemand(
        boolean implicit,
        StartTls startTls,
        CertificateCheck check,
        Optional<String> serverName,
        Optional<Path> ca,
        Set<Fingerprint> pins,
        Optional<ClientIdentity> identity,
        TlsStrength strength,
        TlsPolicy policy) {
    /** Copies the set. */
    public TlsDemand {
        pins = Set.copyOf(pins);
    }

    /** A demand on a host that an operator named, of the usual strength and without a policy; the parameters are those of the record. */
    public TlsDemand(
            boolean implicit,
            StartTls startTls,
            CertificateCheck check,
            Optional<String> serverName,
            Optional<Path> ca,
            Set<Fingerprint> pins,
            Optional<ClientIdentity> identity) {
        this(implicit, startTls, check, serverName, ca, pins, identity, TlsStrength.DEFAULT, TlsPolicy.CONFIGURED);
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

    /**
     * The same demand under a policy.
     *
     * @param other what goes before the settings
     */
    public TlsDemand under(TlsPolicy other) {
        return new TlsDemand(implicit, startTls, check, serverName, ca, pins, identity, strength, other);
    }

    /**
     * The same demand with another name for SNI and verification.
     *
     * @param name empty for the host's own
     */
    public TlsDemand named(Optional<String> name) {
        return new TlsDemand(implicit, startTls, check, name, ca, pins, identity, strength, policy);
    }

    /**
     * The same demand with encryption of another strength.
     *
     * @param other how strong
     */
    public TlsDemand encrypted(TlsStrength other) {
        return new TlsDemand(implicit, startTls, check, serverName, ca, pins, identity, other, policy);
    }

    /** What STARTTLS is to this hop, the policy included: no setting makes it weaker than a policy asks. */
    public StartTls startTlsInForce() {
        return policy.insistence().isEmpty() ? startTls : StartTls.REQUIRE;
    }

    /** What happens to a certificate that can't be verified, an MTA-STS policy included; DANE asks other questions. */
    public CertificateCheck checkInForce() {
        return switch (policy) {
            case TlsPolicy.Sts _ -> CertificateCheck.REQUIRE;
            case TlsPolicy.Testing _ -> // Somebody must look, or nobody could tell what would have failed.
                check == CertificateCheck.NEVER ? CertificateCheck.OPPORTUNISTIC : check;
            case TlsPolicy.Encrypted
                    _ -> // RFC 7672 §2.2: nobody need look, unless the settings refuse unverified hosts.
                check == CertificateCheck.REQUIRE ? check : CertificateCheck.NEVER;
            case TlsPolicy.Settings _, TlsPolicy.Remembered _, TlsPolicy.Dane _ -> check;
        };
    }

    /** What is asked of the connection in one word: {@code implicit}, {@code require}, {@code optional} or {@code disable}. */
    public String word() {
        return implicit ? "implicit" : startTlsInForce().name().toLowerCase(Locale.ROOT);
    }
}
