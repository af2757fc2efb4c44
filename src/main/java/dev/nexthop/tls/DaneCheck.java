package dev.nexthop.tls;

import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.mail.TlsFault;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the certificates of a server by TLSA records (RFC 7671 §5, RFC 7672 §3). */
final class DaneCheck {
    /** Certificates between the server's own and the trust anchor. */
    private static final int LONGEST = 10;

    /** Steps, and paths that are verified, before we give up: a server that sends a maze is not followed through it. */
    private static final int MOST_STEPS = 100;

    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_PURPOSE = "2.5.29.37.0";

    private final TlsaSet set;
    private final List<X509Certificate> sent;
    private final List<Anchor> anchors;
    private final Map<X509Certificate, TlsaRecord> marked = new HashMap<>();
    private final Set<X509Certificate> visited = new HashSet<>();
    private int steps;
    private @Nullable CertificateFault worst;

    private DaneCheck(TlsaSet set, List<X509Certificate> sent) {
        this.set = set;
        this.sent = sent;
        List<TlsaRecord> records = ofUsage(TlsaUse.TRUST_ANCHOR);
        this.anchors = records.stream()
                .map(one -> new Anchor(one, TlsaUse.certificate(one), TlsaUse.key(one)))
                .toList();
        for (X509Certificate certificate : records.isEmpty() ? List.<X509Certificate>of() : sent) {
            records.stream()
                    .filter(one -> TlsaUse.matches(one, certificate))
                    .findFirst()
                    .ifPresent(one -> marked.put(certificate, one));
        }
    }

    /** A record of usage 2, and what it holds whole. */
    private record Anchor(TlsaRecord record, Optional<X509Certificate> certificate, Optional<PublicKey> key) {}

    /** What came of the check. */
    sealed interface Result {
        /**
         * A record tells of the server.
         *
         * @param record which
         */
        record Matched(TlsaRecord record) implements Result {}

        /**
         * None does.
         *
         * @param fault why not
         */
        record Refused(CertificateFault fault) implements Result {}
    }

    /**
     * Any one record that tells of the server is enough (RFC 7671 §8.1: so keys are rolled over).
     *
     * @param set the records that count, and the names
     * @param chain as the server sent it, its own first
     */
    static Result of(TlsaSet set, X509Certificate[] chain) {
        if (chain.length == 0) {
            return refused("the server sent no certificate", TlsFault.TLSA_INVALID);
        }
        return new DaneCheck(set, List.of(chain)).result();
    }

    private Result result() {
        X509Certificate own = sent.getFirst();
        for (TlsaRecord record : ofUsage(TlsaUse.END_ENTITY)) {
            if (TlsaUse.matches(record, own)) {
                return new Result.Matched(record); // RFC 7672 §3.1.1: neither names nor dates nor issuers count.
            }
        }
        if (anchors.isEmpty()) {
            return refused("it is none that the TLSA records of " + set.base() + " tell of", TlsFault.TLSA_INVALID);
        }
        Optional<TlsaRecord> anchor = climb(new ArrayList<>(List.of(own)), true);
        if (anchor.isEmpty()) {
            visited.clear(); // The same again where the links are broken: so the fault of the path is found.
            anchor = climb(new ArrayList<>(List.of(own)), false);
        }
        if (anchor.isEmpty()) {
            CertificateFault fault = worst;
            return fault == null
                    ? refused(
                            "it is none that the TLSA records of " + set.base()
                                    + " tell of, and it leads to no trust anchor that they tell of",
                            TlsFault.TLSA_INVALID)
                    : new Result.Refused(fault);
        }
        if (!servesTls(own)) {
            return refused("it is not meant for servers", TlsFault.CERTIFICATE_NOT_TRUSTED);
        }
        if (set.names().stream().noneMatch(name -> ServerIdentity.matches(own, name))) {
            return refused("it does not name " + String.join(" or ", set.names()), TlsFault.CERTIFICATE_HOST_MISMATCH);
        }
        return new Result.Matched(anchor.get());
    }

    private List<TlsaRecord> ofUsage(int usage) {
        return set.records().stream().filter(one -> one.usage() == usage).toList();
    }

    private static Result refused(String words, TlsFault fault) {
        return new Result.Refused(new CertificateFault(words, fault));
    }

