package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.expr.LookupException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTest {
    @TempDir
    Path folder;

    @Test
    void whatWasWrittenIsThereAfterARestart() throws Exception {
        try (EmbeddedStores stores = new EmbeddedStores()) {
            EmbeddedStore store = new EmbeddedStore("main", folder, stores);
            assertThat(store.get("", "a")).isNull();
            store.set("a", "süß");
            store.set("empty", "");
            assertThat(store.increment("n", 5)).isEqualTo(5);
            assertThat(store.increment("n", -2)).isEqualTo(3);
            assertThat(store.exists("", "n"))
                    .as("counters and values are apart")
                    .isFalse();
        }
        try (EmbeddedStores stores = new EmbeddedStores()) {
            EmbeddedStore store = new EmbeddedStore("main", folder, stores);
            assertThat(store.get("", "a")).isEqualTo("süß");
            assertThat(store.exists("", "empty")).isTrue();
            assertThat(store.counter("n")).isEqualTo(3);
            assertThat(store.counter("m")).isZero();
        }
    }

    @Test
    void noAdditionIsLost() throws Exception {
        try (EmbeddedStores stores = new EmbeddedStores();
                ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            EmbeddedStore store = new EmbeddedStore("main", folder, stores);
            List<Future<Long>> all = IntStream.range(0, 200)
                    .mapToObj(i -> many.submit(() -> store.increment("n" + i % 3, 1)))
                    .toList();
            for (Future<Long> one : all) {
                one.get();
            }
            assertThat(store.counter("n0") + store.counter("n1") + store.counter("n2"))
                    .isEqualTo(200);
        }
    }

    /** As when a configuration is exchanged: the old look-ups and the new ones are open together. */
    @Test
    void twoConfigurationsShareADatabase() throws Exception {
        try (EmbeddedStores stores = new EmbeddedStores()) {
            EmbeddedStore before = new EmbeddedStore("main", folder, stores);
            before.set("a", "1");
            EmbeddedStore after = new EmbeddedStore("main", folder, stores);
            assertThat(after.get("", "a")).isEqualTo("1");
            before.close();
            after.set("a", "2");
            assertThat(after.get("", "a")).isEqualTo("2");
        }
    }

    @Test
    void noAdditionIsLostWhileAConfigurationIsExchanged() throws Exception {
        try (EmbeddedStores stores = new EmbeddedStores();
                ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            EmbeddedStore before = new EmbeddedStore("main", folder, stores);
            EmbeddedStore after = new EmbeddedStore("main", folder, stores);
            List<Future<Long>> all = IntStream.range(0, 200)
                    .mapToObj(i -> many.submit(() -> (i % 2 == 0 ? before : after).increment("n", 1)))
                    .toList();
            for (Future<Long> one : all) {
                one.get();
            }
            assertThat(after.counter("n")).isEqualTo(200);
        }
    }

    @Test
    void aDatabaseThatDoesNotOpenInTimeIsAFailureOfTheQuestion() throws Exception {
        try (EmbeddedStores stores = new EmbeddedStores(Duration.ofMillis(20));
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            EmbeddedStore store = new EmbeddedStore("main", folder, stores);
            stores.lock.lock();
            try {
                Future<String> asked = other.submit(() -> store.get("", "a"));
                assertThatThrownBy(() -> asked.get(30, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOf(LookupException.class)
                        .hasMessageContaining("did not open within 20 ms");
            } finally {
                stores.lock.unlock();
            }
            assertThat(store.get("", "a")).isNull();
        }
    }

    @Test
    void keysAndValuesAreBounded() {
        try (EmbeddedStores stores = new EmbeddedStores()) {
            EmbeddedStore store = new EmbeddedStore("main", folder, stores);
            assertThatThrownBy(() -> store.set("", "x")).hasMessageContaining("1 to 1024 octets");
            assertThatThrownBy(() -> store.get("", "x".repeat(1025))).hasMessageContaining("not 1025");
            assertThatThrownBy(() -> store.set("a", "x".repeat(EmbeddedStore.MAX_VALUE + 1)))
                    .hasMessageContaining("65536 octets");
            assertThatThrownBy(() -> {
                        store.increment("n", Long.MAX_VALUE);
                        store.increment("n", 1);
                    })
                    .hasMessageContaining("64 bits");
        }
    }

    @Test
    void aFolderThatCantBeUsedIsAFailureOfTheQuestion() throws Exception {
        Path file = java.nio.file.Files.writeString(folder.resolve("file"), "x");
        try (EmbeddedStores stores = new EmbeddedStores()) {
            EmbeddedStore store = new EmbeddedStore("main", file, stores);
            assertThatThrownBy(() -> store.get("", "a"))
                    .isInstanceOf(LookupException.class)
                    .hasMessageStartingWith("the store 'main' in " + file + " failed: ");
        }
        EmbeddedStores closed = new EmbeddedStores();
        closed.close();
        assertThatThrownBy(() -> new EmbeddedStore("main", folder, closed).counter("n"))
                .hasMessageContaining("the server stops");
    }
}
