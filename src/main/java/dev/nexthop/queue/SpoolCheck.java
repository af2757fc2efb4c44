package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Database;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.RecordException;
import dev.nexthop.store.UnreadableRecordException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * One walk through all families and body files at once, id by id. Nothing is held while it goes, so what comes and goes
 * meanwhile is looked at twice before it is called a fault.
 */
final class SpoolCheck {
    private static final int STEP = 512;

    /** So often something that looks wrong is read again, when it changes between two reads. */
    private static final int LOOKS = 5;

    private final RocksSpool spool;
    private final Database database;
    private final Quarantine quarantine;
    private final long deadline;
    private final Sweep sweep;
    private final List<Fault> faults = new ArrayList<>();
    private final Set<String> unreadable = new HashSet<>();
    private long messages;
    private long recipients;
    private long octets;
    private long bodyFiles;

    /**
     * @param deadline when to stop, of {@link System#nanoTime}
     */
    SpoolCheck(RocksSpool spool, Database database, Quarantine quarantine, long deadline) {
        this.spool = spool;
        this.database = database;
        this.quarantine = quarantine;
        this.deadline = deadline;
        this.sweep = new Sweep(database);
    }

    VerifyReport run(QueueId from) throws IOException {
        if (from.value() == 0) {
            once();
        }
        List<Ids> sources = List.of(
                new FamilyIds(Tables.MESSAGE, from),
                new FamilyIds(Tables.STATE, from),
                new FamilyIds(Tables.BODY, from),
                new FileIds(from));
        Optional<QueueId> next = Optional.empty();
        while (next.isEmpty()) {
            OptionalLong id = smallest(sources);
            if (id.isEmpty()) {
                break;
            }
            look(new QueueId(id.getAsLong()));
            if (faults.size() >= VerifyReport.MOST || System.nanoTime() - deadline >= 0) {
                next = Optional.of(new QueueId(id.getAsLong() + 1));
            }
        }
        List<Quarantined> aside = from.value() == 0 ? quarantine.list(VerifyReport.MOST, this::block) : List.of();
        return new VerifyReport(messages, recipients, octets, bodyFiles, aside, faults, List.of(), next);
    }

    /** What belongs to no id. */
    private void once() throws IOException {
        database.losses().forEach(loss -> fault(Fault.Kind.LOG_TORN, "log", loss));
        spool.files()
                .foreign()
                .forEach(file -> fault(
                        Fault.Kind.FOREIGN,
                        file.toString(),
                        "a file in the folder of bodies whose name is none of ours"));
        spool.files().readAgain();
        spool.files().untold().reasons().forEach((file, why) -> fault(Fault.Kind.BODY_UNTOLD, file.toString(), why));
        try {
            database.scan(Tables.META, new byte[0], new byte[0], STEP);
        } catch (RecordException e) {
            block(String.valueOf(e.getMessage()));
        }
        long mark = mark();
        long highest = spool.files().highest();
        if (highest >= mark) {
            fault(Fault.Kind.ABOVE_MARK, new QueueId(highest).toString(), "a body file above the mark of queue ids");
        }
    }

    private static OptionalLong smallest(List<Ids> sources) throws IOException {
        OptionalLong least = OptionalLong.empty();
        for (Ids source : sources) {
            OptionalLong id = source.peek();
            if (id.isPresent() && (least.isEmpty() || id.getAsLong() < least.getAsLong())) {
                least = id;
            }
        }
        if (least.isPresent()) {
            for (Ids source : sources) {
                source.drop(least.getAsLong());
            }
        }
        return least;
    }

    private void look(QueueId id) throws IOException {
        Optional<Fault> found = Optional.empty();
        Found before = Found.of(database, id);
        for (int i = 0; i < LOOKS; i++) {
            found = judge(id, before);
            if (found.isEmpty()) {
                return;
            }
            // Between the reads a message may have come, gone or moved on.
            Found after = Found.of(database, id);
            if (after.same(before)) {
                break;
            }
            before = after;
        }
        found.ifPresent(this::fault);
    }

    private Optional<Fault> judge(QueueId id, Found found) throws IOException {
        boolean file = Files.exists(spool.files().path(id)); // also one that nobody is known to own
        found.trouble().ifPresent(this::block);
        if (!found.record() && found.trouble().isEmpty()) {
            return withoutRecord(id, found, file);
        }
        Optional<QueuedMessage> message;
        try {
            message = spool.read(id);
            if (message.isPresent()) {
                drain(message.get(), file);
            }
        } catch (RecordException e) {
            return Optional.of(new Fault(Fault.Kind.DAMAGED, id.toString(), String.valueOf(e.getMessage())));
        }
        if (message.isEmpty()) {
            return withoutRecord(id, found, file);
        }
        messages++;
        recipients += message.get().recipients().size();
        octets += message.get().body().size();
        bodyFiles += file ? 1 : 0;
        return aboveMark(id);
    }

    /** Reads a body. A file that the disk gives an error for is damage as any; a database or a file closed under this is none. */
    private static void drain(QueuedMessage message, boolean file) throws IOException {
        try {
            RocksSpool.drain(message.body());
        } catch (RecordException | ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            throw file ? new UnreadableRecordException("the body can't be read: " + e.getMessage(), e) : e;
        }
    }

