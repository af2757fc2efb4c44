package dev.nexthop.cli;

import dev.nexthop.config.Configuration;

/** What {@code serve} runs. */
@FunctionalInterface
public interface Serving {
    /**
     * Runs a server until the process is told to stop.
     *
     * @param configuration what it is to do
     * @return the exit code of the process
     */
    int run(Configuration configuration);
}
