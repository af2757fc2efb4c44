package dev.nexthop.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Value;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A server or database behind a guard and a cache. Failures and counters are never kept, and a write drops what was kept. */
final class RemoteStore implements Store {
    /** A larger answer is not kept, in characters. */
    static final int MAX_KEPT = 4096;

    private final Backend backend;
    private final Guard guard;
    private final boolean keeps;
    private final Cache<Asked, Kept> cache;
    // An answer that was on its way while something was written may be the old one.
    private final AtomicLong writes = new AtomicLong();

    private sealed interface Asked {
        record Get(String query, String key) implements Asked {}

        record Exists(String query, String key) implements Asked {}

        record Sql(String statement, List<Value> arguments) implements Asked {}
    }

    /** An answer; empty when nothing was found. */
    private record Kept(Optional<Value> value) {
        boolean found() {
            return value.isPresent() && value.get().truthy();
        }
    }

    RemoteStore(Backend backend, Guard guard, StoreSettings.Cache settings, Ticker ticker) {
        this.backend = backend;
        this.guard = guard;
        this.keeps = settings.size() > 0;
        this.cache = Caffeine.newBuilder()
                .maximumSize(settings.size())
                .ticker(ticker)
                .executor(Runnable::run)
                .expireAfter(Expiry.<Asked, Kept>writing(
                        (_, answer) -> answer.found() ? settings.found() : settings.missing()))
                .build();
    }

    private interface Answer {
        Optional<Value> ask() throws StoreFailure;
    }

    private Optional<Value> kept(Asked asked, Answer answer) throws LookupException {
        Kept known = keeps ? cache.getIfPresent(asked) : null;
        if (known != null) {
            return known.value();
        }
        long before = writes.get();
        Optional<Value> value = guard.ask(answer::ask, true);
        boolean small = value.isEmpty() || value.get().asText().length() <= MAX_KEPT;
        if (keeps && small && writes.get() == before) {
            cache.put(asked, new Kept(value));
        }
        return value;
    }

    @Override
    public @Nullable String get(String query, String key) throws LookupException {
        return kept(
                        new Asked.Get(query, key),
                        () -> Optional.ofNullable(backend.get(query, key)).map(Value::of))
                .map(Value::asText)
                .orElse(null);
    }

    @Override
    public boolean exists(String query, String key) throws LookupException {
        return kept(new Asked.Exists(query, key), () -> Optional.of(Value.of(backend.exists(query, key))))
                .filter(Value::truthy)
                .isPresent();
    }

    @Override
    public void set(String key, String value) throws LookupException {
        write(() -> {
            backend.set(key, value);
            return 0L;
        });
    }

    @Override
    public long increment(String key, long by) throws LookupException {
        return guard.ask(() -> backend.increment(key, by), false);
    }

    @Override
    public long counter(String key) throws LookupException {
        return guard.ask(() -> backend.counter(key), true);
    }

    @Override
    public Value query(PreparedText statement, List<Value> arguments) throws LookupException {
        if (!statement.reads()) {
            return write(() -> backend.query(statement, arguments));
        }
        return kept(
                        new Asked.Sql(statement.sql() + statement.order(), arguments),
                        () -> Optional.of(backend.query(statement, arguments)))
                .orElseThrow();
    }

    /** Whether it succeeds or not: a failure does not say that nothing was written. */
    private <T> T write(Guard.Question<T> question) throws LookupException {
        writes.incrementAndGet();
        try {
            return guard.ask(question, false);
        } finally {
            writes.incrementAndGet();
            cache.invalidateAll();
        }
    }

    /** How many more questions fit. */
    int free() {
        return guard.free();
    }

    @Override
    public void close() {
        backend.close();
    }
}
