package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/** The directories and stores that expressions ask. An empty name and {@code *} mean the default one. */
public interface Lookups {
    /** No directory and no store: every question fails. */
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
}
