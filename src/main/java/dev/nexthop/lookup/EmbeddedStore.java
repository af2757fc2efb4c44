package dev.nexthop.lookup;

import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Value;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** The embedded database of this host: what was written is on stable storage when the method returns. */
final class EmbeddedStore implements Store {
    /** The longest key, in octets. */
    static final int MAX_KEY = 1024;

    /** The longest value, in octets. */
    static final int MAX_VALUE = 64 * 1024;

    /** How long a write may take before the question has failed. */
    static final Duration WRITE_PATIENCE = Duration.ofSeconds(5);

    private final String id;
    private final Path folder;
    private final EmbeddedStores stores;

    EmbeddedStore(String id, Path folder, EmbeddedStores stores) {
        this.id = id;
        this.folder = folder;
        this.stores = stores;
    }

    @Override
    public @Nullable String get(String query, String key) throws LookupException {
        try {
            Optional<byte[]> found = stores.at(folder).database().get(EmbeddedStores.VALUES, key(key));
            return found.map(octets -> new String(octets, StandardCharsets.UTF_8))
                    .orElse(null);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public boolean exists(String query, String key) throws LookupException {
        return get(query, key) != null;
    }

    @Override
    public void set(String key, String value) throws LookupException {
        byte[] octets = value.getBytes(StandardCharsets.UTF_8);
        if (octets.length > MAX_VALUE) {
            throw new LookupException("a value of the store '" + id + "' has at most " + MAX_VALUE + " octets");
        }
        write(new Edit.Put(EmbeddedStores.VALUES, key(key), octets));
    }

    @Override
    public long increment(String key, long by) throws LookupException {
        byte[] name = key(key);
        Lock lock = stripe(key);
        try {
            if (!lock.tryLock(WRITE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new LookupException("the store '" + id + "' did not get round to the counter within "
                        + WRITE_PATIENCE.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LookupException("the question to the store '" + id + "' was interrupted", e);
        }
        try {
            long sum = Math.addExact(counter(key), by);
            byte[] octets = ByteBuffer.allocate(Long.BYTES).putLong(sum).array();
            write(new Edit.Put(EmbeddedStores.COUNTERS, name, octets));
            return sum;
        } catch (ArithmeticException e) {
            throw new LookupException("the counter would leave the range of 64 bits", e);
        } finally {
            lock.unlock();
        }
    }

    private Lock stripe(String key) throws LookupException {
        try {
            return stores.at(folder).stripe(key);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public long counter(String key) throws LookupException {
        try {
            Optional<byte[]> found = stores.at(folder).database().get(EmbeddedStores.COUNTERS, key(key));
            if (found.isPresent() && found.get().length != Long.BYTES) {
                throw new LookupException("the counter in the store '" + id + "' is damaged");
            }
            return found.map(octets -> ByteBuffer.wrap(octets).getLong()).orElse(0L);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public Value query(PreparedText statement, List<Value> arguments) throws LookupException {
        throw StoreIds.noSql(id);
    }

    private byte[] key(String key) throws LookupException {
        byte[] octets = key.getBytes(StandardCharsets.UTF_8);
        if (octets.length == 0 || octets.length > MAX_KEY) {
            throw new LookupException(
                    "a key of the store '" + id + "' has 1 to " + MAX_KEY + " octets, not " + octets.length);
        }
        return octets;
    }

    private void write(Edit edit) throws LookupException {
        try {
            CompletableFuture<Void> written = stores.at(folder).database().submit(List.of(edit), Promise.SYNCED);
            written.get(WRITE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LookupException("writing to the store '" + id + "' was interrupted", e);
        } catch (TimeoutException e) {
            throw new LookupException(
                    "the disk did not take the write to the store '" + id + "' within " + WRITE_PATIENCE.toSeconds()
                            + " s",
                    e);
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private LookupException failed(Throwable e) {
        return new LookupException("the store '" + id + "' in " + folder + " failed: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        // The database is shared with later configurations.
    }
}
