package dev.nexthop.queue;

/** Hears of damage in the spool that a person should look at, and of what comes back from it. */
@FunctionalInterface
public interface SpoolWatch {
    /** Told of damage found, of much of it now and then. Returns at once; any thread. */
    void damaged(String text);

    /**
     * A message has come out of quarantine and is on stable storage in the queue again. Told before it is handed over to be
     * delivered; any thread.
     *
     * @param message with its recipients as they stand
     */
    default void restored(QueuedMessage message) {}

    /**
     * What came out of quarantine was worked on before {@link #restored} was told of it; any thread.
     *
     * @param newest where it stands, or that it has left
     */
    default void overtaken(Change newest) {}
}
