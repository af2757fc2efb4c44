package dev.nexthop.expr;

/** Answers no question. */
final class NoLookups implements Lookups {
    @Override
    public boolean isLocalDomain(String directory, String domain) throws LookupException {
        throw LookupException.none("directory", directory);
    }

    @Override
    public boolean isLocalAddress(String directory, String address) throws LookupException {
        throw LookupException.none("directory", directory);
    }

    @Override
    public String keyGet(String store, String key) throws LookupException {
        throw LookupException.none("lookup store", store);
    }

    @Override
    public boolean keyExists(String store, String key) throws LookupException {
        throw LookupException.none("lookup store", store);
    }
}
