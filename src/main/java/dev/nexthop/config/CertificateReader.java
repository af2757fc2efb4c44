package dev.nexthop.config;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads this server's certificates from PEM (RFC 7468). */
final class CertificateReader {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]+)-----END \\1PRIVATE KEY-----");

    private final Values values;

    CertificateReader(Values values) {
        this.values = values;
    }

    List<Certificate> read() {
        List<Certificate> all = new ArrayList<>();
        for (String id : values.ids("certificate")) {
            int at = values.place("certificate", id);
            Optional<String> cert = values.required(SettingsServer.CERTIFICATE, at, "", id);
            Optional<String> key = values.required(SettingsServer.PRIVATE_KEY, at, "", id);
            boolean preferred = values.value(SettingsServer.CERTIFICATE_DEFAULT, id);
            List<X509Certificate> chain = cert.map(text -> chain(id, text)).orElse(List.of());
            if (!chain.isEmpty() && key.isPresent()) {
                key(id, key.get(), chain.getFirst().getPublicKey())
                        .ifPresent(found -> all.add(new Certificate(id, chain, found, preferred)));
            }
        }
        return List.copyOf(all);
    }

    private List<X509Certificate> chain(String id, String text) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (var one :
                    factory.generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
                if (one instanceof X509Certificate certificate) {
                    chain.add(certificate);
                }
            }
        } catch (CertificateException e) {
            // Said below, with what is wanted.
            chain.clear();
        }
        if (chain.isEmpty()) {
            values.wrong(
                    SettingsServer.CERTIFICATE,
                    Code.VALUE,
                    "this is no certificate in PEM",
                    "a path is read with a macro: \"%{file:/etc/nexthop/cert.pem}%\"",
                    id);
        }
        return chain;
    }

    private Optional<PrivateKey> key(String id, String text, PublicKey match) {
        Matcher pem = KEY.matcher(text);
        String message = "this is no private key in PEM";
        String hint = "a path is read with a macro: \"%{file:/etc/nexthop/key.pem}%\"";
        if (pem.find()) {
            if (pem.group(1).isEmpty()) {
                try {
                    byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
                    KeyFactory factory = KeyFactory.getInstance(match.getAlgorithm());
                    return Optional.of(factory.generatePrivate(new PKCS8EncodedKeySpec(der)));
                } catch (GeneralSecurityException | IllegalArgumentException e) {
                    message = "the private key is broken, or does not belong to the certificate";
                    hint = "the certificate's key is of the kind " + match.getAlgorithm();
                }
            } else {
                message = "the private key is of the form '" + pem.group(1).strip() + "', which is not read";
                hint = "convert it: openssl pkcs8 -topk8 -nocrypt";
            }
        }
        values.wrong(SettingsServer.PRIVATE_KEY, Code.VALUE, message, hint, id);
        return Optional.empty();
    }
}
