package dev.nexthop.lookup;

import dev.nexthop.directory.Directory;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RecordType;
import dev.nexthop.expr.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups that touch neither network nor disk and write nothing, for tests and explanations: the directory and the tables in
 * memory answer, for anything else an answer must be given. A given answer counts before any other.
 */
public final class OfflineLookups implements Lookups {
    private final LookupSettings settings;
    private final DirectoryQuestions directory;
    private final Map<String, String> answers = new HashMap<>();
    private final Set<String> used = ConcurrentHashMap.newKeySet();

    OfflineLookups(LookupSettings settings, DirectoryQuestions directory, Map<String, String> answers) {
        this.settings = settings;
        this.directory = directory;
        answers.forEach((call, answer) -> this.answers.put(CallText.canonical(call), answer));
    }

    /**
     * The look-ups of a configuration.
     *
     * @param settings the stores
     * @param id the directory's name; empty when it has none
     * @param directory the directory, which must be one in memory
     * @param answers by call, such as {@code key_get('pg','example.org')}; a list is {@code ['a', 'b']}
     * @return the look-ups
     */
    public static OfflineLookups of(
            LookupSettings settings, String id, Directory directory, Map<String, String> answers) {
        return new OfflineLookups(settings, new DirectoryQuestions(id, directory), answers);
    }

    /**
     * The given answers that no question needed so far, which may be misspelt.
     *
     * @return canonical calls in order
     */
    public Set<String> unused() {
        Set<String> rest = new TreeSet<>(answers.keySet());
        rest.removeAll(used);
        return rest;
    }

    @Override
    public boolean isLocalDomain(String asked, String domain) throws LookupException {
        Optional<String> given = answer(CallText.of("is_local_domain", asked, domain));
        return given.isPresent() ? truth(given.get()) : directory.isLocalDomain(asked, domain);
    }

    @Override
    public boolean isLocalAddress(String asked, String address) throws LookupException {
        Optional<String> given = answer(CallText.of("is_local_address", asked, address));
        return given.isPresent() ? truth(given.get()) : directory.isLocalAddress(asked, address);
    }

    @Override
    public @Nullable String keyGet(String store, String key) throws LookupException {
        String call = CallText.of("key_get", store, key);
        Optional<String> given = answer(call);
        if (given.isPresent()) {
            return given.get();
        }
        return memory(store, key, call);
    }

    @Override
    public boolean keyExists(String store, String key) throws LookupException {
        String call = CallText.of("key_exists", store, key);
        Optional<String> given = answer(call);
        return given.isPresent() ? truth(given.get()) : memory(store, key, call) != null;
    }

    @Override
    public void keySet(String store, String key, String value) throws LookupException {
        String call = CallText.of("key_set", store, key, value);
        if (answer(call).isEmpty()) {
            StoreIds.known(settings, store);
            throw notAsked(call, "writes");
        }
    }

    @Override
    public long counterIncrement(String store, String key, long by) throws LookupException {
        String call = CallText.of("counter_incr", List.of(Value.of(store), Value.of(key), Value.of(by)));
        return counter(store, call);
    }

    @Override
    public long counterGet(String store, String key) throws LookupException {
        return counter(store, CallText.of("counter_get", store, key));
    }

    @Override
    public List<String> dnsQuery(String name, RecordType type) throws LookupException {
        String call = CallText.of("dns_query", name, type.word());
        return CallText.list(answer(call).orElseThrow(() -> notAsked(call, "asks the network")));
    }

    @Override
    public Value sqlQuery(String store, String statement, List<Value> arguments) throws LookupException {
        String call = CallText.of("sql_query", List.of(Value.of(store), Value.of(statement), Value.of(arguments)));
        Optional<String> given = answer(call);
        if (given.isEmpty()) {
            StoreIds.known(settings, store);
            throw notAsked(call, "asks a database");
        }
        String text = given.get().strip();
        return text.startsWith("[") && text.endsWith("]") ? Value.ofTexts(CallText.list(text)) : Value.of(given.get());
    }

    @Override
    public boolean hopUp(String hop) throws LookupException {
        String call = CallText.of("hop_up", hop);
        return truth(answer(call).orElseThrow(() -> notAsked(call, "depends on the attempts of a running server")));
    }

    private Optional<String> answer(String call) {
        String answer = answers.get(call);
        if (answer != null) {
            used.add(call);
        }
        return Optional.ofNullable(answer);
    }

    private @Nullable String memory(String store, String key, String call) throws LookupException {
        if (DirectoryQuestions.isDefault(store)) {
            String value = StoreIds.table(settings, LookupSettings.DEFAULT).get(key);
            boolean elsewhere = value == null && !settings.fallback().isEmpty();
            return elsewhere ? memory(settings.fallback(), key, call) : value;
        }
        return switch (StoreIds.known(settings, store)) {
            case StoreSettings.Memory memory -> memory.table().get(key);
            case StoreSettings.Embedded _ -> throw notAsked(call, "asks the database of a running server");
            case StoreSettings.Sqlite _ -> throw notAsked(call, "asks a database");
            case StoreSettings.Postgres _, StoreSettings.Redis _ -> throw notAsked(call, "asks the network");
        };
    }

    private long counter(String store, String call) throws LookupException {
        Optional<String> given = answer(call);
        if (given.isEmpty()) {
            StoreIds.known(settings, store);
            throw notAsked(call, "asks the counters of a running server");
        }
        try {
            return Long.parseLong(given.get().strip());
        } catch (NumberFormatException e) {
            throw new LookupException("the answer given for " + call + " is not a whole number", e);
        }
    }

    private static boolean truth(String answer) {
        return !Set.of("", "0", "false").contains(answer.strip());
    }

    private static LookupException notAsked(String call, String what) {
        return new LookupException(call + " " + what + ", which is not done here; give an answer for it");
    }
}
