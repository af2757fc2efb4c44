package dev.nexthop.lookup;

import dev.nexthop.expr.LookupException;
import java.util.List;
import java.util.Optional;

/** Which store an id in a rule means. */
final class StoreIds {
    private StoreIds() {}

    /**
     * A store and one of its queries.
     *
     * @param store the store's id
     * @param query the name of a configured statement; empty for the store itself
     */
    record Id(String store, String query) {}

    /** Splits {@code store/query}, unless a store has the whole as its id. */
    static Id split(LookupSettings settings, String id) {
        int slash = id.indexOf('/');
        return settings.stores().containsKey(id) || slash < 0
                ? new Id(id, "")
                : new Id(id.substring(0, slash), id.substring(slash + 1));
    }

    /** The store that an id means; for the default one the one behind the table, if there is one. */
    static Id resolve(LookupSettings settings, String id) {
        if (!DirectoryQuestions.isDefault(id)) {
            return split(settings, id);
        }
        return new Id(settings.fallback().isEmpty() ? LookupSettings.DEFAULT : settings.fallback(), "");
    }

    /** The settings of the store that an id means. */
    static StoreSettings known(LookupSettings settings, String id) throws LookupException {
        Id parts = resolve(settings, id);
        StoreSettings store = settings.stores().get(parts.store());
        if (store == null) {
            List<String> ids = settings.stores().keySet().stream()
                    .filter(name -> !DirectoryQuestions.isDefault(name))
                    .sorted()
                    .toList();
            throw new LookupException(
                    "there is no lookup store '" + parts.store() + "'; there are: " + String.join(", ", ids));
        }
        if (!parts.query().isEmpty() && !hasQuery(store, parts.query())) {
            throw new LookupException("the store '" + parts.store() + "' has no query '" + parts.query() + "'");
        }
        return store;
    }

    static LookupException noSql(String id) {
        return new LookupException("the store '" + id + "' does not speak SQL");
    }

    private static boolean hasQuery(StoreSettings store, String query) {
        Optional<StoreSettings.SqlTexts> texts = switch (store) {
            case StoreSettings.Sqlite it -> Optional.of(it.texts());
            case StoreSettings.Postgres it -> Optional.of(it.texts());
            case StoreSettings.Memory _, StoreSettings.Embedded _, StoreSettings.Redis _ -> Optional.empty();
        };
        return texts.filter(it -> it.queries().containsKey(query)).isPresent();
    }

    static MemoryTable table(LookupSettings settings, String id) throws LookupException {
        if (known(settings, id) instanceof StoreSettings.Memory(MemoryTable table)) {
            return table;
        }
        throw new LookupException("'" + id + "' is no table in memory");
    }
}
