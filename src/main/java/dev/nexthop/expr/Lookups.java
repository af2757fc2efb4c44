package dev.nexthop.expr;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The directories and stores that expressions ask. An empty name and {@code *} mean the default one. */
public interface Lookups {
    /** No directory and no store: every question fails. */
    @SuppressWarnings("ClassInitializationDeadlock") // Nothing but this line mentions NoLookups.
    Lookups NONE = new NoLookups();

    /**
     * Whether a directory is responsible for a domain.
     *
     * @param directory the directory's id
     * @param domain the domain
     * @return true when it is local
     * @throws LookupException when the directory cannot answer
     */
    boolean isLocalDomain(String directory, String domain) throws LookupException;

    /**
     * Whether a directory knows an address.
     *
     * @param directory the directory's id
     * @param address the address
     * @return true when it is known
     * @throws LookupException when the directory cannot answer
     */
    boolean isLocalAddress(String directory, String address) throws LookupException;

    /**
     * The value of a key in a lookup store.
     *
     * @param store the store's id
     * @param key the key
     * @return the value; null when there is no such key
     * @throws LookupException when the store cannot answer
     */
    @Nullable
    String keyGet(String store, String key) throws LookupException;

    /**
     * Whether a lookup store has a key.
     *
     * @param store the store's id
     * @param key the key
     * @return true when it has
     * @throws LookupException when the store cannot answer
     */
    boolean keyExists(String store, String key) throws LookupException;

    /**
     * Writes a key of a lookup store.
     *
     * @param store the store's id
     * @param key the key
     * @param value its new value
     * @throws LookupException when the store cannot take it
     */
    default void keySet(String store, String key, String value) throws LookupException {
        throw LookupException.none("lookup store", store);
    }

    /**
     * Adds to a counter; one that does not exist counts from 0.
     *
     * @param store the store's id
     * @param key the counter's key
     * @param by what to add, which may be negative
     * @return the counter afterwards
     * @throws LookupException when the store cannot answer
     */
    default long counterIncrement(String store, String key, long by) throws LookupException {
        throw LookupException.none("lookup store", store);
    }

    /**
     * Reads a counter.
     *
     * @param store the store's id
     * @param key the counter's key
     * @return the counter; 0 when it does not exist
     * @throws LookupException when the store cannot answer
     */
    default long counterGet(String store, String key) throws LookupException {
        throw LookupException.none("lookup store", store);
    }

    /**
     * Asks DNS.
     *
     * @param name the domain; for {@link RecordType#PTR} an address
     * @param type the record
     * @return the answers in the order of their preference, empty when there are none
     * @throws LookupException when DNS cannot answer
     */
    default List<String> dnsQuery(String name, RecordType type) throws LookupException {
        throw LookupException.none("name server", name);
    }

    /**
     * Asks an SQL store.
     *
     * @param store the store's id
     * @param statement the statement, with a question mark or {@code $1}, {@code $2} … for each argument
     * @param arguments the arguments
     * @return what a question gives: a list of rows, each a list of columns; one column only: its value in place of the row;
     *     one row only: the row in place of the list. For a statement that changes rows: how many
     * @throws LookupException when the store cannot answer
     */
    default Value sqlQuery(String store, String statement, List<Value> arguments) throws LookupException {
        throw LookupException.none("SQL store", store);
    }

    /**
     * Whether a next hop takes mail, as far as recent attempts tell.
     *
     * @param hop the hop's id
     * @return false while attempts to reach it fail
     * @throws LookupException when there is no such hop, or nobody watches
     */
    default boolean hopUp(String hop) throws LookupException {
        throw LookupException.none("next hop", hop);
    }
}
