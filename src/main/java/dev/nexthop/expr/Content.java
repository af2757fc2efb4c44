package dev.nexthop.expr;

import java.util.List;

/**
 * What is known of the values of a variable before any message is there.
 *
 * @param form what a text is
 * @param lowerCase whether a text never holds capital letters
 * @param words the only texts there are, in the order for people; empty = any
 * @param least the smallest number
 * @param most the greatest number
 */
public record Content(Form form, boolean lowerCase, List<String> words, long least, long most) {
    /** What a text is, or that it is none. */
    public enum Form {
        /** A mailbox with its domain; the reverse-path may be empty. */
        ADDRESS,
        /** A domain, without a dot at its end. */
        DOMAIN,
        /** An IPv4 or IPv6 address. */
        IP,
        /** Any text. */
        TEXT,
        /** A whole number. */
        COUNT,
        /** A number of milliseconds. */
        MILLISECONDS
    }

    private static final Content ANY_TEXT = text(Form.TEXT, false);
    private static final List<String> ERRORS = List.of(
            "none", "dns", "unexpected-reply", "connection", "tls", "dane", "mta-sts", "rate", "concurrency", "io");

    /** Copies the list. */
    public Content {
        words = List.copyOf(words);
    }

    static Content of(Variable variable) {
        return switch (variable) {
            case RCPT, SENDER, RECIPIENTS -> text(Form.ADDRESS, true);
            case RCPT_DOMAIN, SENDER_DOMAIN -> text(Form.DOMAIN, true);
            case REMOTE_IP, LOCAL_IP -> text(Form.IP, true);
            case MX, HELO_DOMAIN -> text(Form.DOMAIN, false);
            case LAST_ERROR -> new Content(Form.TEXT, true, ERRORS, 0, 0);
            case MESSAGE_ID, LISTENER, AUTHENTICATED_AS, LAST_STATUS, HOP -> ANY_TEXT;
            case PRIORITY -> number(Form.COUNT, -9, 9); // RFC 6710 §3
            case RECEIVED_VIA_PORT -> number(Form.COUNT, 0, 65_535);
            case SIZE, EXPIRES_IN -> number(Form.COUNT, 0, Long.MAX_VALUE);
            case RETRY_NUM, NOTIFY_NUM -> number(Form.COUNT, 0, Integer.MAX_VALUE);
            case QUEUE_AGE -> number(Form.MILLISECONDS, 0, Long.MAX_VALUE);
        };
    }

    private static Content text(Form form, boolean lowerCase) {
        return new Content(form, lowerCase, List.of(), 0, 0);
    }

    private static Content number(Form form, long least, long most) {
        return new Content(form, false, List.of(), least, most);
    }

    /** Whether it names a host, a mailbox or a network. */
    boolean namesPlaces() {
        return form == Form.ADDRESS || form == Form.DOMAIN || form == Form.IP;
    }

    boolean isNumber() {
        return form == Form.COUNT || form == Form.MILLISECONDS;
    }
}
