package dev.nexthop.lookup;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.nexthop.directory.Directory;
import dev.nexthop.dns.Resolver;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RecordType;
import dev.nexthop.expr.Value;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The look-ups of a running server. The ids {@code ''} and {@code '*'} mean the table {@code default} of the configuration for
 * the keys it has, and the default store for all others and for counters.
 */
public final class StoreLookups implements Lookups, AutoCloseable {
    private final LookupSettings settings;
    private final Around around;
    private final DirectoryQuestions directory;
    private final NameQuestions names;
    private final Map<String, Store> stores;

    /**
     * What look-ups ask beside the stores.
     *
     * @param directoryId the directory's name; empty when it has none
     * @param directory who is local
     * @param resolver DNS
     * @param hops how next hops fare
     * @param embedded the embedded databases, which outlive these look-ups
     */
    public record Around(
            String directoryId, Directory directory, Resolver resolver, Hops hops, EmbeddedStores embedded) {}

    private StoreLookups(LookupSettings settings, Around around, Map<String, Store> stores) {
        this.settings = settings;
        this.around = around;
        this.directory = new DirectoryQuestions(around.directoryId(), around.directory());
        this.names = new NameQuestions(around.resolver());
        this.stores = stores;
    }

    /**
     * Look-ups ready to be asked. No server is connected yet: one that is away at the start is a failure of the questions that
     * need it, and of no other.
     *
     * @param settings the stores
     * @param around what else is asked
     * @return the look-ups; close them when nobody asks any more
     * @throws IOException when a store can't be made of its settings; none stays open then
     */
    public static StoreLookups open(LookupSettings settings, Around around) throws IOException {
        Map<String, Store> stores = new LinkedHashMap<>();
        for (Map.Entry<String, StoreSettings> one : settings.stores().entrySet()) {
            String id = one.getKey();
            try {
                stores.put(id, store(id, one.getValue(), around.embedded()));
            } catch (IOException | RuntimeException e) {
                stores.values().forEach(Store::close);
                throw new IOException("the store '" + id + "' can't be used: " + e.getMessage(), e);
            }
        }
        return new StoreLookups(settings, around, stores);
    }

    private static Store store(String id, StoreSettings settings, EmbeddedStores embedded) throws IOException {
        return switch (settings) {
            case StoreSettings.Memory memory -> new MemoryStore(id, memory.table());
            case StoreSettings.Embedded it -> new EmbeddedStore(id, it.folder(), embedded);
            case StoreSettings.Sqlite it -> remote(id, it, it.limits(), SqlBackend.sqlite(id, it));
            case StoreSettings.Postgres it -> remote(id, it, it.limits(), SqlBackend.postgres(id, it));
            case StoreSettings.Redis it -> remote(id, it, it.limits(), new RedisBackend(it));
        };
    }

    private static Store remote(String id, StoreSettings settings, StoreSettings.Limits limits, Backend backend) {
        String label = "the " + settings.noun() + " store '" + id + "'";
        Guard guard = new Guard(label, limits, backend.isNative(), System::nanoTime);
        return new RemoteStore(backend, guard, limits.cache(), Ticker.systemTicker());
    }

    @Override
    public boolean isLocalDomain(String asked, String domain) throws LookupException {
        return directory.isLocalDomain(asked, domain);
    }

    @Override
    public boolean isLocalAddress(String asked, String address) throws LookupException {
        return directory.isLocalAddress(asked, address);
    }

    @Override
    public @Nullable String keyGet(String id, String key) throws LookupException {
        String fixed = fixed(id, key);
        return fixed != null ? fixed : onlyTable(id) ? null : store(id).get(query(id), key);
    }

    @Override
    public boolean keyExists(String id, String key) throws LookupException {
        return fixed(id, key) != null || !onlyTable(id) && store(id).exists(query(id), key);
    }

    @Override
    public void keySet(String id, String key, String value) throws LookupException {
        if (fixed(id, key) != null) {
            throw new LookupException("the configuration sets this key in the table default, so it can't be written");
        }
        whole(id).set(key, value);
    }

    @Override
    public long counterIncrement(String id, String key, long by) throws LookupException {
        return whole(id).increment(key, by);
    }

    @Override
    public long counterGet(String id, String key) throws LookupException {
        return whole(id).counter(key);
    }

    @Override
    public Value sqlQuery(String id, String statement, List<Value> arguments) throws LookupException {
        Store store = whole(id);
        PreparedText text;
        try {
            text = PreparedText.of(statement);
        } catch (IllegalArgumentException e) {
            throw new LookupException("the statement can't be executed: " + e.getMessage(), e);
        }
        if (text.arguments() != arguments.size()) {
            throw new LookupException(
                    "the statement wants " + text.arguments() + " arguments, and there are " + arguments.size());
        }
        return store.query(text, arguments);
    }

    @Override
    public List<String> dnsQuery(String name, RecordType type) throws LookupException {
        return names.ask(name, type);
    }

    @Override
    public boolean hopUp(String hop) throws LookupException {
        return around.hops().isUp(hop);
    }

    /** What the table default says to those who ask for the default store. */
    private @Nullable String fixed(String id, String key) throws LookupException {
        return DirectoryQuestions.isDefault(id)
                ? StoreIds.table(settings, LookupSettings.DEFAULT).get(key)
                : null;
    }

    private boolean onlyTable(String id) {
        return DirectoryQuestions.isDefault(id) && settings.fallback().isEmpty();
    }

    private Store store(String id) throws LookupException {
        StoreIds.known(settings, id);
        Store store = stores.get(StoreIds.resolve(settings, id).store());
        if (store == null) {
            throw new IllegalStateException("a known store that is not open: " + id);
        }
        return store;
    }

    private String query(String id) {
        return StoreIds.resolve(settings, id).query();
    }

    /** A store itself, where one of its queries is not meant. */
    private Store whole(String id) throws LookupException {
        Store store = store(id);
        if (!query(id).isEmpty()) {
            throw new LookupException("'" + id + "' is a query, which can be asked with key_get and key_exists alone");
        }
        return store;
    }

    /** Ends connections; questions under way fail. */
    @Override
    public void close() {
        stores.values().forEach(Store::close);
    }
}
