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
public final class Authorities {
    /** The form. */
    static final String TYPE = "PKCS12";

    /** The largest file, in octets; those of whole platforms have a quarter. */
    private static final int MAX_OCTETS = 1024 * 1024;

    private Authorities() {}

    /** A packed store of certificates; they are public, and so is its password. */
    record Packed(byte[] octets, char[] password) {}

    /**
     * Reads a file as a store that trusts it would.
     *
     * @param file certificates in PEM
     * @throws IOException when it can't be read, is too large or holds no certificate
     * @throws GeneralSecurityException when one of them is none
     */
    public static void check(Path file) throws IOException, GeneralSecurityException {
        of(file);
    }

    static Packed of(Path file) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(TYPE);
        trusted.load(null, null);
        int number = 0;
        if (Files.size(file) > MAX_OCTETS) {
            throw new IOException("it has more than " + MAX_OCTETS + " octets");
        }
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
