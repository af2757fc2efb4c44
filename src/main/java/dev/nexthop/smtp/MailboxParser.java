package dev.nexthop.smtp;

import java.nio.charset.StandardCharsets;

/** Reads mailboxes and domains by the grammar of RFC 5321 §4.1.2 and RFC 6531 §3.3. */
final class MailboxParser {
    private static final String ATEXT = "!#$%&'*+-/=?^_`{|}~";
    private static final String MISPLACED_DOT = "a dot begins, ends or doubles in the local part";

    private MailboxParser() {}

    static Mailbox mailbox(String text) {
        int at = text.startsWith("\"") ? quotedEnd(text) : text.indexOf('@');
        if (at <= 0 || at >= text.length() || text.charAt(at) != '@') {
            throw new IllegalArgumentException("a mailbox is local-part@domain");
        }
        String local = text.substring(0, at);
        if (octets(local) > Mailbox.MAX_LOCAL_PART) {
            throw new IllegalArgumentException(
                    "the local part is longer than " + Mailbox.MAX_LOCAL_PART + " octets"); // RFC 5321 §4.5.3.1.1
        }
        if (local.charAt(0) == '"') {
            local = plainest(local);
        } else {
            checkDotString(local);
        }
        return new Mailbox(local, domain(text.substring(at + 1)));
    }

    /**
     * The shortest of all ways to write a quoted local part: they are one mailbox (RFC 5321 §4.1.2). Rules compare
     * texts, so that a mailbox with two spellings would let the sender choose the rule.
     *
     * @param quoted a whole quoted string
     * @return without quotes where none are needed, else with backslashes before quotes and backslashes alone
     */
    private static String plainest(String quoted) {
        StringBuilder plain = new StringBuilder(quoted.length());
        StringBuilder escaped = new StringBuilder(quoted.length()).append('"');
        for (int i = 1; i < quoted.length() - 1; i++) {
            char c = quoted.charAt(i);
            if (c == '\\') {
                c = quoted.charAt(++i);
            }
            plain.append(c);
            if (c == '"' || c == '\\') {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        String bare = plain.toString();
        return fault(bare).isEmpty() ? bare : escaped.append('"').toString();
    }

    static Domain domain(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the domain is empty");
        }
        if (text.startsWith("[")) {
            checkLiteral(text);
            return new Domain(text);
        }
        Domain domain = new Domain(text);
        // The form in lower case is the one that is kept; some letters have more octets there.
        if (octets(domain.name()) > Domain.MAX_OCTETS) {
            throw new IllegalArgumentException("the domain is longer than " + Domain.MAX_OCTETS + " octets");
        }
        checkName(domain.name());
        if (!Ascii.only(domain.name())) {
            ULabels.check(domain.name());
        }
        return domain;
    }

    private static int octets(String text) {
        return Ascii.only(text) ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The index behind the closing quote of a quoted string (RFC 5321 §4.1.2 Quoted-string). */
    private static int quotedEnd(String text) {
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                return i + 1;
            }
            if (c < ' ' || c == 127) {
                throw new IllegalArgumentException("a control character in the local part");
            }
            if (c == '\\') {
                i++;
                if (i == text.length() || text.charAt(i) < ' ' || text.charAt(i) > '~') {
                    throw new IllegalArgumentException("a backslash in the local part quotes nothing");
                }
            }
        }
        throw new IllegalArgumentException("the quoted local part has no end");
    }

    private static void checkDotString(String local) {
        String fault = fault(local);
        if (!fault.isEmpty()) {
            throw new IllegalArgumentException(fault);
        }
    }

    /** Why a text is no Dot-string (RFC 5321 §4.1.2, RFC 6531 §3.3); empty when it is one. */
    private static String fault(String local) {
        boolean dot = true;
        for (int i = 0; i < local.length(); i++) {
            char c = local.charAt(i);
            if (c == '.') {
                if (dot) {
                    return MISPLACED_DOT;
                }
                dot = true;
            } else if (letterOrDigit(c) || c > 127 || ATEXT.indexOf(c) >= 0) {
                dot = false;
            } else {
                return "a character in the local part needs quotes";
            }
        }
        return dot ? MISPLACED_DOT : "";
    }

    private static void checkName(String name) {
        int label = 0;
        char before = '.';
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (label == 0 || before == '-') {
                    throw new IllegalArgumentException("an empty label, or one that ends with a hyphen, in the domain");
                }
                label = 0;
            } else if (letterOrDigit(c) || c > 127 || c == '_' || c == '-' && label > 0) {
                // An underscore is no host name, but domains with one receive mail; every known MTA takes it.
                if (++label > 63) {
                    throw new IllegalArgumentException("a label of the domain is longer than 63 octets");
                }
            } else {
                throw new IllegalArgumentException("a character that a domain can't hold");
            }
            before = c;
        }
        if (label == 0 || before == '-') {
            throw new IllegalArgumentException("the domain is empty or ends with a dot or hyphen");
        }
    }

    /** RFC 5321 §4.1.3: IPv4, or {@code IPv6:} and an address; general literals have no registered tag. */
    private static void checkLiteral(String text) {
        if (!text.endsWith("]") || text.length() < 9) {
            throw new IllegalArgumentException("an address literal is [192.0.2.1] or [IPv6:2001:db8::1]");
        }
        String inner = text.substring(1, text.length() - 1);
        boolean six = inner.regionMatches(true, 0, "IPv6:", 0, 5);
        String allowed = six ? "0123456789abcdefABCDEF:." : "0123456789.";
        for (int i = six ? 5 : 0; i < inner.length(); i++) {
            if (allowed.indexOf(inner.charAt(i)) < 0) {
                throw new IllegalArgumentException("an address literal is [192.0.2.1] or [IPv6:2001:db8::1]");
            }
        }
        if (!six && !dottedQuad(inner)) {
            throw new IllegalArgumentException("an IPv4 literal is four numbers of 0 to 255");
        }
        if (six && inner.indexOf(':', 5) < 0) {
            throw new IllegalArgumentException("an address literal is [192.0.2.1] or [IPv6:2001:db8::1]");
        }
    }

    private static boolean dottedQuad(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    private static boolean letterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
