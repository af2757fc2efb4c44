package dev.nexthop.queue;

/** Hears of damage in the spool that a person should look at. */
@FunctionalInterface
public interface SpoolWatch {
    /** Told once for each damage found. Returns at once; any thread. */
    void damaged(String text);
}
