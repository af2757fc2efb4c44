package dev.nexthop.store;

import dev.nexthop.flight.CommitEvent;
import dev.nexthop.flight.Telling;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It takes whatever waits, writes it as one batch, and tells everybody who waited. While
 * it is in a synced write, the next group gathers: the slower the disk, the larger the groups.
 *
 * <p>A group that holds a durable commit is synced. A group without one is only handed to the operating system, which
 * survives a kill of the process; a sync follows within {@link #SYNC_DELAY}, or sooner with the next durable commit. A
 * group that nobody waits for lingers in the line, mostly until a durable commit takes it along.
 */
final class Committer {
    /** How long a write that nobody waits to be durable may stay unsynced: what a power cut can cost in outcomes. */
    static final Duration SYNC_DELAY = Duration.ofMillis(200);

    /** How long to leave a database alone after it could not be revived. */
    static final Duration REVIVE_DELAY = Duration.ofSeconds(1);

    /** Most commits of one group. */
    static final int MAX_GROUP = 1_000;

    /** Octets that one group should not exceed: it lives in native memory while it is written. */
    static final long MAX_GROUP_WEIGHT = 4L * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    private final Engine engine;
    private final WaitingLine line;
    private final Thread thread;
    private final AtomicReference<CommitCounts> counts = new AtomicReference<>(new CommitCounts(0, 0, 0));
    private final AtomicLong revivals = new AtomicLong();
    // The fields below belong to the committer thread.
    private boolean unsynced;
    private long syncDue;
    private boolean broken;
    private Throwable trouble = new IOException("none yet");
    private long reviveDue;

    private Committer(String name, Engine engine, WaitingLine line) {
        this.engine = engine;
        this.line = line;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    static Committer start(String name, Engine engine, WaitingLine line) {
        Committer committer = new Committer(name, engine, line);
        committer.thread.start();
        return committer;
    }

    CommitCounts counts() {
        return counts.get();
    }

    /** How often the database was opened again, or that was tried. */
    long revivals() {
        return revivals.get();
    }

    /** Waits until everything in the closed line is written and synced. */
    void join(Duration patience) throws InterruptedException, IOException {
        if (!thread.join(patience)) {
            throw new IOException("the disk did not take the last writes within " + patience.toSeconds() + " s");
        }
    }

    private void run() {
        List<Commit> group = new ArrayList<>();
        while (!line.finished()) {
            try {
                long patience = unsynced ? syncDue - System.nanoTime() : WaitingLine.FOREVER;
                line.drainTo(group, MAX_GROUP, MAX_GROUP_WEIGHT, patience);
            } catch (InterruptedException e) {
                // Nobody but a misguided caller interrupts this thread, and mail must still be written.
                LOG.warn("the committer was interrupted and goes on");
            }
            if (!group.isEmpty()) {
                commit(group);
                group.clear();
            }
            if (unsynced && syncDue - System.nanoTime() <= 0) {
                sync();
            }
        }
        if (unsynced) {
            sync();
        }
    }

    private void commit(List<Commit> group) {
        boolean durable = false;
        for (Commit commit : group) {
            durable |= commit.durable();
        }
        if (broken && !revived(group)) {
            return;
        }
        try {
            write(group, durable);
        } catch (IOException e) {
            breakDown(e);
            fail(group, WriteException.tried(String.valueOf(e.getMessage()), e));
            return;
        } catch (RuntimeException | Error e) {
            // Not written, as far as anybody may rely on it. The thread must live: everybody waits for it.
            LOG.error("unexpected trouble in the committer", e);
            breakDown(e);
            fail(group, WriteException.tried("the write failed: " + e, e));
            return;
        }
        if (durable) {
            unsynced = false;
        } else if (!unsynced) {
            unsynced = true;
            syncDue = System.nanoTime() + SYNC_DELAY.toNanos();
        }
        count(group.size(), durable);
        for (Commit commit : group) {
            commit.done().complete(null);
        }
    }

    private void write(List<Commit> group, boolean durable) throws IOException {
        CommitEvent event = CommitEvent.begun();
        boolean written = false;
        try {
            engine.write(group, durable);
            written = true;
        } finally {
            tell(event, group, durable, written);
        }
    }

    /** What is written stays written, and this thread lives, whatever becomes of the telling. */
    private static void tell(@Nullable CommitEvent event, List<Commit> group, boolean synced, boolean written) {
        if (event == null) {
            return;
        }
        Telling.of("a write", () -> {
            event.over();
            event.tell(inside(group), synced, written);
        });
    }

    private static CommitEvent.Group inside(List<Commit> group) {
        int durable = 0;
        long octets = 0;
        for (Commit commit : group) {
            durable += commit.durable() ? 1 : 0;
            octets += commit.weight();
        }
        return new CommitEvent.Group(group.size(), durable, octets);
    }

    private void count(int commits, boolean synced) {
        CommitCounts before = counts.get();
        counts.set(
                new CommitCounts(before.commits() + commits, before.writes() + 1, before.synced() + (synced ? 1 : 0)));
    }

    /** Opens a broken database again, unless that was tried a moment ago; fails the group when it stays broken. */
    private boolean revived(List<Commit> group) {
        if (reviveDue - System.nanoTime() > 0) {
            fail(group, WriteException.notTried("the database takes no writes since an error: " + trouble, trouble));
            return false;
        }
        revivals.incrementAndGet(); // before: it may fail when what was unsynced is gone already
        try {
            engine.revive();
        } catch (IOException | RuntimeException | Error e) { // this thread must live
            trouble = e;
            reviveDue = System.nanoTime() + REVIVE_DELAY.toNanos();
            fail(group, WriteException.notTried(String.valueOf(e.getMessage()), e));
            return false;
        }
        broken = false;
        LOG.info("the database takes writes again");
        return true;
    }

    private void breakDown(Throwable failure) {
        LOG.error("a write failed; nothing of it was acknowledged: {}", failure.toString());
        broken = true;
        trouble = failure;
        reviveDue = System.nanoTime();
    }

    private static void fail(List<Commit> group, WriteException failure) {
        for (Commit commit : group) {
            commit.done().completeExceptionally(failure);
        }
    }

    private void sync() {
        unsynced = false;
        CommitEvent event = CommitEvent.begun();
        boolean written = false;
        try {
            engine.sync();
            written = true;
        } catch (IOException | RuntimeException | Error e) {
            // No caller waits for this sync. The next write finds the database broken and has it opened again.
            breakDown(e);
            LOG.error("outcomes of the last {} ms may be lost by a power cut: {}", SYNC_DELAY.toMillis(), e.toString());
        }
        tell(event, List.of(), true, written);
    }
}
