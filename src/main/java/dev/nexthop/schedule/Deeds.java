package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Does something to many recipients, a few messages at a time; a recipient that is being attempted is left alone. */
final class Deeds {
    /** Messages whose writes are under way at once. */
    private static final int BATCH = 256;
    /** How long an operator waits for the disk, and for others. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final LiveTable table;
    private final Feeder feeder;
    private final Recorder recorder;
    /** A hold and what is said of it change together: whoever ends holds, or makes one, does so before or after that. */
    private final Turn together = new Turn(PATIENCE);

    private volatile boolean complete;

    Deeds(SchedulerParts parts, Machinery machinery, LiveTable table, Feeder feeder, Recorder recorder) {
        this.parts = parts;
        this.machinery = machinery;
        this.table = table;
        this.feeder = feeder;
        this.recorder = recorder;
    }

    /** What an action makes of a recipient; null leaves it as it is. */
    interface Action {
        @Nullable
        RecipientState apply(QueuedMessage message, int index, Instant now);
    }

    /**
     * What is done.
     *
     * @param filter to whom
     * @param action what
     * @param terms what is to be said of those that are held afterwards
     * @param choice who is in the virtual queue that the filter names; empty when it names none
     * @param farewell tells of those that fail by it; empty when nobody does
     */
    record Deed(
            QueueFilter filter,
            Action action,
            Optional<Order.Terms> terms,
            Optional<QueueChoice> choice,
            Optional<Farewell> farewell) {
        /** One whose filter names no virtual queue. */
        Deed(QueueFilter filter, Action action, Optional<Order.Terms> terms) {
            this(filter, action, terms, Optional.empty(), Optional.empty());
        }

        /** Whether there is no time for further messages. */
        boolean over() {
            return choice.flatMap(QueueChoice::next).isPresent();
        }
    }

    /**
     * A message with a pin.
     *
     * @param noted those of its recipients of whom something is said on the disk, so that they may be held
     * @param held those that were changed in memory, and are held now
     * @param others the others that were changed
     */
    private record Changed(Live live, BitSet noted, List<HoldNotes.Place> held, List<HoldNotes.Place> others) {
        Changed(Live live) {
            this(live, new BitSet(), new ArrayList<>(), new ArrayList<>());
        }

        List<HoldNotes.Place> places() {
            return noted.stream()
                    .mapToObj(index -> new HoldNotes.Place(live.id, index))
                    .toList();
        }

        int size() {
            return held.size() + others.size();
        }
    }

    /** Every message is known by its marks: nobody needs to read the others. */
    void complete() {
        complete = true;
    }

    boolean isComplete() {
        return complete;
    }

    /** What a new request may ask the rules. */
    Inquiry inquiry() {
        return new Inquiry(parts, machinery.clock());
    }

    /** Does it to all that are meant, or to as many as there is time for; how many. */
    int act(Deed deed) throws IOException {
        QueueFilter filter = deed.filter();
        if (filter.id().isPresent()) {
            return act(new long[] {filter.id().get().value()}, deed);
        }
        if (!complete) {
            return act(ids(filter), deed);
        }
        Marks.Wanted wanted = Marks.Wanted.of(filter);
        int changed = 0;
        for (long[] some = table.marks().some(wanted, filter.behind());
                some.length > 0 && !deed.over();
                some = table.marks().some(wanted, some[some.length - 1])) {
            changed += act(some, deed);
        }
        return changed;
    }

    /** While the start still looks through the spool. */
    private long[] ids(QueueFilter filter) throws IOException {
        LongStream.Builder ids = LongStream.builder();
        parts.spool().forEach(read -> {
            if (filter.mayHold(table.newest(read))) {
                ids.add(read.id().value());
            }
        });
        return ids.build().toArray();
    }

