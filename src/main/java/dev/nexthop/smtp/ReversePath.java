package dev.nexthop.smtp;

/** Where notifications about a message go (RFC 5321 §3.3): the argument of MAIL FROM. */
public sealed interface ReversePath {
    /** The null reverse-path {@code <>} of notifications themselves (RFC 5321 §4.5.5). */
    record Null() implements ReversePath {
        @Override
        public String address() {
            return "";
        }
    }

    /**
     * A mailbox that wants to hear of failures.
     *
     * @param mailbox the sender
     */
    record From(Mailbox mailbox) implements ReversePath {
        @Override
        public String address() {
            return mailbox.toString();
        }
    }

    /** The one null reverse-path. */
    ReversePath NULL = new Null();

    /** The address without angle brackets; empty for the null reverse-path. */
    String address();

    /**
     * Reads an address as stored or shown.
     *
     * @param address empty, or a mailbox
     * @return the reverse-path
     * @throws IllegalArgumentException when the text is neither
     */
    static ReversePath of(String address) {
        return address.isEmpty() ? NULL : new From(Mailbox.parse(address));
    }
}
