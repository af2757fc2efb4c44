package dev.nexthop.smtp;

import java.util.Locale;

/**
 * The part of a mailbox behind the {@code @} (RFC 5321 §4.1.2): a domain name, or an address literal in brackets.
 * Letters are kept in lower case, so that equal domains are equal values. A name may hold U-labels (RFC 6531 §3.3): those
 * of a {@link Mailbox} that was read are in their one form, and the DNS room turns them into A-labels when it asks.
 *
 * @param name the name without a trailing dot, or the literal with its brackets, in lower case
 */
public record Domain(String name) {
    /** Longest name that DNS can carry, in octets (RFC 1035 §2.3.4). */
    public static final int MAX_OCTETS = 255;

    /** Takes the name in any case. */
    public Domain {
        name = lower(name);
        if (name.isEmpty() || name.length() > MAX_OCTETS) {
            throw new IllegalArgumentException("a domain is 1 to " + MAX_OCTETS + " octets long");
        }
    }

    /** Whether this is an address literal such as {@code [192.0.2.1]} or {@code [IPv6:2001:db8::1]}. */
    public boolean isLiteral() {
        return name.charAt(0) == '[';
    }

    @Override
    public String toString() {
        return name;
    }

    private static String lower(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z' || c > 127) {
                return name.toLowerCase(Locale.ROOT);
            }
        }
        return name;
    }
}
