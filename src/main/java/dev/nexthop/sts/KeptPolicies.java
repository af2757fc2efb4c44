package dev.nexthop.sts;

import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Family;
import dev.nexthop.store.Promise;
import dev.nexthop.store.RecordException;
import dev.nexthop.store.StoreMemory;
import dev.nexthop.tls.StsAnswer.Trouble;
import dev.nexthop.tls.StsPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All kept policies, in memory and on disk, by the names of their domains in A-labels. */
final class KeptPolicies implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptPolicies.class);
    private static final Family POLICY = new Family("policy", Family.Kind.RECORDS);
    private static final int SCAN_STEP = 1_000;

    /** Octets that all policies may take in memory together: a stranger's names can have as many as he likes, each large. */
    static final long MOST_WEIGHT = 16L * 1024 * 1024;

    /** A policy heavier than this goes before others: usual ones have some hundred octets. */
    private static final int HEAVY = 4 * 1024;

    /** What a policy, and what each pattern, takes beside its characters, about. */
    private static final int OVERHEAD = 56;

    /** When there are too many, so many of a hundred are left. */
    private static final int LEFT = 90;

    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    /** Held for a change of memory and for its hand-over to the disk, so that both have changes in one order. */
    private final ReentrantLock writing = new ReentrantLock();

    private final Database database;
    private final int most;

    /** Of all slots; changed under the lock, read without. */
    private final AtomicLong weight = new AtomicLong();

    /** A policy, and what is known of it since the start. */
    static final class Slot {
        volatile KeptPolicy kept;
        /** When its domain's TXT record was last looked at for its own sake. */
        volatile Instant checked = Instant.EPOCH;
        /** What went wrong with its renewal. */
        volatile Optional<Trouble> trouble = Optional.empty();
        /** How many fetches in the background have failed in a row, as far as that counts. */
        volatile int failures;

        Slot(KeptPolicy kept) {
            this.kept = kept;
        }

        StsPolicy policy() {
            return kept.policy();
        }
    }

    /** Why not all of them could be read. */
    private Optional<String> unread = Optional.empty();

    private KeptPolicies(Database database, int most) {
        this.database = database;
        this.most = most;
    }

    static KeptPolicies open(Path folder, int most) throws IOException {
        Database database = Database.open(folder, "mta-sts", List.of(POLICY), StoreMemory.SMALL);
        boolean read = false;
        try {
            KeptPolicies policies = new KeptPolicies(database, most);
            policies.read();
            read = true;
            return policies;
        } finally {
            if (!read) {
                database.close();
            }
        }
    }

    List<String> takeLosses() throws IOException {
        List<String> losses = new ArrayList<>(database.takeLosses());
        unread.ifPresent(
                why -> losses.add(why + "; the policies from there on are fetched again when they are needed"));
        return losses;
    }

    /** As many as lie before a place that can't be read. */
    private List<Entry> next(byte[] from) throws IOException {
        try {
            return database.scan(POLICY, from, new byte[0], SCAN_STEP);
        } catch (RecordException e) {
            unread = Optional.ofNullable(e.getMessage());
            return List.of();
        }
    }

    private void read() throws IOException {
        byte[] from = new byte[0];
        List<Entry> entries = next(from);
        while (!entries.isEmpty()) {
            for (Entry entry : entries) {
                String name = new String(entry.key(), StandardCharsets.UTF_8);
                try {
                    Slot slot = new Slot(PolicyCodec.decode(entry.value()));
                    slots.put(name, slot);
                    weight.addAndGet(weight(slot));
                } catch (IOException e) {
                    LOG.error("the MTA-STS policy of {} is lost, until it is fetched again: {}", name, e.getMessage());
                }
                from = Arrays.copyOf(entry.key(), entry.key().length + 1);
            }
            entries = next(from);
        }
    }

    /** The policy of a domain, expired or not; null when there is none. */
    @Nullable
    Slot at(String name) {
        return slots.get(name);
    }

    Collection<Slot> all() {
        return slots.values();
    }

    int size() {
        return slots.size();
    }

    /** Keeps a policy in the place of another. It is on disk soon; nobody waits for that. */
    void put(KeptPolicy kept, Instant now) {
        String name = kept.policy().domain().name();
        writing.lock();
        try {
            Slot slot = new Slot(kept);
            Slot before = slots.put(name, slot);
            weight.addAndGet(weight(slot) - (before == null ? 0 : weight(before)));
            write(name, new Edit.Put(POLICY, key(name), PolicyCodec.encode(kept)));
        } finally {
            writing.unlock();
        }
        if (slots.size() > most || weight() > MOST_WEIGHT) {
            thin(now);
        }
    }

    /** Forgets what has expired. */
    void purge(Instant now) {
        slots.values().stream().filter(slot -> !slot.kept.valid(now)).toList().forEach(this::remove);
    }

    /** Those go that are missed least: expired ones, then those that enforce nothing, then heavy ones, then those unused for longest. */
    private void thin(Instant now) {
        purge(now);
        if (slots.size() <= most && weight() <= MOST_WEIGHT) {
            return;
        }
        List<Slot> snapshot = slots.values().stream()
                .map(slot -> new Aged(slot, slot.kept))
                .sorted(Comparator.comparing((Aged aged) -> aged.kept().policy().mode() == StsPolicy.Mode.ENFORCE)
                        .thenComparing(aged -> weight(aged.slot()) <= HEAVY)
                        .thenComparing(aged -> aged.kept().used()))
                .map(Aged::slot)
                .toList();
        int given = 0;
        while (given < snapshot.size()
                && (slots.size() > most * (long) LEFT / 100 || weight() > MOST_WEIGHT * LEFT / 100)) {
            remove(snapshot.get(given++));
        }
        LOG.warn(
                "{} MTA-STS policies were given up, for there are more than {}, or of more than {} octets",
                given,
                most,
                MOST_WEIGHT);
    }

    /** What a policy takes in memory, about. */
    private static long weight(Slot slot) {
        return 4L * OVERHEAD
                + slot.policy().patterns().stream()
                        .mapToLong(pattern -> pattern.length() + OVERHEAD)
                        .sum();
    }

    /** What all of them take, about. */
    long weight() {
        return weight.get();
    }

    /** A slot with its policy at one moment, so that a sort is not disturbed. */
    private record Aged(Slot slot, KeptPolicy kept) {}

    private void remove(Slot slot) {
        String name = slot.policy().domain().name();
        writing.lock();
        try {
            if (slots.remove(name, slot)) {
                weight.addAndGet(-weight(slot));
                write(name, new Edit.Delete(POLICY, key(name)));
            }
        } finally {
            writing.unlock();
        }
    }

    private void write(String name, Edit edit) {
        var _ = database.submit(List.of(edit), Promise.SYNCED).whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.error("the MTA-STS policy of {} could not be written: {}", name, failure.getMessage());
            }
        });
    }

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        database.close();
    }
}
