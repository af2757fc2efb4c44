package dev.nexthop.directory;

import com.password4j.Argon2Function;
import com.password4j.BadParametersException;
import com.password4j.BcryptFunction;
import com.password4j.ScryptFunction;
import com.password4j.types.Argon2;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A stored secret: a hash in one of the forms that Stalwart 0.7 reads, or the password itself. Its text is never
 * shown. Checking a slow hash takes a core for tens of milliseconds; callers bound how many run at once.
 */
public final class Password {
    /** What {@link #of} reads, for messages. */
    public static final String FORMS = "$argon2id$ $argon2i$ $argon2d$ $2a$ $2b$ $2y$ $scrypt$ $pbkdf2-sha1$"
            + " $pbkdf2-sha256$ $pbkdf2-sha512$ {SHA} {SSHA} {SHA256} {SSHA256} {SHA512} {SSHA512} {PLAIN} {CLEAR}"
            + " or the password itself";

    /** Memory in KiB, passes and lanes of new hashes (RFC 9106 §4, scaled to a small server). */
    private static final int MEMORY = 19 * 1024;

    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int OCTETS = 32;

    private final Form form;
    private final String stored;
    private final Check check;

    /** How a secret is stored, from weak to strong. */
    enum Form {
        /** As it is. */
        PLAIN,
        /** A fast digest. */
        DIGEST,
        /** A hash made to be slow. */
        SLOW
    }

    /** Compares a password, as UTF-8, with the stored secret. */
    @FunctionalInterface
    private interface Check {
        boolean fits(byte[] password);
    }

    private Password(Form form, String stored, Check check) {
        this.form = form;
        this.stored = stored;
        this.check = check;
    }

    /**
     * Reads a stored secret.
     *
     * @param stored the hash with its prefix, or the password itself
     * @throws IllegalArgumentException when it is a hash of a form that is not served, or a broken one; the message
     *     names the form and never the secret
     */
    public static Password of(String stored) {
        try {
            return read(stored);
        } catch (BadParametersException | IllegalStateException e) {
            throw broken();
        }
    }

