package dev.nexthop.client;

import dev.nexthop.smtp.Reply;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a server offers in its reply to EHLO or LHLO (RFC 5321 §4.1.1.1).
 *
 * @param pipelining RFC 2920
 * @param eightBit RFC 6152
 * @param smtpUtf8 RFC 6531
 * @param startTls RFC 3207
 * @param sizes whether SIZE is offered (RFC 1870)
 * @param maxSize the largest message in octets; 0 when there is no fixed limit
 * @param auth mechanisms of AUTH in upper case (RFC 4954 §3)
 */
public record Capabilities(
        boolean pipelining,
        boolean eightBit,
        boolean smtpUtf8,
        boolean startTls,
        boolean sizes,
        long maxSize,
        Set<String> auth) {
    /** What a server has that knows only HELO. */
    public static final Capabilities NONE = new Capabilities(false, false, false, false, false, 0, Set.of());

    private static final int MAX_MECHANISMS = 50;

    /** Copies the set. */
    public Capabilities {
        auth = Set.copyOf(auth);
    }

    /**
     * Reads a positive reply to EHLO or LHLO.
     *
     * @param reply its first line is a greeting, each further one an extension
     */
    public static Capabilities of(Reply reply) {
        Set<String> words = new HashSet<>();
        Set<String> auth = new HashSet<>();
        long size = 0;
        List<String> lines = reply.lines();
        for (String line : lines.subList(1, lines.size())) {
            // The form "AUTH=LOGIN" is older than RFC 4954 and still said.
            String[] parts = line.toUpperCase(Locale.ROOT)
                    .replaceFirst("^AUTH=", "AUTH ")
                    .strip()
                    .split(" +");
            words.add(parts[0]);
            if (parts[0].equals("AUTH")) {
                for (int i = 1; i < parts.length && auth.size() < MAX_MECHANISMS; i++) {
                    auth.add(parts[i]);
                }
            } else if (parts[0].equals("SIZE") && parts.length > 1) {
                size = number(parts[1]);
            }
        }
        return new Capabilities(
                words.contains("PIPELINING"),
                words.contains("8BITMIME"),
                words.contains("SMTPUTF8"),
                words.contains("STARTTLS"),
                words.contains("SIZE"),
                size,
                auth);
    }

    /** RFC 1870 §4: up to twenty digits; a number that we can't hold is no limit for us. */
    private static long number(String text) {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        return Long.parseLong(text);
    }
}
