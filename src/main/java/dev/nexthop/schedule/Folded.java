package dev.nexthop.schedule;

import dev.nexthop.smtp.Mailbox;
import java.util.Locale;

/**
 * Addresses and domains in the form in which operators' words are compared with them: without regard to the case of ASCII
 * letters in a local part (operators write as they like, whatever RFC 5321 §2.4 lets a host distinguish), and of all letters in
 * a domain. Quotes that a local part does not need are none, as in mail that comes in.
 */
final class Folded {
    private Folded() {}

    /** An address; the null reverse-path, {@code <>} or nothing, becomes nothing. */
    static String address(String text) {
        if (text.equals("<>")) {
            return "";
        }
        String plain = text.startsWith("\"") ? plainest(text) : text;
        int at = plain.lastIndexOf('@');
        return at < 0 ? ascii(plain) : ascii(plain.substring(0, at)) + "@" + domain(plain.substring(at + 1));
    }

    /** What is no address is compared as it is, and meets none. */
    private static String plainest(String quoted) {
        try {
            return Mailbox.parse(quoted).toString();
        } catch (IllegalArgumentException e) {
            return quoted;
        }
    }

    static String domain(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The domain of a folded address; nothing for the null reverse-path. */
    static String domainOf(String address) {
        return address.substring(address.lastIndexOf('@') + 1);
    }

    private static String ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return lowered(text);
            }
        }
        return text;
    }

    private static String lowered(String text) {
        char[] letters = text.toCharArray();
        for (int i = 0; i < letters.length; i++) {
            if (letters[i] >= 'A' && letters[i] <= 'Z') {
                letters[i] = (char) (letters[i] + ('a' - 'A'));
            }
        }
        return new String(letters);
    }
}