    /** Does it to these messages, as far as the filter means them. */
    int act(long[] ids, Deed deed) throws IOException {
        int changed = 0;
        for (int from = 0; from < ids.length && !deed.over(); from += BATCH) {
            changed += some(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + BATCH)), deed);
        }
        return changed;
    }

    private int some(long[] ids, Deed deed) throws IOException {
        List<Changed> batch = new ArrayList<>(ids.length);
        Task task = task(ids, deed); // before anything is locked: the rules may look something up
        try {
            List<HoldNotes.Place> others;
            int changed;
            List<CompletableFuture<Void>> writes;
            try {
                others = changed(task, batch);
                changed = batch.stream().mapToInt(Changed::size).sum();
                writes = letGo(batch);
            } finally {
                task.farewells.forEach(Runnable::run);
            }
            await(writes);
            parts.orders().holds().sweep(others, this::isHeld); // somebody may have held them anew meanwhile
            return changed;
        } finally {
            letGo(batch); // none, unless something failed
        }
    }

    /**
     * What is done to some messages.
     *
     * @param ids which
     * @param chosen whom it may be done to, by message; empty for all that the filter means
     * @param farewells what is to be told when nothing is locked any more
     */
    private record Task(Deed deed, long[] ids, Map<Long, BitSet> chosen, List<Runnable> farewells) {
        Task(Deed deed, long[] ids, Map<Long, BitSet> chosen) {
            this(deed, ids, chosen, new ArrayList<>());
        }

        boolean means(QueuedMessage message, int index) {
            BitSet some = chosen.get(message.id().value());
            return (deed.choice().isEmpty() || some != null && some.get(index))
                    && deed.filter().means(message.recipients().get(index));
        }
    }

    /** Without those for which there is no time. */
    private Task task(long[] ids, Deed deed) {
        Map<Long, BitSet> chosen = new HashMap<>();
        if (deed.choice().isPresent()) {
            QueueChoice choice = deed.choice().get();
            for (int i = 0; i < ids.length; i++) {
                QueueId id = new QueueId(ids[i]);
                if (!choice.goesOn(id)) {
                    return new Task(deed, Arrays.copyOf(ids, i), chosen);
                }
                chosen.put(ids[i], chosen(id, choice));
            }
        }
        return new Task(deed, ids, chosen);
    }

    private BitSet chosen(QueueId id, QueueChoice choice) {
        try {
            Optional<QueuedMessage> message = newest(id);
            return message.isPresent() ? choice.of(message.get()) : new BitSet();
        } catch (IOException e) {
            choice.undecided("message " + id + " could not be read: " + e.getMessage());
            return new BitSet();
        }
    }

    /**
     * What is said of a hold is on the disk before anybody can see or write the hold: neither a kill nor a disk that refuses it leaves
     * one that nobody ends.
     */
    private List<HoldNotes.Place> changed(Task task, List<Changed> batch) throws IOException {
        Optional<Order.Terms> terms = task.deed().terms();
        HoldNotes notes = parts.orders().holds();
        together.take();
        try {
            for (long id : task.ids()) {
                batch.add(new Changed(table.pin(new QueueId(id))));
            }
            if (terms.isPresent()) {
                batch.forEach(one -> choose(one, task));
                Set<HoldNotes.Place> noted = new LinkedHashSet<>(places(batch, Changed::places));
                notes.write(List.copyOf(noted), terms.get(), () -> batch.forEach(one -> change(one, task)));
                places(batch, Changed::held).forEach(noted::remove);
                notes.erase(List.copyOf(noted)); // whoever began an attempt meanwhile, or came to an end
            } else {
                batch.forEach(one -> change(one, task));
                notes.erase(places(batch, Changed::held));
            }
            return places(batch, Changed::others);
        } finally {
            together.end();
        }
    }

    private static List<HoldNotes.Place> places(List<Changed> batch, Function<Changed, List<HoldNotes.Place>> which) {
        return batch.stream().flatMap(one -> which.apply(one).stream()).toList();
    }

    /** Whether a recipient is held. */
    boolean isHeld(HoldNotes.Place place) throws IOException {
        Optional<List<RecipientState>> states = newest(place.id()).map(QueuedMessage::recipients);
        return states.filter(all ->
                        place.index() < all.size() && all.get(place.index()).status() == RecipientStatus.HELD)
                .isPresent();
    }

    /** The newest state of a message. A pin keeps others from changing it, writing that and letting go between two looks. */
    Optional<QueuedMessage> newest(QueueId id) throws IOException {
        Live live = table.pin(id);
        try {
            live.lock.lock();
            try {
                return live.message == null ? parts.spool().read(id) : Optional.of(live.message);
            } finally {
                live.lock.unlock();
            }
        } finally {
            table.unpin(live);
        }
    }

    private List<CompletableFuture<Void>> letGo(List<Changed> batch) {
        List<CompletableFuture<Void>> writes = new ArrayList<>(batch.size());
        while (!batch.isEmpty()) {
            Changed one = batch.removeFirst(); // once, whatever goes wrong
            try {
                if (one.size() > 0) {
                    writes.add(recorder.recorded(one.live()));
                }
                table.relaxWaiting(one.live());
            } finally {
                table.unpin(one.live());
            }
        }
        return writes;
    }

    /** The time of what is done. */
    Instant now() {
        return machinery.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Finds those who would be held now, and changes nothing. */
    private void choose(Changed one, Task task) {
        Live live = one.live();
        Instant now = now();
        live.lock.lock();
        try {
            if (feeder.read(live) && task.deed().filter().mayHold(live.message())) {
                for (int i = 0; i < live.message().recipients().size(); i++) {
                    one.noted().set(i, next(live, i, task, now) != null);
                }
            }
        } finally {
            live.lock.unlock();
        }
    }

    /** What becomes of a recipient, under the lock of its message; null when it stays as it is. */
    private static @Nullable RecipientState next(Live live, int index, Task task, Instant now) {
        QueuedMessage message = live.message();
        boolean left = live.running.get(index)
                || message.recipients().get(index).status().done();
        return left || !task.means(message, index) ? null : task.deed().action().apply(message, index, now);
    }

    private void change(Changed one, Task task) {
        Deed deed = task.deed();
        Live live = one.live();
        Instant now = now();
        Map<Integer, RecipientState> gone = new LinkedHashMap<>();
        QueuedMessage message;
        live.lock.lock();
        try {
            // Read under the lock: a ticket that begins a long wait drops the message from memory.
            if (!feeder.read(live)) {
                return;
            }
            message = live.message();
            if (!deed.filter().mayHold(message)) {
                return;
            }
            for (int i = 0; i < message.recipients().size(); i++) {
                boolean may = deed.terms().isEmpty() || one.noted().get(i);
                RecipientState next = may ? next(live, i, task, now) : null;
                if (next != null) {
                    live.set(i, next);
                    live.unwritten = true;
                    boolean held = next.status() == RecipientStatus.HELD;
                    (held ? one.held() : one.others()).add(new HoldNotes.Place(live.id, i));
                    if (next.status() == RecipientStatus.FAILED) {
                        gone.put(i, next);
                    }
                }
            }
        } finally {
            live.lock.unlock();
        }
        if (!gone.isEmpty()) {
            deed.farewell().ifPresent(teller -> task.farewells().add(() -> teller.tell(message, gone, now)));
        }
    }

    private static void await(List<CompletableFuture<Void>> writes) throws IOException {
        try {
            for (CompletableFuture<Void> write : writes) {
                write.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("the disk did not take the change within " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the change was written", e);
        }
    }
}
