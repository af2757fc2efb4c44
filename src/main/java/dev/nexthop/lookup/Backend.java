package dev.nexthop.lookup;

import dev.nexthop.expr.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server or database that may take any time to answer; {@link Guard} bounds it. Interrupting a thread in it ends the question. */
interface Backend extends AutoCloseable {
    /** The value of a key; null when there is none. {@code query} is the name of a configured statement or empty. */
    @Nullable
    String get(String query, String key) throws StoreFailure;

    /** Whether there is a key. */
    boolean exists(String query, String key) throws StoreFailure;

    /** Writes a key. */
    void set(String key, String value) throws StoreFailure;

    /** Adds to a counter and gives what it is then. */
    long increment(String key, long by) throws StoreFailure;

    /** A counter; 0 when it does not exist. */
    long counter(String key) throws StoreFailure;

    /** Executes a statement. */
    Value query(PreparedText statement, List<Value> arguments) throws StoreFailure;

    /** Whether questions run in native code, which must not happen on a virtual thread. */
    boolean isNative();

    @Override
    void close();
}
