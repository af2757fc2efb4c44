package dev.nexthop.tls;

import dev.nexthop.smtp.ULabels;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a certificate speaks for a server (RFC 9525). Only subjectAltName counts, never the subject's common name
 * (RFC 9525 §2); a wildcard stands for exactly one label, the leftmost (RFC 9525 §6.3).
 */
final class ServerIdentity {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private ServerIdentity() {}

    /**
     * Compares a certificate with the name or IP literal that the connection was meant for.
     *
     * @param certificate the server's own
     * @param server a host name or an IP address without brackets
     * @return true when one of its names fits; never for a name that has no form in ASCII
     */
    static boolean matches(X509Certificate certificate, String server) {
        InetAddress literal = literal(server);
        Optional<String> ascii = ascii(server);
        if (ascii.isEmpty()) {
            return false;
        }
        String wanted = ascii.get();
        for (Name name : names(certificate)) {
            boolean fits = literal == null
                    ? name.type() == DNS_NAME && fits(name.text(), wanted)
                    : name.type() == IP_ADDRESS && literal.equals(literal(name.text()));
            if (fits) {
                return true;
            }
        }
        return false;
    }

    /**
     * The names of a certificate for people.
     *
     * @param certificate the server's own
     * @return at most ten DNS names and addresses
     */
    static String describe(X509Certificate certificate) {
        List<Name> names = names(certificate);
        if (names.isEmpty()) {
            return "none";
        }
        List<String> shown = new ArrayList<>();
        for (Name name : names.subList(0, Math.min(10, names.size()))) {
            shown.add(printable(name.text()));
        }
        return String.join(", ", shown) + (names.size() > 10 ? " and " + (names.size() - 10) + " more" : "");
    }

    /**
     * The address that a text spells.
     *
     * @param text perhaps an IP address without brackets
     * @return the address; null when it is a name
     */
    static @Nullable InetAddress literal(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null; // A name then: that is the answer, not a failure.
        }
    }

    /**
     * A host name as DNS asks for it and certificates write it.
     *
     * @param name in U-labels or A-labels
     * @return lower case A-labels without a trailing dot; empty when it has no such form
     */
    static Optional<String> ascii(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        try {
            return Optional.of(ULabels.toAscii(bare).toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // The caller says so in the words of its own step.
        }
    }

    /** Text of a certificate without anything that could spoil a log line. */
    static String printable(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints()
                .limit(200)
                .forEach(c -> safe.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c));
        return safe.toString();
    }

    private static boolean fits(String pattern, String wanted) {
        String given = pattern.toLowerCase(Locale.ROOT);
        if (!given.startsWith("*.")) {
            return given.equals(wanted);
        }
        int dot = wanted.indexOf('.');
        String parent = given.substring(1);
        return dot > 0 && parent.indexOf('.', 1) > 0 && parent.equals(wanted.substring(dot));
    }

    private record Name(int type, String text) {}

    private static List<Name> names(X509Certificate certificate) {
        Collection<List<?>> all;
        try {
            all = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return List.of(); // A subjectAltName that can't be read names nobody.
        }
        if (all == null) {
            return List.of();
        }
        List<Name> names = new ArrayList<>();
        for (List<?> entry : all) {
            if (entry.get(0) instanceof Integer type
                    && entry.get(1) instanceof String text
                    && (type == DNS_NAME || type == IP_ADDRESS)) {
                names.add(new Name(type, text));
            }
        }
        return names;
    }
}
