package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Looks at the spool and at its quarantine, while it works or on the data of a stopped server. */
public final class SpoolInspection {
    private final RocksSpool spool;
    private final Database database;
    private final Quarantine quarantine;

    SpoolInspection(RocksSpool spool, Database database, Quarantine quarantine) {
        this.spool = spool;
        this.database = database;
        this.quarantine = quarantine;
    }

    /**
     * Checks every record and body from an id on. Reads all of it: on a platform thread.
     *
     * @param from where to begin; {@code new QueueId(0)} for all
     * @param limit how long it may take; the report says where to go on
     */
    public VerifyReport verify(QueueId from, Duration limit) throws IOException {
        return new SpoolCheck(spool, database, quarantine, System.nanoTime() + limit.toNanos()).run(from);
    }

    /**
     * What is in quarantine, oldest first.
     *
     * @param limit at most so many
     */
    public List<Quarantined> quarantined(int limit) throws IOException {
        return quarantine.list(limit, _ -> {});
    }

    /**
     * Copies what is left of a message in quarantine into files {@code ID.eml}, {@code ID.record}, {@code ID.state} and
     * {@code ID.txt}, which are written over.
     *
     * @param into a folder
     * @return the files; none when that message is not in quarantine
     */
    public List<Path> export(QueueId id, Path into) throws IOException {
        return quarantine.export(id, spool.files(), into);
    }

    /** The folder that a running server exports into, made when missing. */
    public Path exported() throws IOException {
        return Files.createDirectories(spool.settings().path().resolve("exported"));
    }

    /**
     * Forgets a message in quarantine for good.
     *
     * @return false when it is not in quarantine
     */
    public boolean drop(QueueId id) throws IOException {
        return quarantine.drop(id, spool.files());
    }

    /**
     * Moves a message in quarantine back into the queue when it is whole now: the disk is back, or its body is where it was.
     * A running server delivers it at once, with its recipients as they stood.
     *
     * @return false when it is not in quarantine
     * @throws dev.nexthop.store.CorruptRecordException when it is not whole, saying what is missing; it stays where it is
     */
    public boolean restore(QueueId id) throws IOException {
        return spool.restore(id);
    }

    Database database() {
        return database;
    }

    void putAside(QueueId id, String reason, Instant now) throws IOException {
        quarantine.add(id, reason, now);
    }

    /**
     * Opens the data of a stopped server and leaves everything as it is found, save what any opening does: the log is
     * replayed, an older format brought up, and files of bodies that are nobody's for certain are removed.
     *
     * @throws dev.nexthop.store.StoreInUseException when a server runs on it
     * @throws IOException when there is no spool, or it can't be opened
     */
    public static RocksSpool stopped(SpoolSettings settings, Clock clock, SpoolWatch watch) throws IOException {
        if (!Files.isDirectory(RocksSpool.folder(settings)) && !Rebuild.waits(settings)) {
            throw new IOException("there is no spool in " + settings.path());
        }
        RocksSpool.Company company = new RocksSpool.Company(clock, _ -> {}, () -> Long.MAX_VALUE, watch);
        return RocksSpool.open(settings, company, RocksSpool.Orphans.KEPT);
    }

    /**
     * Mends the data of a stopped server: damaged messages and what is left of lost ones go into quarantine, and a
     * database with blocks that can't be read is written anew beside the old one, which is kept.
     *
     * @return what was found, and what was done about it
     */
    public static VerifyReport repair(SpoolSettings settings, Clock clock, SpoolWatch watch) throws IOException {
        return new SpoolRepair(settings, clock, watch).run();
    }
}
