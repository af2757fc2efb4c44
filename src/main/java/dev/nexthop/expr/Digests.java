package dev.nexthop.expr;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code hash} does (MD5: RFC 1321; SHA: FIPS 180-4). */
final class Digests {
    /** The algorithms, for people. */
    static final String WORDS = "md5, sha1, sha256, sha512";

    private Digests() {}

    /** What the Java library calls an algorithm; null = not known. */
    static @Nullable String jdkName(String algorithm) {
        return switch (algorithm.toLowerCase(Locale.ROOT)) {
            case "md5" -> "MD5";
            case "sha1" -> "SHA-1";
            case "sha256" -> "SHA-256";
            case "sha512" -> "SHA-512";
            default -> null;
        };
    }

    static Value hash(String text, String algorithm) throws EvaluationException {
        String name = jdkName(algorithm);
        if (name == null) {
            throw EvaluationException.wrongType(
                    "hash knows " + WORDS + ", not '" + Value.of(algorithm).describe() + "'");
        }
        try {
            byte[] digest = MessageDigest.getInstance(name).digest(text.getBytes(StandardCharsets.UTF_8));
            return Value.of(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + name, e);
        }
    }
}
