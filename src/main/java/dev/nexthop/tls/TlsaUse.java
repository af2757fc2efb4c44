package dev.nexthop.tls;

import dev.nexthop.dns.TlsaRecord;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What a TLSA record is good for, and what it says of a certificate (RFC 6698 §2.1, RFC 7671 §5 and §9). */
public final class TlsaUse {
    static final int TRUST_ANCHOR = 2;
    static final int END_ENTITY = 3;
    private static final int CERTIFICATE = 0;
    private static final int PUBLIC_KEY = 1;
    private static final int EXACT = 0;
    private static final int SHA_256 = 1;
    private static final int SHA_512 = 2;
    private static final int SEQUENCE = 0x30;
    private static final int VERSION = 0xa0;
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA");

    private TlsaUse() {}

    /**
     * Why a record is of no use to SMTP (RFC 7672 §3.1, RFC 7671 §4.1).
     *
     * @param record as published
     * @return one clause; empty when it is usable
     */
    public static Optional<String> fault(TlsaRecord record) {
        if (record.usage() != TRUST_ANCHOR && record.usage() != END_ENTITY) {
            return Optional.of("certificate usage " + record.usage()
                    + (record.usage() < TRUST_ANCHOR
                            ? " asks for public authorities, which SMTP does not know (RFC 7672 §3.1.3)"
                            : " is unknown"));
        }
        if (record.selector() != CERTIFICATE && record.selector() != PUBLIC_KEY) {
            return Optional.of("selector " + record.selector() + " is unknown");
        }
        return switch (record.matching()) {
            case EXACT -> exact(record);
            case SHA_256 -> length(record, 32);
            case SHA_512 -> length(record, 64);
            default -> Optional.of("matching type " + record.matching() + " is unknown");
        };
    }

    private static Optional<String> length(TlsaRecord record, int octets) {
        return record.hex().length() == 2 * octets
                ? Optional.empty()
                : Optional.of("matching type " + record.matching() + " has " + octets + " octets, not "
                        + record.hex().length() / 2);
    }

    private static Optional<String> exact(TlsaRecord record) {
        boolean read = record.selector() == CERTIFICATE
                ? certificate(record).isPresent()
                : key(record).isPresent();
        return read
                ? Optional.empty()
                : Optional.of("its data is no " + (record.selector() == CERTIFICATE ? "certificate" : "public key"));
    }

    /**
     * The records that count: the usable ones, and of the digests for one usage and selector only the strongest (RFC 7671 §9),
     * so that who can break the weaker one gains nothing.
     *
     * @param records as published
     * @return perhaps none, in the order of the answer
     */
    public static List<TlsaRecord> counting(List<TlsaRecord> records) {
        List<TlsaRecord> usable =
                records.stream().filter(one -> fault(one).isEmpty()).distinct().toList();
        return usable.stream()
                .filter(one -> one.matching() == EXACT || one.matching() == strongest(usable, one))
                .toList();
    }

    private static int strongest(List<TlsaRecord> usable, TlsaRecord like) {
        return usable.stream()
                .filter(one -> one.usage() == like.usage() && one.selector() == like.selector())
                .mapToInt(TlsaRecord::matching)
                .max()
                .orElse(EXACT);
    }

    /**
     * The record that tells of a certificate.
     *
     * @param usage 2 or 3
     * @param selector 0 for the certificate, 1 for its public key
     * @param matching 0 for the thing itself, 1 for its SHA-256, 2 for its SHA-512
     * @param certificate any
     * @throws IllegalArgumentException when one of the numbers is another
     */
    public static TlsaRecord of(int usage, int selector, int matching, X509Certificate certificate) {
        if (usage != TRUST_ANCHOR && usage != END_ENTITY) {
            throw new IllegalArgumentException("the usages of SMTP are 2 (DANE-TA) and 3 (DANE-EE)");
        }
        if (selector != CERTIFICATE && selector != PUBLIC_KEY) {
            throw new IllegalArgumentException("the selectors are 0 (certificate) and 1 (public key)");
        }
        if (matching < EXACT || matching > SHA_512) {
            throw new IllegalArgumentException("the matching types are 0 (as it is), 1 (SHA-256) and 2 (SHA-512)");
        }
        return new TlsaRecord(usage, selector, matching, hex(selector, matching, certificate));
    }

