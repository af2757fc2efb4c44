package dev.nexthop.store;

/**
 * How much memory outside the heap a database may take, in octets. Each family has up to two write buffers, one being
 * filled and one being written out.
 *
 * @param cache blocks read from disk, indexes and filters
 * @param recordBuffer one write buffer of a family of {@link Family.Kind#RECORDS}
 * @param bodyBuffer one write buffer of a family of {@link Family.Kind#BODIES}
 */
public record StoreMemory(long cache, long recordBuffer, long bodyBuffer) {
    private static final long MIB = 1024L * 1024;

    /** For a database written all day: at most 16 + 2 * (3 * 4 + 8) = 56 MiB with three families of records. */
    public static final StoreMemory BUSY = new StoreMemory(16 * MIB, 4 * MIB, 8 * MIB);

    /** For a database beside a busy one: at most 8 + 2 * (2 * 2 + 8) = 32 MiB with two families of records. */
    public static final StoreMemory SMALL = new StoreMemory(8 * MIB, 2 * MIB, 8 * MIB);
}
