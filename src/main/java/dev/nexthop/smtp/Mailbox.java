package dev.nexthop.smtp;

import java.text.Normalizer;
import java.util.Locale;

/**
 * A mailbox (RFC 5321 §4.1.2): local part and domain.
 *
 * @param localPart in the case in which the client wrote it, which matters to the receiving host alone (RFC 5321 §2.4);
 *     in quotes only when it needs them, and with no backslash too many, so that each mailbox has one spelling
 * @param domain the domain or address literal
 */
public record Mailbox(String localPart, Domain domain) {
    /** Longest local part in octets (RFC 5321 §4.5.3.1.1). */
    public static final int MAX_LOCAL_PART = 64;

    /**
     * Reads {@code local@domain}. A quoted local part becomes the shortest text that means the same: {@code "b\ob"@a.b}
     * is {@code bob@a.b}.
     *
     * @param text without angle brackets
     * @return the mailbox
     * @throws IllegalArgumentException with a sentence for people when the text is not a mailbox of RFC 5321 §4.1.2
     *     (RFC 6531 §3.3 for characters beyond ASCII)
     */
    public static Mailbox parse(String text) {
        return MailboxParser.mailbox(text);
    }

    /**
     * An address, or a part of one, as rules and directories compare it: in lower case, composed where it is beyond ASCII
     * (Unicode form NFC, RFC 6532 §3.1), so that one who sees a match and one who sees none are never of two minds.
     *
     * @param text as in a mailbox
     */
    public static String folded(String text) {
        String composed = Ascii.only(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
        return composed.toLowerCase(Locale.ROOT);
    }

    /** Whether the mailbox holds characters that only SMTPUTF8 can carry (RFC 6531 §3.3). */
    public boolean needsUtf8() {
        return !ascii(localPart) || !ascii(domain.name());
    }

    private static boolean ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return localPart + "@" + domain.name();
    }
}
