package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.smtp.Domain;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whom an order means: recipients that have all of these. Addresses and domains are kept without regard to case.
 *
 * @param parts what a recipient must have; nothing means everybody
 */
public record OrderScope(Map<Part, String> parts) {
    private static final int LONGEST = 1_024;

    /** Everybody. */
    public static final OrderScope ALL = new OrderScope(Map.of());

    /** What a recipient may be known by. */
    public enum Part {
        /** The message. */
        ID("id"),
        /** The reverse-path; nothing for the null reverse-path. */
        SENDER("sender"),
        /** The domain of the reverse-path. */
        SENDER_DOMAIN("sender-domain"),
        /** The forward-path. */
        RECIPIENT("rcpt"),
        /** Its domain. */
        DOMAIN("domain"),
        /** The next hop, by the name that the queue shows. */
        HOP("hop"),
        /** The virtual queue. */
        QUEUE("queue");

        private final String word;

        Part(String word) {
            this.word = word;
        }

        /** The word of commands and of the API. */
        public String word() {
            return word;
        }
    }

    /**
     * Takes the words of an operator.
     *
     * @throws IllegalArgumentException when one of them can't be what it should be, in a sentence for him
     */
    public OrderScope {
        EnumMap<Part, String> clean = new EnumMap<>(Part.class);
        parts.forEach((part, text) -> clean.put(part, clean(part, text)));
        parts = Collections.unmodifiableMap(clean);
    }

    private static String clean(Part part, String text) {
        if (text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    part.word() + " has at most " + LONGEST + " characters, and none that steers a terminal");
        }
        return switch (part) {
            case ID -> id(text);
            case SENDER -> text.isEmpty() || text.equals("<>") ? "" : address(part, text);
            case RECIPIENT -> address(part, text);
            case SENDER_DOMAIN, DOMAIN -> domain(part, text);
            case HOP, QUEUE -> text;
        };
    }

    private static String id(String text) {
        try {
            return QueueId.parse(text).toString();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a queue id is thirteen letters and digits, as queue list shows it", e);
        }
    }

    private static String address(Part part, String text) {
        int at = text.lastIndexOf('@');
        if (at < 1 || at == text.length() - 1) {
            throw new IllegalArgumentException(part.word() + " is an address such as bob@example.net, not '" + text
                    + "'; for all of a domain there is "
                    + (part == Part.SENDER ? Part.SENDER_DOMAIN : Part.DOMAIN).word());
        }
        return Folded.address(text);
    }

    private static String domain(Part part, String text) {
        if (text.isEmpty() || text.indexOf('@') >= 0 || text.indexOf('*') >= 0 || text.length() > Domain.MAX_OCTETS) {
            throw new IllegalArgumentException(
                    part.word() + " is one whole domain such as example.net, not '" + text + "'");
        }
        return Folded.domain(text);
    }

    /** Such as {@code domain example.net, hop relay}. */
    @Override
    public String toString() {
        return parts.isEmpty()
                ? "all mail"
                : parts.entrySet().stream()
                        .map(part ->
                                part.getKey().word() + " " + (part.getValue().isEmpty() ? "<>" : part.getValue()))
                        .collect(Collectors.joining(", "));
    }
}
