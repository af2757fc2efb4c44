package dev.nexthop.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A disk that makes a write and then says that it failed, for tests of other rooms. */
public final class Faults {
    private volatile boolean armed;

    /** The next write is made and reported as failed. */
    public void arm() {
        armed = true;
    }

    /** A database on this disk. */
    public Database open(Path folder, List<Family> families) throws IOException {
        return Database.open(folder, "faulty", families, StoreMemory.SMALL, Faulty::new);
    }

    private final class Faulty implements Engine {
        private final Engine engine;

        Faulty(Engine engine) {
            this.engine = engine;
        }

        @Override
        public void write(List<Commit> group, boolean sync) throws IOException {
            engine.write(group, sync);
            if (armed) {
                armed = false;
                throw new IOException("no answer from the disk");
            }
        }

        @Override
        public void sync() throws IOException {
            engine.sync();
        }

        @Override
        public void revive() throws IOException {
            engine.revive();
        }
    }
}
