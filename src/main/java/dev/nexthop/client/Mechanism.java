package dev.nexthop.client;

import java.util.List;
import java.util.Optional;

/** The ways to log in that this client speaks (RFC 4422), the best first, as they rank on a connection with TLS. */
public enum Mechanism {
    /** RFC 7677, bound to the TLS connection: nobody in the middle can pass it on. */
    SCRAM_SHA_256_PLUS("SCRAM-SHA-256-PLUS"),
    /** RFC 7677: the password does not leave this machine, and the server proves that it knows it too. */
    SCRAM_SHA_256("SCRAM-SHA-256"),
    /** RFC 5802, bound to the TLS connection. */
    SCRAM_SHA_1_PLUS("SCRAM-SHA-1-PLUS"),
    /** RFC 5802. */
    SCRAM_SHA_1("SCRAM-SHA-1"),
    /** RFC 7628: the secret is a token. */
    OAUTHBEARER("OAUTHBEARER"),
    /** What came before RFC 7628, and is still all that some large providers speak. */
    XOAUTH2("XOAUTH2"),
    /** RFC 4616: the password as it is. */
    PLAIN("PLAIN"),
    /** The password as it is, in two steps; never standardised, widely spoken. */
    LOGIN("LOGIN"),
    /**
     * RFC 2195: a keyed hash by MD5. Behind PLAIN under TLS, as it adds nothing there and servers that keep hashed
     * passwords offer it in vain; before PLAIN in clear.
     */
    CRAM_MD5("CRAM-MD5");

    /** Those for a password. The secret of a login is taken for a token only when its list names a mechanism for one. */
    public static final List<Mechanism> FOR_PASSWORDS =
            List.of(SCRAM_SHA_256_PLUS, SCRAM_SHA_256, SCRAM_SHA_1_PLUS, SCRAM_SHA_1, PLAIN, LOGIN, CRAM_MD5);

    private final String word;

    Mechanism(String word) {
        this.word = word;
    }

    /** The registered name, in upper case. */
    public String word() {
        return word;
    }

    /**
     * The mechanism of a name.
     *
     * @param name in upper case
     * @return empty when this client does not speak it
     */
    public static Optional<Mechanism> named(String name) {
        for (Mechanism one : values()) {
            if (one.word.equals(name)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
