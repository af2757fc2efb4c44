package dev.nexthop.delivery;

/** Tries to deliver. Writes nothing to the queue and decides nothing about when to try again. */
@FunctionalInterface
public interface Deliverer {
    /**
     * One attempt, on the calling virtual thread; it blocks at most as long as the configured timeouts add up to.
     *
     * @param job what to deliver
     * @return an outcome for each recipient; never throws for anything that a remote host, DNS or the disk does
     */
    Attempt attempt(Job job);
}
