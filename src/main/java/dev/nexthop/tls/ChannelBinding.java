package dev.nexthop.tls;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What ties a login to the TLS connection below it (RFC 5056), so that nobody in the middle can pass it on.
 *
 * @param type its registered name, such as {@code tls-exporter}
 * @param data the octets that both ends know; shared, nobody writes to them
 */
public record ChannelBinding(String type, byte[] data) {
    /**
     * The bindings of a connection, the better first.
     *
     * @param session of a connection whose handshake is done
     * @return {@code tls-exporter} (RFC 9266) with TLS 1.3, {@code tls-server-end-point} (RFC 5929 §4) where the
     *     server's certificate has a signature whose hash is known; perhaps none
     */
    public static List<ChannelBinding> of(SSLSession session) {
        List<ChannelBinding> all = new ArrayList<>();
        // RFC 9266 §4.2: before TLS 1.3 the exporter binds only with an extension that the JDK does not tell us about.
        if (session instanceof ExtendedSSLSession extended
                && session.getProtocol().equals("TLSv1.3")) {
            try {
                byte[] data = extended.exportKeyingMaterialData("EXPORTER-Channel-Binding", new byte[0], 32);
                all.add(new ChannelBinding("tls-exporter", data));
            } catch (SSLKeyException | UnsupportedOperationException e) {
                // This provider exports nothing; the certificate binds as well.
                all.clear();
            }
        }
        byte[] hash = endPoint(session);
        if (hash != null) {
            all.add(new ChannelBinding("tls-server-end-point", hash));
        }
        return List.copyOf(all);
    }

    private static byte @Nullable [] endPoint(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            if (chain.length == 0 || !(chain[0] instanceof X509Certificate own)) {
                return null;
            }
            String hash = hash(own);
            return hash == null ? null : MessageDigest.getInstance(hash).digest(own.getEncoded());
        } catch (SSLPeerUnverifiedException | GeneralSecurityException e) {
            return null; // Without a certificate there is no such binding.
        }
    }

    /** RFC 5929 §4.1: the hash of the signature, SHA-256 for those too weak; none when the signature has none. */
    private static @Nullable String hash(X509Certificate certificate) throws GeneralSecurityException {
        String name = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (name.equals("RSASSA-PSS")) {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            try {
                parameters.init(certificate.getSigAlgParams());
                name = parameters
                                .getParameterSpec(PSSParameterSpec.class)
                                .getDigestAlgorithm()
                                .toUpperCase(Locale.ROOT)
                                .replace("-", "")
                        + "WITH";
            } catch (java.io.IOException | InvalidParameterSpecException e) {
                return null; // A signature that says nothing readable about its hash.
            }
        }
        int with = name.indexOf("WITH");
        return switch (with < 0 ? "" : name.substring(0, with)) {
            case "MD5", "SHA1", "SHA256" -> "SHA-256";
            case "SHA384" -> "SHA-384";
            case "SHA512" -> "SHA-512";
            default -> null;
        };
    }
}
