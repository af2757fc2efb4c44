package dev.nexthop.store;

import java.io.IOException;
import java.util.List;

/** The writing half of a database, called by its committer thread alone. */
interface Engine {
    /**
     * Writes all edits of all commits atomically.
     *
     * @param group in order
     * @param sync whether to return only when this and everything written before is on stable storage
     * @throws IOException when the write failed; whether it will be found after a restart is not known
     */
    void write(List<Commit> group, boolean sync) throws IOException;

    /** Brings everything written so far to stable storage. */
    void sync() throws IOException;

    /**
     * Makes the database writable again after a failed write. Until it succeeds, reads go on where they can.
     *
     * @throws IOException when that is not possible yet
     */
    void revive() throws IOException;
}
