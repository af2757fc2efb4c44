package dev.nexthop.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A password or token, asked for at each login, so that one that was rotated or refreshed is used from the next
 * connection on. Two equal secrets may share a connection, so an implementation has the equality of what it is made of.
 */
@FunctionalInterface
public interface Secret {
    /** Octets of a file that can be a secret; a token rarely has more than a few thousand. */
    int MOST_OCTETS = 64 * 1024;

    /**
     * The secret to use now. May block, on the caller's virtual thread.
     *
     * @return never shown
     * @throws IOException when there is none now; its message holds nothing secret
     */
    String current() throws IOException;

    /**
     * A server has refused the value; whoever keeps one asks for another before the next login.
     *
     * @param value what {@link #current} gave
     */
    default void refused(String value) {}

    /**
     * A secret that never changes.
     *
     * @param value the password
     */
    static Secret of(String value) {
        return new Fixed(value);
    }

    /**
     * A secret in a file, read at each login; one line end at its end does not count.
     *
     * @param file where
     */
    static Secret in(Path file) {
        return new InFile(file);
    }

    /**
     * A secret that never changes.
     *
     * @param current the password
     */
    record Fixed(String current) implements Secret {
        @Override
        public String toString() {
            return "Secret[fixed]";
        }
    }

    /**
     * A secret in a file.
     *
     * @param file where
     */
    record InFile(Path file) implements Secret {
        @Override
        public String current() throws IOException {
            byte[] octets;
            try (var in = Files.newInputStream(file)) {
                octets = in.readNBytes(MOST_OCTETS + 1);
            } catch (IOException e) {
                throw new IOException("the secret in " + file + " can't be read: " + e, e);
            }
            if (octets.length > MOST_OCTETS) {
                throw new IOException("the secret in " + file + " has more than " + MOST_OCTETS + " octets");
            }
            String text = new String(octets, StandardCharsets.UTF_8);
            int end = text.length();
            if (end > 0 && text.charAt(end - 1) == '\n') {
                end--;
            }
            if (end > 0 && text.charAt(end - 1) == '\r') {
                end--;
            }
            return text.substring(0, end);
        }
    }
}