    /**
     * From the last certificate of a path to a trust anchor: one that was sent, or one that is in TLSA alone. Nobody climbs from
     * a certificate twice; over sound links that loses no path, since what is wrong with a link is wrong on every way to it.
     *
     * @param sound whether only links with a signature that holds and an issuer within its dates are followed
     */
    private Optional<TlsaRecord> climb(List<X509Certificate> path, boolean sound) {
        X509Certificate last = path.getLast();
        if (!visited.add(last) || exhausted()) {
            return Optional.empty();
        }
        for (Anchor one : anchors) {
            Optional<TrustAnchor> told = told(one, last);
            if (told.isPresent() && !exhausted() && holds(path, told.get())) {
                return Optional.of(one.record());
            }
        }
        if (path.size() > LONGEST) {
            return Optional.empty();
        }
        for (X509Certificate issuer : sent) {
            if (path.contains(issuer) || !issued(issuer, last) || exhausted() || sound && !sound(issuer, last)) {
                continue;
            }
            TlsaRecord mark = marked.get(issuer);
            if (mark != null && holds(path, new TrustAnchor(issuer, null))) {
                return Optional.of(mark);
            }
            path.add(issuer);
            Optional<TlsaRecord> further = climb(path, sound);
            path.removeLast();
            if (further.isPresent()) {
                return further;
            }
        }
        return Optional.empty();
    }

    /** Counts a step. */
    private boolean exhausted() {
        return ++steps > MOST_STEPS;
    }

    private static boolean sound(X509Certificate issuer, X509Certificate subject) {
        try {
            issuer.checkValidity();
            subject.verify(issuer.getPublicKey());
            return issuer.getVersion() < 3 || issuer.getBasicConstraints() >= 0;
        } catch (GeneralSecurityException e) {
            return false; // The second climb finds out what is wrong, and says so.
        }
    }

    private static boolean issued(X509Certificate issuer, X509Certificate subject) {
        return issuer.getSubjectX500Principal().equals(subject.getIssuerX500Principal());
    }

    /** RFC 7671 §5.2.2 and §5.2.3: a whole certificate or a public key in TLSA need not be sent. */
    private static Optional<TrustAnchor> told(Anchor anchor, X509Certificate last) {
        if (anchor.certificate().isPresent()) {
            return anchor.certificate().filter(one -> issued(one, last)).map(one -> new TrustAnchor(one, null));
        }
        return anchor.key().map(one -> new TrustAnchor(last.getIssuerX500Principal(), one, null));
    }

    /** Signatures, dates, authority and name constraints of a path (RFC 5280 §6); there are no revocations in DANE. */
    private boolean holds(List<X509Certificate> path, TrustAnchor anchor) {
        try {
            X509Certificate top = anchor.getTrustedCert();
            if (top != null) {
                top.checkValidity();
                if (top.getVersion() > 2 && top.getBasicConstraints() < 0) {
                    worst = new CertificateFault("its trust anchor is no authority", TlsFault.CERTIFICATE_NOT_TRUSTED);
                    return false;
                }
            }
            PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return true;
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            worst = new CertificateFault("its trust anchor has expired", TlsFault.CERTIFICATE_EXPIRED);
            return false;
        } catch (CertPathValidatorException e) {
            worst = fault(e, anchor);
            return false;
        } catch (GeneralSecurityException e) {
            worst = new CertificateFault(
                    "its path can't be judged: " + ServerIdentity.printable(String.valueOf(e.getMessage())),
                    TlsFault.VALIDATION_FAILURE);
            return false;
        }
    }

    private @Nullable CertificateFault fault(CertPathValidatorException e, TrustAnchor anchor) {
        boolean expired = e.getReason() == CertPathValidatorException.BasicReason.EXPIRED
                || e.getReason() == CertPathValidatorException.BasicReason.NOT_YET_VALID;
        if (expired) {
            return new CertificateFault(
                    e.getReason() == CertPathValidatorException.BasicReason.EXPIRED
                            ? "it, or one above it, has expired"
                            : "it, or one above it, is not valid yet",
                    TlsFault.CERTIFICATE_EXPIRED);
        }
        boolean guess = anchor.getTrustedCert() == null
                && e.getReason() == CertPathValidatorException.BasicReason.INVALID_SIGNATURE;
        return guess
                ? worst // A bare key names nobody: that it signed something else is no fault of this path.
                : new CertificateFault(
                        "its path to the trust anchor does not hold: "
                                + ServerIdentity.printable(String.valueOf(e.getMessage())),
                        TlsFault.CERTIFICATE_NOT_TRUSTED);
    }

    private static boolean servesTls(X509Certificate own) {
        try {
            List<String> purposes = own.getExtendedKeyUsage();
            return purposes == null || purposes.contains(SERVER_AUTHENTICATION) || purposes.contains(ANY_PURPOSE);
        } catch (java.security.cert.CertificateParsingException e) {
            return false;
        }
    }
}
