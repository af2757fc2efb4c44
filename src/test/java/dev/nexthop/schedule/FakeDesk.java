package dev.nexthop.schedule;

import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What operators ordered and said, in memory as if on a disk, which may be full. */
final class FakeDesk implements DeskRecords {
    private final DeskRecords records = DeskRecords.inMemory();
    boolean full;
    /** Called before something becomes durable: what others do just then. */
    Runnable committing = () -> {};

    @Override
    public void commit(List<Edit> edits) throws IOException {
        committing.run();
        if (full) {
            throw new IOException("no space left on device");
        }
        records.commit(edits);
    }

    @Override
    public Optional<byte[]> get(Family family, byte[] key) throws IOException {
        return records.get(family, key);
    }

    @Override
    public List<Entry> scan(Family family, byte[] from, int limit) throws IOException {
        return records.scan(family, from, limit);
    }

    @Override
    public void close() {
        records.close();
    }
}
