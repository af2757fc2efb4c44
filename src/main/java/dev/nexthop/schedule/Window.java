package dev.nexthop.schedule;

/**
 * How many attempts at once a destination gets, which follows what it answers. It opens by one for each attempt that went
 * well, up to where it was last cut, and from there by one for each round of them; it is cut in half when the site asks to be left
 * alone or cannot be reached, once for all attempts that ran at the time. Guarded by {@link Admission}.
 */
final class Window {
    /** Where the window of a site starts that nobody has named in the configuration. */
    static final int START = 5;

    private final boolean named;
    private int limit = 1;
    private double size = 1;
    private double knee = 1;
    private long cuts;

    /**
     * The window of a destination.
     *
     * @param named whether its hosts and their limits are configured: such a one is wide open from the start
     */
    Window(boolean named) {
        this.named = named;
    }

    /** Attempts at once, now. */
    int size() {
        return (int) size;
    }

    /** The most there may be. */
    int limit() {
        return limit;
    }

    /** How often it was cut. An attempt remembers what this was at its start. */
    long cuts() {
        return cuts;
    }

    /** Whether it is smaller than where it starts. */
    boolean narrow() {
        return size < start() || knee < limit;
    }

    /** Sets the most there may be. One that was not cut opens as wide as a new one at least. */
    void limit(int most) {
        boolean cut = knee < limit;
        limit = most;
        if (!cut) {
            knee = most;
            size = Math.max(size, start());
        }
        knee = Math.min(knee, most);
        size = Math.min(size, most);
    }

    /** An attempt went well. */
    void grow() {
        if (size >= limit) {
            return;
        }
        size = Math.min(limit, size + (size < knee ? 1 : 1 / size));
        knee = Math.max(knee, size);
    }

    /**
     * The site asks for fewer connections.
     *
     * @param seen what {@link #cuts} was when the attempt started
     */
    void cut(long seen) {
        if (halve(seen)) {
            knee = size;
        }
    }

    /**
     * The site could not be reached. That says nothing about how many connections it likes.
     *
     * @param seen what {@link #cuts} was when the attempt started
     */
    void lose(long seen) {
        halve(seen);
    }

    private boolean halve(long seen) {
        if (seen != cuts) {
            return false; // it was cut already for what that attempt met
        }
        cuts++;
        size = Math.max(1, Math.floor(size / 2));
        return true;
    }

    /** Forgets what was learned. */
    void reset() {
        knee = limit;
        size = Math.max(size, start());
    }

    private int start() {
        return named ? limit : Math.min(START, limit);
    }
}
