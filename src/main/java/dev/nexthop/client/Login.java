package dev.nexthop.client;

/**
 * Who we are to a server (RFC 4954).
 *
 * @param username the user
 * @param secret the password; never shown
 * @param allowPlaintext whether AUTH may go over clear text to a host that is not on loopback
 * @param require whether a loopback LMTP server that offers no AUTH is refused too
 */
public record Login(String username, String secret, boolean allowPlaintext, boolean require) {
    @Override
    public String toString() {
        return "Login[" + username + "]";
    }
}