    /** One that can't be read is a fault of its own. */
    private long mark() throws IOException {
        try {
            return database.get(Tables.META, Tables.idsKey()).map(Tables::mark).orElse(0L);
        } catch (RecordException e) {
            block(String.valueOf(e.getMessage()));
            return Long.MAX_VALUE;
        }
    }

    private Optional<Fault> aboveMark(QueueId id) throws IOException {
        long mark = mark();
        return id.value() < mark
                ? Optional.empty()
                : Optional.of(new Fault(Fault.Kind.ABOVE_MARK, id.toString(), "its id is not below the mark of ids"));
    }

    private Optional<Fault> withoutRecord(QueueId id, Found found, boolean file) throws IOException {
        try {
            if (quarantine.contains(id)) {
                return Optional.empty();
            }
        } catch (UnreadableRecordException e) {
            return Optional.empty(); // it may be there, and the place is told as a fault of its own
        }
        if (found.state() && (found.body() || file)) {
            return Optional.of(new Fault(
                    Fault.Kind.DAMAGED, id.toString(), "the record of message " + id + " is not in the spool"));
        }
        if (found.state()) {
            return Optional.of(new Fault(Fault.Kind.STATE_ALONE, id.toString(), "a state without a message"));
        }
        if (found.body()) {
            return Optional.of(new Fault(Fault.Kind.BODY_ALONE, id.toString(), "a body without a message"));
        }
        // What this spool began itself is a draft, or a file about to go.
        boolean own = id.compareTo(spool.firstOwn()) >= 0;
        return file && !own
                ? Optional.of(new Fault(
                        Fault.Kind.FILE_ALONE,
                        id.toString(),
                        "the file " + spool.files().path(id) + " has no message"))
                : Optional.empty();
    }

    private void block(String trouble) {
        if (unreadable.add(trouble)) {
            fault(Fault.Kind.UNREADABLE, "block", trouble);
        }
    }

    private void fault(Fault.Kind kind, String name, String text) {
        fault(new Fault(kind, name, text));
    }

    private void fault(Fault fault) {
        faults.add(fault);
    }

    /** Ids in rising order. */
    private interface Ids {
        OptionalLong peek() throws IOException;

        /** Goes on behind an id when it is the next. */
        void drop(long id);
    }

    private final class FamilyIds implements Ids {
        private final Family family;
        private final ArrayDeque<Long> read = new ArrayDeque<>();
        private Optional<byte[]> at;

        FamilyIds(Family family, QueueId from) {
            this.family = family;
            this.at = Optional.of(Tables.key(from));
        }

        @Override
        public OptionalLong peek() throws IOException {
            while (read.isEmpty() && at.isPresent()) {
                Sweep.Part part = sweep.next(family, at.get(), new byte[0], STEP);
                if (part.gap()) {
                    block(part.damage());
                }
                for (Entry entry : part.entries()) {
                    long id = Tables.idOf(entry.key());
                    if (id >= 0) {
                        read.add(id);
                    } else {
                        fault(Fault.Kind.FOREIGN, family.name(), "a key of " + entry.key().length + " octets");
                    }
                }
                at = part.end();
            }
            return read.isEmpty() ? OptionalLong.empty() : OptionalLong.of(read.getFirst());
        }

        @Override
        public void drop(long id) {
            if (!read.isEmpty() && read.getFirst() == id) {
                read.removeFirst();
            }
        }
    }

    private final class FileIds implements Ids {
        private final PriorityQueue<Long> ids = new PriorityQueue<>();

        FileIds(QueueId from) throws IOException {
            for (QueueId id : spool.files().ids()) {
                if (id.compareTo(from) >= 0) {
                    ids.add(id.value());
                }
            }
        }

        @Override
        public OptionalLong peek() {
            return ids.isEmpty() ? OptionalLong.empty() : OptionalLong.of(ids.peek());
        }

        @Override
        public void drop(long id) {
            if (!ids.isEmpty() && ids.peek() == id) {
                ids.remove();
            }
        }
    }

    /**
     * What there is under an id.
     *
     * @param trouble of the first part that can't be read; such a part counts as there
     */
    private record Found(boolean record, boolean state, boolean body, Optional<String> trouble) {
        static Found of(Database database, QueueId id) throws IOException {
            boolean[] there = new boolean[3];
            Optional<String> trouble = Optional.empty();
            List<Family> parts = List.of(Tables.MESSAGE, Tables.STATE, Tables.BODY);
            for (int i = 0; i < there.length; i++) {
                try {
                    there[i] = database.get(parts.get(i), Tables.key(id)).isPresent();
                } catch (RecordException e) {
                    there[i] = true;
                    trouble = trouble.isPresent() ? trouble : Optional.of(String.valueOf(e.getMessage()));
                }
            }
            return new Found(there[0], there[1], there[2], trouble);
        }

        boolean same(Found other) {
            return record == other.record && state == other.state && body == other.body;
        }
    }
}
