package dev.nexthop.lookup;

import dev.nexthop.directory.Directory;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RecordType;
import dev.nexthop.expr.Value;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups that touch neither network nor disk and write nothing, for tests and explanations: the directory and the tables in
 * memory answer. Anything else fails and names the call that an answer may be given for with {@link AnsweredLookups}.
 */
public final class OfflineLookups implements Lookups {
    private final LookupSettings settings;
    private final DirectoryQuestions directory;

    /**
     * The look-ups of a configuration.
     *
     * @param settings the stores
     * @param id the directory's name; empty when it has none
     * @param directory the directory, which must be one in memory
     */
    public OfflineLookups(LookupSettings settings, String id, Directory directory) {
        this.settings = settings;
        this.directory = new DirectoryQuestions(id, directory);
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
    public @Nullable String keyGet(String store, String key) throws LookupException {
        return memory(store, key, CallText.of("key_get", store, key));
    }

    @Override
    public boolean keyExists(String store, String key) throws LookupException {
        return memory(store, key, CallText.of("key_exists", store, key)) != null;
    }

    @Override
    public void keySet(String store, String key, String value) throws LookupException {
        StoreIds.known(settings, store);
        throw notAsked(CallText.of("key_set", store, key, value), "writes");
    }

    @Override
    public long counterIncrement(String store, String key, long by) throws LookupException {
        return counterGet(store, key); // An answer is given for what the counter was.
    }

    @Override
    public long counterGet(String store, String key) throws LookupException {
        StoreIds.known(settings, store);
        throw notAsked(CallText.of("counter_get", store, key), "asks the counters of a running server");
    }

    @Override
    public List<String> dnsQuery(String name, RecordType type) throws LookupException {
        throw notAsked(CallText.of("dns_query", name, type.word()), "asks the network");
    }

    @Override
    public Value sqlQuery(String store, String statement, List<Value> arguments) throws LookupException {
        StoreIds.known(settings, store);
        String[] texts = Stream.concat(
                        Stream.of(store, statement), arguments.stream().map(Value::asText))
                .toArray(String[]::new);
        throw notAsked(CallText.of("sql_query", texts), "asks a database");
    }

    @Override
    public boolean hopUp(String hop) throws LookupException {
        throw notAsked(CallText.of("hop_up", hop), "depends on the attempts of a running server");
    }

    private @Nullable String memory(String store, String key, String call) throws LookupException {
        if (DirectoryQuestions.isDefault(store)) {
            String value = StoreIds.table(settings, LookupSettings.DEFAULT).get(key);
            boolean elsewhere = value == null && !settings.fallback().isEmpty();
            return elsewhere ? memory(StoreIds.known(settings, store), key, call) : value;
        }
        return memory(StoreIds.known(settings, store), key, call);
    }

    private static @Nullable String memory(StoreSettings store, String key, String call) throws LookupException {
        return switch (store) {
            case StoreSettings.Memory memory -> memory.table().get(key);
            case StoreSettings.Embedded _ -> throw notAsked(call, "asks the database of a running server");
            case StoreSettings.Sqlite _ -> throw notAsked(call, "asks a database");
            case StoreSettings.Postgres _, StoreSettings.Redis _ -> throw notAsked(call, "asks the network");
        };
    }

    private static LookupException notAsked(String call, String what) {
        return new LookupException(call + " " + what + ", which is not done here; give an answer for it");
    }
}
