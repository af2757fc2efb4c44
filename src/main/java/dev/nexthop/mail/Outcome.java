package dev.nexthop.mail;

/** What one attempt came to for one recipient. */
public sealed interface Outcome {
    /** Why, and what the remote said. */
    Diagnosis diagnosis();

    /**
     * The next hop has taken responsibility (RFC 5321 §6.1), or the store holds the message.
     *
     * @param diagnosis the words of success
     * @param handover who tells the sender, if he asked to be told
     */
    record Delivered(Diagnosis diagnosis, Handover handover) implements Outcome {
        /**
         * Delivered, and nobody tells the sender after us.
         *
         * @param diagnosis the words of success
         */
        public Delivered(Diagnosis diagnosis) {
            this(diagnosis, Handover.FINAL);
        }
    }

    /**
     * Not now; it is tried again.
     *
     * @param diagnosis why
     */
    record Deferred(Diagnosis diagnosis) implements Outcome {}

    /**
     * Never; the sender is told.
     *
     * @param diagnosis why
     */
    record Failed(Diagnosis diagnosis) implements Outcome {}
}
