package dev.nexthop.limit;

/**
 * What a recipient asks of a throttle.
 *
 * @param throttle which
 * @param key the values of its keys, for people; empty when it has none
 */
public record Claim(ThrottleSettings throttle, String key) {
    /** Characters of a key that a sentence shows. */
    private static final int SHOWN = 200;

    private static final String RATE = "rate limited by throttle '";

    /** The count that it is about. */
    record Count(String identity, String key) {}

    Count count() {
        return new Count(throttle.identity(), key);
    }

    /** Who waits for this: {@code throttle 'x' (100/1s for example.com)}. */
    public String words() {
        return "throttle '" + throttle.id() + "' (" + throttle.numbers()
                + (key.isEmpty() ? "" : " for " + (key.length() > SHOWN ? key.substring(0, SHOWN) + "…" : key)) + ")";
    }

    /** How every reason begins of a recipient that waits for a throttle. */
    String rateLimited() {
        return "rate limited by " + words();
    }

    /** Whether a reason tells of a throttle of this name and these numbers. */
    public static boolean isOf(String reason, ThrottleSettings throttle) {
        String words = RATE + throttle.id() + "' (" + throttle.numbers();
        return reason.startsWith(words + ")") || reason.startsWith(words + " for ");
    }

    /** The id of the throttle that a reason tells of; empty when it tells of none. */
    public static String throttleOf(String reason) {
        int end = reason.startsWith(RATE) ? reason.indexOf("' (", RATE.length()) : -1;
        return end < 0 ? "" : reason.substring(RATE.length(), end);
    }
}