    /**
     * Hashes a password for storing, with argon2id and a random salt.
     *
     * @param password not changed; the caller clears it
     * @return the text to store
     */
    public static String hash(char[] password) {
        byte[] octets = utf8(password);
        try {
            byte[] salt = new byte[16];
            new SecureRandom().nextBytes(salt);
            return Argon2Function.getInstance(MEMORY, PASSES, LANES, OCTETS, Argon2.ID)
                    .hash(octets, salt)
                    .getResult();
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    /**
     * Whether the password fits.
     *
     * @param password not changed; the caller clears it
     */
    public boolean matches(char[] password) {
        byte[] octets = utf8(password);
        try {
            return check.fits(octets);
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    /** Whether the secret is stored in clear, which a linter should mention. */
    public boolean plain() {
        return form == Form.PLAIN;
    }

    Form form() {
        return form;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Password that && that.stored.equals(stored);
    }

    @Override
    public int hashCode() {
        return stored.hashCode();
    }

    @Override
    public String toString() {
        return "Password[" + form.name().toLowerCase(Locale.ROOT) + "]";
    }

    private static Password read(String stored) {
        if (stored.isEmpty()) {
            throw new IllegalArgumentException("an empty secret; leave it out for an account that can't log in");
        }
        if (stored.startsWith("$argon2")) {
            Argon2Function function = Argon2Function.getInstanceFromHash(stored);
            byte[] hash = stored.getBytes(StandardCharsets.UTF_8);
            return new Password(Form.SLOW, stored, password -> function.check(password, hash));
        }
        if (stored.matches("\\$2[aby]\\$.*")) {
            // The three are one algorithm, but the library reads characters beyond ASCII differently under "2a".
            String modern = "$2b" + stored.substring(3);
            BcryptFunction function = BcryptFunction.getInstanceFromHash(modern);
            byte[] hash = modern.getBytes(StandardCharsets.UTF_8);
            return new Password(Form.SLOW, stored, password -> function.check(password, hash));
        }
        if (stored.startsWith("$scrypt$")) {
            return scrypt(stored);
        }
        if (stored.startsWith("$pbkdf2")) {
            return pbkdf2(stored);
        }
        if (stored.startsWith("$") && stored.indexOf('$', 1) > 1) {
            throw new IllegalArgumentException("a secret of the form " + stored.substring(0, stored.indexOf('$', 1) + 1)
                    + " is not served; allowed: " + FORMS);
        }
        int brace = stored.indexOf('}');
        if (stored.startsWith("{") && brace > 1) {
            return scheme(stored.substring(1, brace).toUpperCase(Locale.ROOT), stored, stored.substring(brace + 1));
        }
        return clear(stored, stored);
    }

    private static Password clear(String stored, String secret) {
        byte[] octets = secret.getBytes(StandardCharsets.UTF_8);
        return new Password(Form.PLAIN, stored, password -> MessageDigest.isEqual(octets, password));
    }

    /** The schemes in braces of RFC 2307 §5.3 and its kin: a digest, with the salt behind it. */
    private static Password scheme(String name, String stored, String rest) {
        return switch (name) {
            case "PLAIN", "CLEAR" -> clear(stored, rest);
            case "SHA", "SSHA" -> digest("SHA-1", 20, stored, rest);
            case "SHA256", "SSHA256" -> digest("SHA-256", 32, stored, rest);
            case "SHA512", "SSHA512" -> digest("SHA-512", 64, stored, rest);
            default ->
                throw new IllegalArgumentException(
                        "a secret of the form {" + name + "} is not served; allowed: " + FORMS);
        };
    }

    private static Password digest(String algorithm, int octets, String stored, String base64) {
        byte[] bytes = decode(base64);
        if (bytes.length < octets) {
            throw broken();
        }
        byte[] hash = Arrays.copyOf(bytes, octets);
        byte[] salt = Arrays.copyOfRange(bytes, octets, bytes.length);
        return new Password(Form.DIGEST, stored, password -> {
            try {
                MessageDigest digest = MessageDigest.getInstance(algorithm);
                digest.update(password);
                return MessageDigest.isEqual(hash, digest.digest(salt));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** {@code $scrypt$ln=15,r=8,p=1$salt$hash}. */
    private static Password scrypt(String stored) {
        String[] parts = stored.split("\\$", -1);
        if (parts.length != 5) {
            throw broken();
        }
        int logN = number(parts[2], "ln", 1, 24);
        int r = number(parts[2], "r", 1, 64);
        int p = number(parts[2], "p", 1, 64);
        byte[] salt = decode(parts[3]);
        byte[] hash = decode(parts[4]);
        ScryptFunction function = ScryptFunction.getInstance(1 << logN, r, p, hash.length);
        return new Password(Form.SLOW, stored, password -> {
            try {
                return MessageDigest.isEqual(hash, function.scrypt(password, salt, hash.length));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** {@code $pbkdf2-sha256$i=600000,l=32$salt$hash}, or with the bare number of rounds. */
    private static Password pbkdf2(String stored) {
        String[] parts = stored.split("\\$", -1);
        if (parts.length != 5) {
            throw broken();
        }
        String algorithm = switch (parts[1]) {
            case "pbkdf2", "pbkdf2-sha1" -> "PBKDF2WithHmacSHA1";
            case "pbkdf2-sha256" -> "PBKDF2WithHmacSHA256";
            case "pbkdf2-sha512" -> "PBKDF2WithHmacSHA512";
            default ->
                throw new IllegalArgumentException(
                        "a secret of the form $" + parts[1] + "$ is not served; allowed: " + FORMS);
        };
        int rounds = number(parts[2].matches("[0-9]+") ? "i=" + parts[2] : parts[2], "i", 1, 100_000_000);
        byte[] salt = decode(parts[3]);
        byte[] hash = decode(parts[4]);
        if (salt.length == 0 || hash.length == 0) {
            throw broken();
        }
        return new Password(Form.SLOW, stored, password -> {
            CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(password));
            char[] characters = new char[decoded.remaining()];
            decoded.get(characters);
            Arrays.fill(decoded.array(), ' ');
            PBEKeySpec spec = new PBEKeySpec(characters, salt, rounds, hash.length * 8);
            try {
                SecretKeyFactory factory = SecretKeyFactory.getInstance(algorithm);
                return MessageDigest.isEqual(hash, factory.generateSecret(spec).getEncoded());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            } finally {
                spec.clearPassword();
                Arrays.fill(characters, ' ');
            }
        });
    }

    private static int number(String list, String key, int least, int most) {
        for (String pair : list.split(",", -1)) {
            if (pair.startsWith(key + "=")) {
                try {
                    int value = Integer.parseInt(pair.substring(key.length() + 1));
                    if (value >= least && value <= most) {
                        return value;
                    }
                } catch (NumberFormatException e) {
                    throw broken();
                }
            }
        }
        throw broken();
    }

    /** Base64 with or without padding, and with the dot that some write for the plus sign. */
    private static byte[] decode(String text) {
        try {
            return Base64.getDecoder().decode(text.replace('.', '+'));
        } catch (IllegalArgumentException e) {
            throw broken();
        }
    }

    private static IllegalArgumentException broken() {
        return new IllegalArgumentException("a hashed secret that can't be read; allowed: " + FORMS);
    }

    private static byte[] utf8(char[] password) {
        ByteBuffer buffer = ByteBuffer.allocate(password.length * 3);
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(password), buffer, true);
        byte[] octets = Arrays.copyOf(buffer.array(), buffer.position());
        Arrays.fill(buffer.array(), (byte) 0);
        return octets;
    }
}
