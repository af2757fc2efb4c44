package dev.nexthop.lookup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/** The certificates of a file in PEM, in the form in which TLS of the platform wants those to trust. */
final class Authorities {
    /** The form. */
    static final String TYPE = "PKCS12";

    private Authorities() {}

    /** A packed store of certificates; they are public, and so is its password. */
    record Packed(byte[] octets, char[] password) {}

    static Packed of(Path file) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(TYPE);
        trusted.load(null, null);
        int number = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca" + number++, one);
            }
        }
        if (number == 0) {
            throw new IOException("there is no certificate in PEM in it");
        }
        char[] password = "public".toCharArray();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        trusted.store(out, password);
        return new Packed(out.toByteArray(), password);
    }
}
