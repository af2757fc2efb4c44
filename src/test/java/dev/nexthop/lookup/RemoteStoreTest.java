package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.expr.Value;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is kept, for how long, and what never is. */
class RemoteStoreTest {
    private final AtomicLong now = new AtomicLong();
    private final Fake fake = new Fake();

    /** A server whose state the test sets. */
    private static final class Fake implements Backend {
        final Map<String, String> values = new HashMap<>();
        int asked;
        boolean failing;
        Runnable meanwhile = () -> {};

        private void ask() throws StoreFailure {
            asked++;
            if (failing) {
                throw new StoreFailure("out of order");
            }
        }

        @Override
        public @Nullable String get(String query, String key) throws StoreFailure {
            ask();
            String value = values.get(query + key);
            meanwhile.run();
            return value;
        }

        @Override
        public boolean exists(String query, String key) throws StoreFailure {
            ask();
            return values.containsKey(query + key);
        }

        @Override
        public void set(String key, String value) throws StoreFailure {
            ask();
            values.put(key, value);
        }

        @Override
        public long increment(String key, long by) throws StoreFailure {
            ask();
            values.put(key, Long.toString(counter(key) + by));
            return counter(key);
        }

        @Override
        public long counter(String key) throws StoreFailure {
            ask();
            return Long.parseLong(values.getOrDefault(key, "0"));
        }

        @Override
        public Value query(PreparedText statement, List<Value> arguments) throws StoreFailure {
            ask();
            return statement.reads() ? Value.of(values.getOrDefault("row", "")) : Value.of(1);
        }

        @Override
        public boolean isNative() {
            return false;
        }

        @Override
        public void close() {}
    }

    private RemoteStore store(int size) {
        StoreSettings.Cache cache = new StoreSettings.Cache(size, Duration.ofSeconds(60), Duration.ofSeconds(10));
        StoreSettings.Limits limits = new StoreSettings.Limits(Duration.ofSeconds(10), 2, cache);
        return new RemoteStore(fake, new Guard("s", limits, false, System::nanoTime), cache, now::get);
    }

    private void later(long seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void whatWasFoundIsKeptLongerThanWhatWasNot() throws Exception {
        RemoteStore store = store(10);
        fake.values.put("a", "1");
        assertThat(List.of(store.get("", "a"), store.get("", "a"))).containsExactly("1", "1");
        assertThat(store.get("", "b")).isNull();
        assertThat(store.get("", "b")).isNull();
        assertThat(fake.asked).isEqualTo(2);
        fake.values.put("a", "2");
        fake.values.put("b", "3");
        later(11);
        assertThat(store.get("", "b")).isEqualTo("3");
        assertThat(store.get("", "a")).isEqualTo("1");
        later(60);
        assertThat(store.get("", "a")).isEqualTo("2");
    }

    @Test
    void aFailureIsNeverKept() throws Exception {
        RemoteStore store = store(10);
        fake.failing = true;
        assertThatThrownBy(() -> store.get("", "a")).hasMessageContaining("out of order");
        fake.failing = false;
        fake.values.put("a", "1");
        assertThat(store.get("", "a")).isEqualTo("1");
        assertThat(store.exists("", "a")).isTrue();
    }

    @Test
    void aWriteDropsWhatWasKept() throws Exception {
        RemoteStore store = store(10);
        assertThat(store.get("", "a")).isNull();
        store.set("a", "1");
        assertThat(store.get("", "a")).isEqualTo("1");
        PreparedText select = PreparedText.of("SELECT 1");
        assertThat(store.query(select, List.of())).isEqualTo(Value.of(""));
        fake.values.put("row", "x");
        assertThat(store.query(select, List.of())).isEqualTo(Value.of(""));
        assertThat(store.query(PreparedText.of("DELETE FROM t"), List.of())).isEqualTo(Value.of(1));
        assertThat(store.query(select, List.of())).isEqualTo(Value.of("x"));
    }

    /** The old value was read before the write and arrives after it. */
    @Test
    void anAnswerOvertakenByAWriteIsNotKept() throws Exception {
        RemoteStore store = store(10);
        fake.values.put("a", "old");
        fake.meanwhile = () -> {
            fake.meanwhile = () -> {};
            try {
                store.set("a", "new");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
        assertThat(store.get("", "a")).isEqualTo("old");
        assertThat(store.get("", "a")).isEqualTo("new");
    }

    @Test
    void countersAreNeverKept() throws Exception {
        RemoteStore store = store(10);
        assertThat(store.counter("n")).isZero();
        assertThat(store.increment("n", 2)).isEqualTo(2);
        assertThat(store.counter("n")).isEqualTo(2);
        fake.values.put("n", "9");
        assertThat(store.counter("n")).isEqualTo(9);
    }

    @Test
    void aCacheOfSizeZeroKeepsNothingAndALargeAnswerIsNotKept() throws Exception {
        RemoteStore none = store(0);
        fake.values.put("a", "1");
        none.get("", "a");
        none.get("", "a");
        assertThat(fake.asked).isEqualTo(2);
        RemoteStore some = store(10);
        fake.values.put("big", "x".repeat(RemoteStore.MAX_KEPT + 1));
        some.get("", "big");
        some.get("", "big");
        assertThat(fake.asked).isEqualTo(4);
    }
}
