package dev.nexthop.admin;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Where the HTTP API listens and who may use it.
 *
 * @param addresses of the HTTP listeners; none turns the API off
 * @param user {@code authentication.fallback-admin}, where one is configured
 * @param token a random secret of this installation, always accepted as a bearer token; never shown
 * @param policy the MTA-STS policy of local domains (RFC 8461 §3.2), which anybody may read, where one is served
 */
public record AdminSettings(
        List<InetSocketAddress> addresses, Optional<User> user, String token, Optional<String> policy) {
    /** Settings without a policy; the parameters are those of the record. */
    public AdminSettings(List<InetSocketAddress> addresses, Optional<User> user, String token) {
        this(addresses, user, token, Optional.empty());
    }

    /**
     * A configured administrator.
     *
     * @param name the user
     * @param secret the password; never shown
     */
    public record User(String name, String secret) {
        @Override
        public String toString() {
            return "User[" + name + "]";
        }
    }

    /** Copies the list. */
    public AdminSettings {
        addresses = List.copyOf(addresses);
    }

    /** Compares in a time that tells nothing about where two secrets differ. */
    static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "AdminSettings" + addresses;
    }
}