    /** Whether a record tells of a certificate, whatever its usage. */
    static boolean matches(TlsaRecord record, X509Certificate certificate) {
        return hex(record.selector(), record.matching(), certificate).equals(record.hex());
    }

    private static String hex(int selector, int matching, X509Certificate certificate) {
        try {
            byte[] octets =
                    selector == CERTIFICATE ? certificate.getEncoded() : keyInfo(certificate.getTBSCertificate());
            byte[] data = switch (matching) {
                case EXACT -> octets;
                case SHA_256 -> MessageDigest.getInstance("SHA-256").digest(octets);
                case SHA_512 -> MessageDigest.getInstance("SHA-512").digest(octets);
                default -> throw new IllegalArgumentException("matching type " + matching);
            };
            return HexFormat.of().formatHex(data);
        } catch (CertificateEncodingException e) {
            return ""; // Matches no usable record.
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-2", e);
        }
    }

    /** The certificate of a record with selector 0 and matching type 0. */
    static Optional<X509Certificate> certificate(TlsaRecord record) {
        if (record.selector() != CERTIFICATE || record.matching() != EXACT) {
            return Optional.empty();
        }
        try {
            byte[] octets = HexFormat.of().parseHex(record.hex());
            ByteArrayInputStream in = new ByteArrayInputStream(octets);
            return CertificateFactory.getInstance("X.509").generateCertificate(in) instanceof X509Certificate read
                            && Arrays.equals(read.getEncoded(), octets)
                    ? Optional.of(read)
                    : Optional.empty();
        } catch (GeneralSecurityException | RuntimeException e) {
            // Anybody may publish anything, and providers do not always say so with the exception that they declare.
            return Optional.empty(); // What can't be read is not usable, which is what the caller is told.
        }
    }

    /** The public key of a record with selector 1 and matching type 0. */
    static Optional<PublicKey> key(TlsaRecord record) {
        if (record.selector() != PUBLIC_KEY
                || record.matching() != EXACT
                || record.hex().isEmpty()) {
            return Optional.empty();
        }
        return ALGORITHMS.stream()
                .flatMap(algorithm -> key(algorithm, record.hex()).stream())
                .findFirst();
    }

    /** Empty when it is of another kind. */
    private static Optional<PublicKey> key(String algorithm, String hex) {
        try {
            byte[] octets = HexFormat.of().parseHex(hex);
            return Optional.of(KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(octets)));
        } catch (GeneralSecurityException | RuntimeException e) {
            // Hostile keys too end in exceptions that no provider declares.
            return Optional.empty(); // What is of no kind is not usable, which is what the caller is told.
        }
    }

    /**
     * The octets of the public key with its algorithm, as they stand in the certificate (RFC 5280 §4.1.2.7): a key that was read
     * and written again might differ.
     */
    private static byte[] keyInfo(byte[] tbs) {
        int at = header(tbs, 0)[0];
        if ((tbs[at] & 0xff) == VERSION) {
            at = after(tbs, at);
        }
        for (int i = 0; i < 5; i++) { // serial number, signature, issuer, validity, subject
            at = after(tbs, at);
        }
        if ((tbs[at] & 0xff) != SEQUENCE) {
            throw new IllegalStateException("a certificate that was read has no public key");
        }
        return Arrays.copyOfRange(tbs, at, after(tbs, at));
    }

    private static int after(byte[] der, int at) {
        int[] header = header(der, at);
        return header[0] + header[1];
    }

    /** Where the content of an element begins, and its length; the JDK has read these octets before, so they are DER. */
    private static int[] header(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return new int[] {at + 2, first};
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << 8 | der[at + 2 + i] & 0xff;
        }
        return new int[] {at + 2 + (first & 0x7f), length};
    }
}
