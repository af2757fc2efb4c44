package dev.nexthop.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateRevokedException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.X509TrustManager;

/**
 * What the server's authority says of its certificate today, where the server has it in hand: OCSP stapling (RFC 6066 §8, RFC
 * 8446 §4.4.2.1). Nobody is asked over the network; an answer that is missing, too old or badly signed says nothing.
 */
final class Stapled {
    /** A response larger than this is none: usual ones have some hundred octets. */
    private static final int MOST_OCTETS = 64 * 1024;

    private Stapled() {}

    /**
     * Whether a certificate has been revoked.
     *
     * @param chain as the server sent it, its own first; it leads to one of the anchors
     * @param responses what the server stapled to it, its own first; perhaps none
     * @param anchors whom to believe
     * @return one phrase when it has; empty when it has not, or nobody knows
     */
    static Optional<String> revocation(X509Certificate[] chain, List<byte[]> responses, X509TrustManager anchors) {
        if (responses.isEmpty()
                || responses.getFirst().length == 0
                || responses.getFirst().length > MOST_OCTETS) {
            return Optional.empty();
        }
        try {
            CertPathBuilder builder = CertPathBuilder.getInstance("PKIX");
            builder.build(parameters(builder, chain, responses.getFirst(), anchors));
            return Optional.empty();
        } catch (CertPathBuilderException e) {
            return revoked(e);
        } catch (GeneralSecurityException e) {
            return Optional.empty(); // Nothing that could be read as a word of the authority.
        }
    }

    private static PKIXBuilderParameters parameters(
            CertPathBuilder builder, X509Certificate[] chain, byte[] response, X509TrustManager anchors)
            throws GeneralSecurityException {
        Set<TrustAnchor> trusted = Arrays.stream(anchors.getAcceptedIssuers())
                .map(one -> new TrustAnchor(one, null))
                .collect(Collectors.toSet());
        X509CertSelector own = new X509CertSelector();
        own.setCertificate(chain[0]);
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(trusted, own);
        parameters.addCertStore(
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(Arrays.asList(chain))));
        parameters.setRevocationEnabled(false); // The checker below is the only one.
        PKIXRevocationChecker checker = (PKIXRevocationChecker) builder.getRevocationChecker();
        checker.setOptions(EnumSet.of(Option.ONLY_END_ENTITY, Option.NO_FALLBACK, Option.SOFT_FAIL));
        checker.setOcspResponses(Map.of(chain[0], response));
        parameters.addCertPathChecker(checker);
        return parameters;
    }

    private static Optional<String> revoked(CertPathBuilderException failure) {
        boolean revoked = false;
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof CertificateRevokedException full) {
                String since = full.getRevocationDate().toInstant().toString().substring(0, 10);
                return Optional.of("its authority revoked it on " + since);
            }
            revoked |= at instanceof CertPathValidatorException validator
                    && validator.getReason() == CertPathValidatorException.BasicReason.REVOKED;
        }
        if (revoked) {
            return Optional.of("its authority revoked it");
        }
        return Optional.empty(); // The path itself was judged before; what is wrong here is the response.
    }
}
