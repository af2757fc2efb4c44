package dev.nexthop.cli;

import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import java.util.function.Supplier;

/** What {@code serve} runs. */
@FunctionalInterface
public interface Serving {
    /**
     * Runs a server until the process is told to stop.
     *
     * @param configuration what it is to do
     * @param source reads the same configuration again
     * @return the exit code of the process
     */
    int run(Configuration configuration, Supplier<Loaded> source);
}
