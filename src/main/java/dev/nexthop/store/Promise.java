package dev.nexthop.store;

/** What has become of a write when its future completes, and how soon that is. */
public enum Promise {
    /** On stable storage, as soon as the disk can. */
    SYNCED,

    /** As {@link #SYNCED}, but nobody waits: up to 3 ms later, so that it shares the write of another commit. */
    SYNCED_SOON,

    /** A kill of the process can't take it, a power cut within some 200 ms can; at once, because somebody waits. */
    WRITTEN,

    /** As {@link #WRITTEN}, but nobody waits: up to 3 ms later, so that it shares the write of another commit. */
    WRITTEN_SOON
}
