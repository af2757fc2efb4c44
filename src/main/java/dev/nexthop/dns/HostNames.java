package dev.nexthop.dns;

import dev.nexthop.smtp.ULabels;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/** What can be said about a name without asking anybody. */
final class HostNames {
    // Underscores are no part of host names (RFC 1123 §2.1), but names with them exist and receive mail.
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,62})(\\.[a-z0-9_][a-z0-9_-]{0,62})*", Pattern.CASE_INSENSITIVE);
    private static final Pattern DOTTED_QUAD = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private HostNames() {}

    /** A text is no name that DNS could know. */
    static final class BadNameException extends Exception {
        private static final long serialVersionUID = 1L;

        BadNameException(String message) {
            super(message);
        }
    }

    /**
     * The name to ask for, U-labels turned into A-labels (RFC 5890 §2.3.2.1).
     *
     * @throws BadNameException with one sentence when there can be no such name
     */
    static Name toName(String text) throws BadNameException {
        String ascii = toAscii(text.endsWith(".") ? text.substring(0, text.length() - 1) : text);
        if (!NAME.matcher(ascii).matches()) {
            throw new BadNameException("'" + shown(text) + "' is not a name that DNS can hold");
        }
        try {
            return Name.fromString(ascii.toLowerCase(Locale.ROOT), Name.root);
        } catch (TextParseException e) {
            throw new BadNameException("'" + shown(text) + "' is not a name that DNS can hold: " + e.getMessage());
        }
    }

    private static String toAscii(String text) throws BadNameException {
        try {
            return ULabels.toAscii(text);
        } catch (IllegalArgumentException e) {
            throw new BadNameException(
                    "'" + shown(text) + "' is not an internationalized domain name: " + e.getMessage());
        }
    }

    /** For reasons: bounded, and nothing that moves a cursor. */
    private static String shown(String text) {
        String bounded = text.length() > 100 ? text.substring(0, 100) + "\u2026" : text;
        return bounded.replaceAll("\\p{Cntrl}", "?");
    }

    /** Whether a name that DNS gave can be a host: ASCII letters, digits, hyphens, dots, and no address. */
    static boolean isHost(String name) {
        return NAME.matcher(name).matches() && !DOTTED_QUAD.matcher(name).matches();
    }

    /** RFC 6761 §6.3: localhost and all below it are the loopback, and DNS is not asked. */
    static boolean isLocalhost(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("localhost") || lower.endsWith(".localhost");
    }

    /** The addresses that localhost means. */
    static AddressAnswer.Addresses loopback() {
        return new AddressAnswer.Addresses(
                List.of(Inet4Address.ofLiteral("127.0.0.1")), List.of((Inet6Address) Inet6Address.ofLiteral("::1")));
    }

    /** The address that a text spells out, if it does. Shortened IPv4 forms such as {@code 127.1} do not count. */
    static Optional<InetAddress> literal(String host) {
        if (!DOTTED_QUAD.matcher(host).matches() && host.indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
