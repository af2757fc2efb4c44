package dev.nexthop.client;

import java.util.List;

/**
 * Who we are to a server (RFC 4954).
 *
 * @param username the user
 * @param secret the password or token
 * @param allowPlaintext whether AUTH may go over clear text to a host that is not on loopback
 * @param require whether a loopback LMTP server that offers no AUTH is refused too
 * @param mechanisms those that may be used, in any order
 */
public record Login(
        String username, Secret secret, boolean allowPlaintext, boolean require, List<Mechanism> mechanisms) {
    /** Copies the list. */
    public Login {
        mechanisms = List.copyOf(mechanisms);
    }

    /**
     * A login with a password that never changes, by any mechanism for passwords.
     *
     * @param username the user
     * @param password never shown
     * @param allowPlaintext whether AUTH may go over clear text to a host that is not on loopback
     * @param require whether a loopback LMTP server that offers no AUTH is refused too
     */
    public Login(String username, String password, boolean allowPlaintext, boolean require) {
        this(username, Secret.of(password), allowPlaintext, require, Mechanism.FOR_PASSWORDS);
    }

    @Override
    public String toString() {
        return "Login[" + username + "]";
    }
}
