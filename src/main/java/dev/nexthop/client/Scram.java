package dev.nexthop.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.nexthop.tls.ChannelBinding;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** SCRAM (RFC 5802 §5, RFC 7677): both ends prove that they know the password, and neither says it. */
final class Scram implements Exchange {
    /** RFC 5802 §5.1 and RFC 7677 §4: fewer iterations make a stolen exchange cheap to guess from. */
    static final int FEWEST_ITERATIONS = 4096;

    /** More would keep a core busy for seconds at the server's bidding. */
    static final int MOST_ITERATIONS = 1_000_000;

    /** RFC 5802 §7: words of a server that can't bind as we wished, which it says before it sees any proof. */
    private static final Set<String> BINDING_UNKNOWN =
            Set.of("e=unsupported-channel-binding-type", "e=channel-binding-not-supported");

    private final Hash hash;
    private final String gs2Header;
    private final byte[] bound;
    private final String firstBare;
    private final String nonce;
    private final byte[] password;
    private byte[] serverSignature = {};
    private State state = State.SERVER_FIRST;

    private enum State {
        SERVER_FIRST,
        SERVER_FINAL,
        PROVED
    }

    /** The hash below HMAC. */
    enum Hash {
        SHA_1("SHA-1", "HmacSHA1"),
        SHA_256("SHA-256", "HmacSHA256");

        private final String digest;
        private final String hmac;

        Hash(String digest, String hmac) {
            this.digest = digest;
            this.hmac = hmac;
        }
    }

    /**
     * How the exchange is tied to TLS.
     *
     * @param binding what ties it; null for a mechanism without PLUS
     * @param wouldBind without a binding: whether we could bind and the server offers nothing to do so, which the server
     *     then can see is not of its own doing (RFC 5802 §6)
     */
    record Bond(@Nullable ChannelBinding binding, boolean wouldBind) {
        static final Bond NONE = new Bond(null, false);
    }

    /**
     * Begins.
     *
     * @param hash of the mechanism
     * @param user prepared by {@link SaslPrep}
     * @param password prepared by {@link SaslPrep}
     * @param bond to TLS
     * @param nonce printable, without a comma, never used before
     */
    Scram(Hash hash, String user, String password, Bond bond, String nonce) {
        this.hash = hash;
        ChannelBinding binding = bond.binding();
        this.gs2Header = binding != null ? "p=" + binding.type() + ",," : bond.wouldBind() ? "y,," : "n,,";
        this.bound = binding != null ? binding.data() : new byte[0];
        this.nonce = nonce;
        this.firstBare = "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
        this.password = password.getBytes(UTF_8);
    }

    @Override
    public byte[] initial() {
        return (gs2Header + firstBare).getBytes(UTF_8);
    }

    @Override
    public byte[] respond(byte[] challenge) throws RefusedException {
        String text = new String(challenge, UTF_8);
        return switch (state) {
            case SERVER_FIRST -> {
                if (text.startsWith("e=")) {
                    throw new RefusedException(
                            "the server broke off SCRAM: " + shown(text), BINDING_UNKNOWN.contains(text));
                }
                yield prove(text);
            }
            case SERVER_FINAL -> {
                verify(text);
                yield new byte[0]; // RFC 4954 §4 has no data in a 235, so the proof comes as a challenge.
            }
            case PROVED -> throw new RefusedException("the server asks more than SCRAM has", false);
        };
    }

    @Override
    public void succeeded() throws RefusedException {
        if (state != State.PROVED) {
            throw new RefusedException(
                    "the server says that the login succeeded, but has not proved that it knows the password", false);
        }
    }

    private byte[] prove(String serverFirst) throws RefusedException {
        List<String> parts = List.of(serverFirst.split(",", -1));
        // RFC 5802 §5.1: a mandatory extension stands first, as m=; none is known.
        if (parts.size() < 3 || !parts.get(0).startsWith("r=") || !parts.get(1).startsWith("s=")) {
            throw new RefusedException("the server's part of SCRAM can't be read: " + shown(serverFirst), false);
        }
        String whole = parts.get(0).substring(2);
        if (!whole.startsWith(nonce) || whole.length() == nonce.length()) {
            throw new RefusedException("the server did not add to our nonce, as RFC 5802 wants", false);
        }
        byte[] salt = decoded(parts.get(1).substring(2));
        int iterations = iterations(parts.get(2));
        try {
            byte[] salted = stretched(salt, iterations);
            byte[] clientKey = hmac(salted, "Client Key".getBytes(UTF_8));
            byte[] storedKey = MessageDigest.getInstance(hash.digest).digest(clientKey);
            String finalBare = "c=" + encoded(channel()) + ",r=" + whole;
            byte[] message = (firstBare + "," + serverFirst + "," + finalBare).getBytes(UTF_8);
            byte[] signature = hmac(storedKey, message);
            for (int i = 0; i < signature.length; i++) {
                signature[i] ^= clientKey[i];
            }
            serverSignature = hmac(hmac(salted, "Server Key".getBytes(UTF_8)), message);
            state = State.SERVER_FINAL;
            return (finalBare + ",p=" + encoded(signature)).getBytes(UTF_8);
        } catch (GeneralSecurityException e) {
            throw new RefusedException("this Java has no " + hash.hmac, false);
        }
    }

    private void verify(String serverFinal) throws RefusedException {
        String first = serverFinal.split(",", -1)[0];
        if (!first.startsWith("v=")) {
            throw new RefusedException("the server ended SCRAM with " + shown(serverFinal), false);
        }
        if (!MessageDigest.isEqual(decoded(first.substring(2)), serverSignature)) {
            throw new RefusedException("the server could not prove that it knows the password", false);
        }
        state = State.PROVED;
    }

    private byte[] channel() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(gs2Header.getBytes(UTF_8));
        all.writeBytes(bound);
        return all.toByteArray();
    }

    private static int iterations(String part) throws RefusedException {
        boolean number = part.startsWith("i=")
                && part.length() > 2
                && part.length() <= 10
                && part.substring(2).chars().allMatch(c -> c >= '0' && c <= '9');
        int count = number ? Integer.parseInt(part.substring(2)) : 0;
        if (count < FEWEST_ITERATIONS || count > MOST_ITERATIONS) {
            throw new RefusedException(
                    "the server wants " + shown(part.replaceFirst("^i=", "")) + " iterations of SCRAM; "
                            + FEWEST_ITERATIONS + " to " + MOST_ITERATIONS + " are allowed",
                    false);
        }
        return count;
    }

    /** RFC 5802 §2.2: Hi, which is PBKDF2 (RFC 8018 §5.2) with the first block alone. */
    private byte[] stretched(byte[] salt, int iterations) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(hash.hmac);
        mac.init(new SecretKeySpec(password, hash.hmac));
        mac.update(salt);
        byte[] block = mac.doFinal(new byte[] {0, 0, 0, 1});
        byte[] all = block.clone();
        for (int i = 1; i < iterations; i++) {
            block = mac.doFinal(block);
            for (int j = 0; j < all.length; j++) {
                all[j] ^= block[j];
            }
        }
        return all;
    }

    private byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(hash.hmac);
        mac.init(new SecretKeySpec(key, hash.hmac));
        return mac.doFinal(message);
    }

    private static String encoded(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    private static byte[] decoded(String text) throws RefusedException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("the server's part of SCRAM is not base64", false);
        }
    }

    private static String shown(String text) {
        String bounded = text.length() > 80 ? text.substring(0, 80) + "…" : text;
        return "\"" + bounded.replaceAll("[^ -~…]", "?") + "\"";
    }
}
