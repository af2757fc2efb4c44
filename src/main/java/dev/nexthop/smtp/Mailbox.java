package dev.nexthop.smtp;

/**
 * A mailbox (RFC 5321 §4.1.2): local part and domain.
 *
 * @param localPart as the client wrote it, quotes included; its case matters to the receiving host alone
 *     (RFC 5321 §2.4)
 * @param domain the domain or address literal
 */
public record Mailbox(String localPart, Domain domain) {
    /** Longest local part in octets (RFC 5321 §4.5.3.1.1). */
    public static final int MAX_LOCAL_PART = 64;

    /**
     * Reads {@code local@domain}.
     *
     * @param text without angle brackets
     * @return the mailbox
     * @throws IllegalArgumentException with a sentence for people when the text is not a mailbox of RFC 5321 §4.1.2
     *     (RFC 6531 §3.3 for characters beyond ASCII)
     */
    public static Mailbox parse(String text) {
        return MailboxParser.mailbox(text);
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
