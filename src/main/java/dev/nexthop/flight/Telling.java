package dev.nexthop.flight;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Nothing depends on whether the flight recorder could be told: what has happened has happened. */
public final class Telling {
    private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

    private Telling() {}

    /**
     * Tells, and logs what goes wrong with that.
     *
     * @param of what, for the log
     * @param telling makes the event and commits it
     */
    public static void of(String of, Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException | Error e) {
            LOG.error("the flight recorder could not be told of {}", of, e);
        }
    }
}
