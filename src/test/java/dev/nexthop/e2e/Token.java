package dev.nexthop.e2e;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A signed token (RFC 7519) that whoever has the key can check.
 *
 * @param text the token
 * @param key the key of its HMAC-SHA-256, in base64
 */
record Token(String text, String key) {
    private static final Duration VALID = Duration.ofHours(1);

    /** One for the user, for an hour. */
    static Token of(String user) {
        byte[] key = "only for tests, thirty-two octets".getBytes(StandardCharsets.US_ASCII);
        Instant now = Instant.now();
        String signed = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
                + "."
                + base64("{\"sub\":\"%s\",\"iat\":%d,\"exp\":%d}"
                        .formatted(user, now.getEpochSecond(), now.plus(VALID).getEpochSecond()));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
            String text = signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
            return new Token(text, Base64.getEncoder().encodeToString(key));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HmacSHA256", e);
        }
    }

    private static String base64(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
