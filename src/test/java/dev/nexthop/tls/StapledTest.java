package dev.nexthop.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** OCSP responses that servers staple to their certificates (RFC 6960 §4.2, RFC 6066 §8). */
class StapledTest {
    private static final X500Name AUTHORITY = new X500Name("CN=Authority");
    private final Instant now = Instant.now();

    private final KeyPair authorityKeys = keys();
    private final X509Certificate authority = certificate(AUTHORITY, authorityKeys, true, 1);
    private final X509Certificate own = certificate(new X500Name("CN=server"), keys(), false, 2);
    private final X509TrustManager anchors = anchors();

    @Test
    void onlyTheWordOfTheAuthorityThatItIsRevokedCounts() {
        CertificateStatus revoked =
                new RevokedStatus(Date.from(now.minus(3, ChronoUnit.DAYS)), CRLReason.keyCompromise);
        String day = now.minus(3, ChronoUnit.DAYS).toString().substring(0, 10);
        assertThat(judged(response(revoked, authorityKeys, 0))).isEqualTo("its authority revoked it on " + day);
        assertThat(judged(response(CertificateStatus.GOOD, authorityKeys, 0))).isEmpty();
        assertThat(judged(response(new UnknownStatus(), authorityKeys, 0))).isEmpty();
        assertThat(judged(response(revoked, keys(), 0))).isEmpty(); // signed by somebody else
        assertThat(judged(response(revoked, authorityKeys, 400))).isEmpty(); // of last year
        assertThat(judged(new byte[] {0x30, 0x03, 0x0a, 0x01, 0x06})).isEmpty(); // "unauthorized"
        assertThat(judged(new byte[] {1, 2, 3})).isEmpty();
        assertThat(judged(new byte[100_000])).isEmpty();
        assertThat(judged(new byte[0])).isEmpty();
    }

    @Test
    void nothingStapledSaysNothing() {
        assertThat(Stapled.revocation(new X509Certificate[] {own}, List.of(), anchors))
                .isEmpty();
    }

    private String judged(byte[] response) {
        return Stapled.revocation(new X509Certificate[] {own, authority}, List.of(response), anchors)
                .orElse("");
    }

    private byte[] response(@Nullable CertificateStatus status, KeyPair signer, int daysAgo) {
        try {
            CertificateID id = new CertificateID(
                    new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                    new JcaX509CertificateHolder(authority),
                    own.getSerialNumber());
            Instant produced = now.minus(daysAgo, ChronoUnit.DAYS).minusSeconds(60);
            var single = new BasicOCSPRespBuilder(new RespID(AUTHORITY))
                    .addResponse(id, status, Date.from(produced), Date.from(produced.plus(7, ChronoUnit.DAYS)), null);
            var basic = single.build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()),
                    null,
                    Date.from(produced));
            return new OCSPRespBuilder()
                    .build(OCSPRespBuilder.SUCCESSFUL, basic)
                    .getEncoded();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate certificate(X500Name subject, KeyPair keys, boolean isAuthority, int serial) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    AUTHORITY,
                    BigInteger.valueOf(serial),
                    Date.from(now.minus(500, ChronoUnit.DAYS)),
                    Date.from(now.plus(90, ChronoUnit.DAYS)),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKeys.getPrivate())));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private X509TrustManager anchors() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
