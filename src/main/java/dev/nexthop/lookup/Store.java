package dev.nexthop.lookup;

import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One store that runs. Every method returns or fails within the store's time. */
sealed interface Store extends AutoCloseable permits MemoryStore, EmbeddedStore, RemoteStore {
    /**
     * The value of a key.
     *
     * @param query the name of a configured statement; empty for the store's own
     * @return null when there is none
     */
    @Nullable
    String get(String query, String key) throws LookupException;

    /** Whether there is a key. */
    boolean exists(String query, String key) throws LookupException;

    /** Writes a key. */
    void set(String key, String value) throws LookupException;

    /** Adds to a counter and gives what it is then. */
    long increment(String key, long by) throws LookupException;

    /** A counter; 0 when it does not exist. */
    long counter(String key) throws LookupException;

    /** Executes a statement. */
    Value query(PreparedText statement, List<Value> arguments) throws LookupException;

    @Override
    void close();
}
