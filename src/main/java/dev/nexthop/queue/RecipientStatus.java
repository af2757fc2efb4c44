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
    FAILED(true),
    /** Delivered, and the sender, who asked to be told, is not told yet. */
    DELIVERED_UNTOLD(false),
    /** Taken over by a host that tells nobody, and the sender, who asked to be told, is not told yet. */
    RELAYED_UNTOLD(false),
    /** Delivered to all whom its address stands for, and the sender, who asked to be told, is not told yet. */
    EXPANDED_UNTOLD(false);

    private final boolean done;

    RecipientStatus(boolean done) {
        this.done = done;
    }

    /** Whether nothing more happens to the recipient. */
    public boolean done() {
        return done;
    }

    /** Whether it is still to be delivered, some time. */
    public boolean open() {
        return switch (this) {
            case SCHEDULED, DEFERRED, HELD -> true;
            case DELIVERED, FAILED, DELIVERED_UNTOLD, RELAYED_UNTOLD, EXPANDED_UNTOLD -> false;
        };
    }

    /** The word that programs see. */
    public String word() {
        return switch (this) {
            case SCHEDULED -> "scheduled";
            case DEFERRED -> "deferred";
            case HELD -> "held";
            case DELIVERED, DELIVERED_UNTOLD, RELAYED_UNTOLD, EXPANDED_UNTOLD -> "delivered";
            case FAILED -> "failed";
        };
    }
}
