package dev.nexthop.config;

import dev.nexthop.expr.Lookups;
import org.jspecify.annotations.Nullable;

/** A directory that knows the domain {@code example.org} and no account, and stores without a key. */
final class LocalExample implements Lookups {
    @Override
    public boolean isLocalDomain(String directory, String domain) {
        return domain.equals("example.org");
    }

    @Override
    public boolean isLocalAddress(String directory, String address) {
        return false;
    }

    @Override
    public @Nullable String keyGet(String store, String key) {
        return null;
    }

    @Override
    public boolean keyExists(String store, String key) {
        return false;
    }
}
