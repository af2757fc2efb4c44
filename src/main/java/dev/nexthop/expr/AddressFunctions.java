package dev.nexthop.expr;

import java.util.Locale;

/** What the functions of mail and IP addresses do. */
final class AddressFunctions {
    private AddressFunctions() {}

    /** {@code local} or {@code domain}, divided at the last at sign (RFC 5321 §4.1.2 forbids one in a domain). */
    static String part(String address, String part) {
        int at = address.lastIndexOf('@');
        if (at < 0) {
            return "";
        }
        return switch (part.toLowerCase(Locale.ROOT)) {
            case "local" -> address.substring(0, at);
            case "domain" -> address.substring(at + 1);
            default -> "";
        };
    }

    /** RFC 5321 §4.1.2 Mailbox with a domain of at least two labels; letters beyond ASCII as in RFC 6531 §3.3. */
    static boolean isEmail(String address) {
        int at = address.lastIndexOf('@');
        // RFC 5321 §4.5.3.1: 64 octets of local part, 255 of domain.
        if (at < 1 || at > 64 || address.length() - at > 256) {
            return false;
        }
        String local = address.substring(0, at);
        boolean quoted = local.length() > 2 && local.startsWith("\"") && local.endsWith("\"");
        return (quoted ? quotedString(local.substring(1, local.length() - 1)) : dotString(local))
                && domain(address.substring(at + 1));
    }

    private static boolean dotString(String local) {
        for (String atom : local.split("\\.", -1)) {
            if (atom.isEmpty()) {
                return false;
            }
        }
        return local.chars()
                .allMatch(c -> c >= 128 || Character.isLetterOrDigit(c) || ".!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0);
    }

    private static boolean quotedString(String inside) {
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            if (c == '\\') {
                i++;
            }
            if (c < ' ' || c == 127 || c == '"' || i >= inside.length()) {
                return false;
            }
        }
        return true;
    }

    private static boolean domain(String domain) {
        String[] labels = domain.split("\\.", -1);
        for (String label : labels) {
            boolean bad = label.isEmpty()
                    || label.length() > 63
                    || label.startsWith("-")
                    || label.endsWith("-")
                    || !label.chars().allMatch(c -> c >= 128 || c == '-' || Character.isLetterOrDigit(c));
            if (bad) {
                return false;
            }
        }
        return labels.length > 1;
    }

    /** The labels of an address in a reverse zone, without the zone (RFC 1035 §3.5, RFC 3596 §2.5); empty for no address. */
    static String reverseName(String text) {
        byte[] octets = AddressLiteral.parse(text);
        if (octets == null) {
            return "";
        }
        StringBuilder name = new StringBuilder();
        for (int i = octets.length - 1; i >= 0; i--) {
            int octet = octets[i] & 0xff;
            name.append(name.isEmpty() ? "" : ".");
            if (octets.length == 4) {
                name.append(octet);
            } else {
                name.append(Character.forDigit(octet & 15, 16)).append('.').append(Character.forDigit(octet >> 4, 16));
            }
        }
        return name.toString();
    }
}
