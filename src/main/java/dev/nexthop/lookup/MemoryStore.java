package dev.nexthop.lookup;

import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table of the configuration, which nothing writes. */
record MemoryStore(String id, MemoryTable table) implements Store {
    @Override
    public @Nullable String get(String query, String key) {
        return table.get(key);
    }

    @Override
    public boolean exists(String query, String key) {
        return table.get(key) != null;
    }

    @Override
    public void set(String key, String value) throws LookupException {
        throw fixed();
    }

    @Override
    public long increment(String key, long by) throws LookupException {
        throw fixed();
    }

    @Override
    public long counter(String key) throws LookupException {
        throw fixed();
    }

    @Override
    public Value query(PreparedText statement, List<Value> arguments) throws LookupException {
        throw StoreIds.noSql(id);
    }

    private LookupException fixed() {
        return new LookupException(
                "the store '" + id + "' is a table of the configuration: it has no counters and can't be written");
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
