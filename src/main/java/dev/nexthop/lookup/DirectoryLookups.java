package dev.nexthop.lookup;

import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups over one directory and tables in memory. The directory has the names {@code ''} and {@code '*'} beside its own; where Stalwart
 * 0.7 took the default directory for any name it did not know, an unknown name is a failure here, because a misspelt
 * directory must not decide where mail goes. The tables are those of {@code lookup.<table>.<key>}; {@code ''} and
 * {@code '*'} are the table {@code default}.
 */
public final class DirectoryLookups implements Lookups {
    private static final String DEFAULT_TABLE = "default";

    private final String id;
    private final Directory directory;
    private final Map<String, Map<String, String>> tables;

    /**
     * Look-ups.
     *
     * @param id the directory's name in the configuration, which rules may use too; empty when it has none
     * @param directory the one directory there is
     * @param tables values by table and key; copied. The table {@code default} always exists
     */
    public DirectoryLookups(String id, Directory directory, Map<String, Map<String, String>> tables) {
        this.id = id;
        this.directory = directory;
        Map<String, Map<String, String>> copy = new HashMap<>();
        copy.put(DEFAULT_TABLE, Map.of());
        tables.forEach((name, table) -> copy.put(name, Map.copyOf(table)));
        this.tables = Map.copyOf(copy);
    }

    @Override
    public boolean isLocalDomain(String directory, String domain) throws LookupException {
        Directory asked = directory(directory);
        Domain name;
        try {
            name = new Domain(domain);
        } catch (IllegalArgumentException e) {
            return false; // no domain at all is local to nobody
        }
        try {
            return asked.isLocalDomain(name);
        } catch (DirectoryException e) {
            throw new LookupException("the directory could not say: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isLocalAddress(String directory, String address) throws LookupException {
        Directory asked = directory(directory);
        Mailbox mailbox;
        try {
            mailbox = Mailbox.parse(address);
        } catch (IllegalArgumentException e) {
            return false; // a text that is no mailbox (RFC 5321 §4.1.2) has no account
        }
        try {
            return !asked.recipients(mailbox).isEmpty();
        } catch (DirectoryException e) {
            throw new LookupException("the directory could not say: " + e.getMessage(), e);
        }
    }

    @Override
    public @Nullable String keyGet(String store, String key) throws LookupException {
        return table(store).get(key);
    }

    @Override
    public boolean keyExists(String store, String key) throws LookupException {
        return table(store).containsKey(key);
    }

    private Directory directory(String name) throws LookupException {
        if (isDefault(name) || name.equals(id)) {
            return directory;
        }
        throw new LookupException("there is no directory '" + name + "'; '' and '*' mean the default one"
                + (id.isEmpty() ? "" : ", which is '" + id + "'"));
    }

    private Map<String, String> table(String id) throws LookupException {
        Map<String, String> table = tables.get(isDefault(id) ? DEFAULT_TABLE : id);
        if (table == null) {
            List<String> known = tables.keySet().stream().sorted().toList();
            throw new LookupException("there is no lookup table '" + id + "'; there are: " + String.join(", ", known));
        }
        return table;
    }

    private static boolean isDefault(String id) {
        return id.isEmpty() || id.equals("*");
    }
}
