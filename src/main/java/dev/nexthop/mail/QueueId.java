package dev.nexthop.mail;

/**
 * The name of a message in the queue. Ids of one spool rise with time and are never given twice.
 *
 * @param value not negative: milliseconds since 1970 in the upper 44 bits, a counter in the lower 20
 */
public record QueueId(long value) implements Comparable<QueueId> {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int LENGTH = 13;

    /** Refuses negative values. */
    public QueueId {
        if (value < 0) {
            throw new IllegalArgumentException("a queue id is not negative");
        }
    }

    /**
     * Reads the text form.
     *
     * @param text thirteen digits and letters, in either case
     * @throws IllegalArgumentException when it is something else
     */
    public static QueueId parse(String text) {
        if (text.length() != LENGTH) {
            throw new IllegalArgumentException("a queue id is " + LENGTH + " letters and digits: " + text);
        }
        long value = 0;
        for (int i = 0; i < LENGTH; i++) {
            int digit = DIGITS.indexOf(Character.toLowerCase(text.charAt(i)));
            if (digit < 0 || i == 0 && digit > 7) {
                throw new IllegalArgumentException("a queue id is " + LENGTH + " letters and digits: " + text);
            }
            value = value << 5 | digit;
        }
        return new QueueId(value);
    }

    @Override
    public int compareTo(QueueId other) {
        return Long.compare(value, other.value);
    }

    /** The thirteen-character form that logs, headers and commands show; its order is the order of the ids. */
    @Override
    public String toString() {
        char[] text = new char[LENGTH];
        long rest = value;
        for (int i = LENGTH - 1; i >= 0; i--) {
            text[i] = DIGITS.charAt((int) (rest & 31));
            rest >>>= 5;
        }
        return new String(text);
    }
}
