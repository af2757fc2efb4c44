package dev.nexthop.store;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reading half of a database, called by whoever reads. */
interface Reading {
    /**
     * Reads one value; null when there is none.
     *
     * @throws RecordException when the place that holds it can't be read
     */
    byte @Nullable [] get(Family family, byte[] key) throws IOException;

    /**
     * Reads entries in the order of their keys.
     *
     * @throws RecordException when the place that holds the first of them can't be read; what lies before such a place is
     *     given
     */
    List<Entry> scan(Family family, byte[] from, byte[] to, int limit) throws IOException;
}
