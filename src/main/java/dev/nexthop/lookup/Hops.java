package dev.nexthop.lookup;

import dev.nexthop.expr.LookupException;

/** How next hops fare, for {@code hop_up} in rules. */
@FunctionalInterface
public interface Hops {
    /** Nobody watches: every question fails. */
    Hops UNWATCHED = id -> {
        throw new LookupException("nobody watches the next hop '" + id + "'");
    };

    /**
     * Whether a next hop takes mail, as far as recent attempts tell.
     *
     * @param id the hop's id
     * @return false while attempts to reach it fail
     * @throws LookupException when there is no such hop, or nobody watches
     */
    boolean isUp(String id) throws LookupException;
}
