package dev.nexthop.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The SHA-256 of a server's own certificate, to know it again by.
 *
 * @param hex 64 digits in lower case
 */
public record Fingerprint(String hex) {
    private static final int OCTETS = 32;

    /** Refuses what is no SHA-256. */
    public Fingerprint {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a SHA-256 fingerprint has " + OCTETS + " octets in hexadecimal digits");
        }
    }

    /**
     * Reads what tools print: digits in either case, with or without colons, perhaps with a leading {@code sha256:}.
     *
     * @param text such as {@code AB:CD:…}
     * @throws IllegalArgumentException when it is something else
     */
    public static Fingerprint parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        String bare = lower.startsWith("sha256:") ? lower.substring("sha256:".length()) : lower;
        return new Fingerprint(bare.replace(":", ""));
    }

    /**
     * The fingerprint of a certificate.
     *
     * @param certificate any
     */
    public static Fingerprint of(X509Certificate certificate) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return new Fingerprint(HexFormat.of().formatHex(hash));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read can't be written", e);
        }
    }

    @Override
    public String toString() {
        return "sha256:" + hex;
    }
}
