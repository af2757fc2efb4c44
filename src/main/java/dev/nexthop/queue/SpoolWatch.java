package dev.nexthop.queue;

/** Hears of damage in the spool that a person should look at. */
@FunctionalInterface
public interface SpoolWatch {
    /** Told of damage found, of much of it now and then. Returns at once; any thread. */
    void damaged(String text);
}
