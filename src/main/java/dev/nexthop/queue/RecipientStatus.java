package dev.nexthop.queue;

/** The states of a recipient, by the words that {@code queue list} shows. */
public enum RecipientStatus {
    /** Not tried yet. */
    SCHEDULED(false),
    /** Tried, and to be tried again. */
    DEFERRED(false),
    /** Waiting for an operator. */
    HELD(false),
    /** Taken over by the next hop. */
    DELIVERED(true),
    /** Given up. */
    FAILED(true);

    private final boolean done;

    RecipientStatus(boolean done) {
        this.done = done;
    }

    /** Whether nothing more happens to the recipient. */
    public boolean done() {
        return done;
    }
}
