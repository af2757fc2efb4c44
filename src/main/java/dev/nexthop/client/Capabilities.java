package dev.nexthop.client;

import dev.nexthop.smtp.Reply;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a server offers in its reply to EHLO or LHLO (RFC 5321 §4.1.1.1).
 *
 * @param extensions those that this client knows
 * @param maxSize the largest message in octets; 0 when there is no fixed limit (RFC 1870)
 * @param auth mechanisms of AUTH in upper case (RFC 4954 §3)
 * @param limits what it takes of one session
 */
public record Capabilities(Set<Extension> extensions, long maxSize, Set<String> auth, Limits limits) {
    /** What a server has that knows only HELO. */
    public static final Capabilities NONE = new Capabilities(Set.of(), 0, Set.of(), Limits.NONE);

    private static final int MAX_MECHANISMS = 50;

    /** The extensions that this client knows. */
    public enum Extension {
        /** RFC 2920. */
        PIPELINING("PIPELINING"),
        /** RFC 6152. */
        EIGHT_BIT_MIME("8BITMIME"),
        /** RFC 6531. */
        SMTPUTF8("SMTPUTF8"),
        /** RFC 3207. */
        STARTTLS("STARTTLS"),
        /** RFC 1870. */
        SIZE("SIZE"),
        /** RFC 3030. */
        CHUNKING("CHUNKING"),
        /** RFC 3461. */
        DSN("DSN"),
        /** RFC 8689. */
        REQUIRETLS("REQUIRETLS"),
        /** RFC 6710. */
        MT_PRIORITY("MT-PRIORITY"),
        /** RFC 2852. */
        DELIVERBY("DELIVERBY"),
        /** RFC 4865. */
        FUTURERELEASE("FUTURERELEASE");

        private final String word;

        Extension(String word) {
            this.word = word;
        }
    }

    /**
     * What a server takes of one session (RFC 9422 §3); 0 where it says nothing.
     *
     * @param mails transactions
     * @param recipients of one transaction
     * @param domains different domains of the recipients of one transaction
     */
    public record Limits(int mails, int recipients, int domains) {
        /** None that are known. */
        public static final Limits NONE = new Limits(0, 0, 0);

        private static Limits of(String[] parts) {
            Limits limits = NONE;
            for (int i = 1; i < parts.length; i++) {
                int equals = parts[i].indexOf('=');
                int value = equals < 0 ? 0 : (int) Math.min(number(parts[i].substring(equals + 1)), Integer.MAX_VALUE);
                limits = switch (equals < 0 ? "" : parts[i].substring(0, equals)) {
                    case "MAILMAX" -> new Limits(value, limits.recipients(), limits.domains());
                    case "RCPTMAX" -> new Limits(limits.mails(), value, limits.domains());
                    case "RCPTDOMAINMAX" -> new Limits(limits.mails(), limits.recipients(), value);
                    default -> limits; // RFC 9422 §3: one that we don't know does not concern us.
                };
            }
            return limits;
        }
    }

    /** Copies the sets. */
    public Capabilities {
        extensions = Set.copyOf(extensions);
        auth = Set.copyOf(auth);
    }

    /** Whether an extension is offered. */
    public boolean has(Extension extension) {
        return extensions.contains(extension);
    }

    /**
     * Reads a positive reply to EHLO or LHLO.
     *
     * @param reply its first line is a greeting, each further one an extension
     */
    public static Capabilities of(Reply reply) {
        Set<Extension> extensions = EnumSet.noneOf(Extension.class);
        Set<String> auth = new HashSet<>();
        Limits limits = Limits.NONE;
        long size = 0;
        List<String> lines = reply.lines();
        for (String line : lines.subList(1, lines.size())) {
            // The form "AUTH=LOGIN" is older than RFC 4954 and still said.
            String[] parts = line.toUpperCase(Locale.ROOT)
                    .replaceFirst("^AUTH=", "AUTH ")
                    .strip()
                    .split(" +");
            for (Extension one : Extension.values()) {
                if (one.word.equals(parts[0])) {
                    extensions.add(one);
                }
            }
            switch (parts[0]) {
                case "AUTH" -> {
                    for (int i = 1; i < parts.length && auth.size() < MAX_MECHANISMS; i++) {
                        auth.add(parts[i]);
                    }
                }
                case "SIZE" -> size = parts.length > 1 ? number(parts[1]) : 0;
                case "LIMITS" -> limits = Limits.of(parts);
                default -> {} // Known by its word alone, or not at all.
            }
        }
        return new Capabilities(extensions, size, auth, limits);
    }

    /** RFC 1870 §4: up to twenty digits; a number that we can't hold is no limit for us. */
    private static long number(String text) {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        return Long.parseLong(text);
    }
}
