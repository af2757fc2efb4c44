package dev.nexthop.schedule;

import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.smtp.Domain;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a recipient is tried, how many at once, and what an outcome leads to (RFC 5321 §4.5.4.1). {@code docs/scheduler.md}
 * tells how it works.
 */
public final class Scheduler {
    /** How long a stop waits for running attempts unless told otherwise. */
    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    /** Messages being routed at once: more than one only helps while look-ups block. */
    private static final int ROUTING = 64;

    private static final Duration SCAN_PAUSE = Duration.ofMinutes(1);

    /** More of them wait for the scan. */
    private static final int MOST_NEWCOMERS = 100_000;

    /** Between two looks through the queue for mail whose domain has another MTA-STS policy. */
    private static final Duration RELEASE_PAUSE = Duration.ofSeconds(10);

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final DueIndex index = new DueIndex();
    private final MarkIndex marks = new MarkIndex();
    private final LiveTable table;
    private final Dispatcher dispatcher;
    private final Admission admission;
    private final InFlight inFlight = new InFlight();
    private final Recorder recorder;
    private final Attempts attempts;
    private final Feeder feeder;
    private final Deeds deeds;
    private final OrderDesk orders;
    private final HoldEnds holds;
    private final QueueDesk desk;
    private final Errand<String> throttles;
    private final Errand<Domain> policies;
    private final Queue<Arrival> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger routing = new AtomicInteger();
    /** What was accepted while the spool is scanned: they are not to wait for it, nor behind all that it finds. */
    private final Set<QueueId> newcomers = ConcurrentHashMap.newKeySet();

    private final ReentrantLock following = new ReentrantLock();
    /** The number of the rules that limits and orders follow; under that lock. */
    private long followed = -1;

    private volatile boolean scanning;
    private volatile long scannedTo = -1;
    private volatile boolean stopping;

    /**
     * A message that waits to be routed.
     *
     * @param live the message, pinned
     * @param read whether it came from the disk
     */
    private record Arrival(Live live, boolean read) {}

    /**
     * A scheduler. It starts with {@link #start}.
     *
     * @param parts whom it works with
     * @param machinery time and threads
     */
    public Scheduler(SchedulerParts parts, Machinery machinery) {
        this.parts = parts;
        this.machinery = machinery;
        this.table = new LiveTable(index, marks, this::indexed);
        this.dispatcher = new Dispatcher(parts, machinery, table);
        this.admission = new Admission(machinery, new Following());
        Teller teller = new Teller(parts, machinery.clock());
        this.recorder = new Recorder(parts, machinery, table, teller, inFlight);
        this.attempts = new Attempts(
                parts,
                machinery,
                new Attempts.Book(table, recorder, inFlight),
                new Attempts.Gate(dispatcher, admission),
                this::load);
        this.feeder = new Feeder(parts, machinery, index, table, new Feeding());
        this.deeds = new Deeds(parts, machinery, table, feeder, recorder);
        this.orders = new OrderDesk(parts, machinery, table);
        this.holds = new HoldEnds(parts, machinery, deeds);
        this.desk = new QueueDesk(parts, table, admission, deeds, new QueueDesk.Standing(orders, holds));
        this.throttles = new Errand<>(
                machinery, new Errand.Manner("throttles have changed", Duration.ZERO), desk::throttlesChanged);
        this.policies = new Errand<>(
                machinery, new Errand.Manner("MTA-STS policies are new", RELEASE_PAUSE), desk::policyChanged);
        rulesChanged(Set.of());
    }

    /**
     * Lets the limits follow the newest rules; what runs, waits and was learned of destinations stays, except of remotes
     * that changed. Decisions and attempts find new rules without this.
     *
     * @param hops ids of remotes whose definition has changed: what was learned of them was about something else
     */
    public void rulesChanged(Set<String> hops) {
        following.lock(); // lest one that opened older rules follows them behind one with newer
        try (Ruleset rules = parts.rules().open()) {
            table.budget(rules.settings().heldBytes());
            attempts.follow(rules, hops);
            if (followed != rules.number()) {
                followed = rules.number();
                orders.follow(rules);
            }
            throttlesChanged(rules.throttles());
        } finally {
            following.unlock();
        }
    }

    /** Whoever waits for the time of a throttle that means something else now asks again. */
    private void throttlesChanged(ThrottleRules rules) {
        throttles.run(rules.counting() ? rules.throttles().follow(rules.all()) : Set.of());
    }

    /**
     * Whoever waits for a next hop is tried as if it had never failed. It does not hasten who has a later time.
     *
     * @param hop the id of a remote that was down and takes mail again
     */
    public void hopIsBack(String hop) {
        rulesChanged(Set.of(hop));
    }

    /**
     * Recipients of a domain are due now that wait because its MTA-STS policy was not fulfilled (RFC 8461 §5). Returns at once;
     * it takes some seconds when the same has been asked for just before.
     *
     * @param domain whose policy is another now, as their addresses have it
     */
    public void policyChanged(Domain domain) {
        policies.run(Set.of(domain));
    }

    /**
     * Takes a message that has just become durable. Returns at once; the message stays in memory until its first attempt is
     * over, as far as the budget goes.
     *
     * @param message the message, its body in memory when small
     */
    public void accept(QueuedMessage message) {
        if (stopping) {
            return; // it is on disk, and the next start finds it
        }
        marks.put(message);
        // The scan may meet it too, in a state that is old by then.
        boolean known = !scanning || newcomers.size() < MOST_NEWCOMERS && newcomers.add(message.id());
        Live live = known && message.id().value() > scannedTo ? table.hold(message) : null;
        if (live == null) {
            index.put(message.id(), machinery.clock().millis());
            feeder.kick();
        } else {
            ready.add(new Arrival(live, false));
            route();
        }
    }

    /** Finds what waits in the spool, in the background. */
    public void start() {
        scanning = true;
        orders.arm();
        machinery.jobs().execute(this::scan);
    }

    /** Whether the start has found all mail. */
    boolean complete() {
        return deeds.isComplete();
    }

    /**
     * Stops: no new attempts; running ones may end. What still runs after the grace is tried again after the next start.
     * Blocks; call it before the spool is closed.
     *
     * @param grace how long to wait
     * @return how many attempts and writes were left behind
     */
    public int stop(Duration grace) {
        stopping = true;
        feeder.stop();
        attempts.stop();
        recorder.stop();
        throttles.stop();
        policies.stop();
        admission.close();
        long start = System.nanoTime();
        recorder.lastTry();
        inFlight.await(grace);
        recorder.lastTry(); // attempts that have just ended may have met the same disk
        int left = inFlight.await(grace.minusNanos(System.nanoTime() - start)) + recorder.paused();
        if (left > 0) {
            LOG.warn("stopped with {} attempts or writes unfinished; they are made again after the next start", left);
        }
        return left;
    }

    /** What an operator may do. */
    public QueueControl control() {
        return desk;
    }

    /**
     * How much is in hand.
     *
     * @param waiting messages that wait for their time
     * @param inHand messages with a recipient in work or in line for a slot
     * @param heldBytes octets of new messages held in memory
     */
    public record Load(int waiting, int inHand, long heldBytes) {}

    /** How much is in hand now. */
    public Load load() {
        return new Load(index.size(), table.size(), table.heldBytes());
    }

    private void load(Ticket ticket) {
        feeder.load(ticket);
    }

    private void indexed() {
        feeder.kick();
    }

    private void scan() {
        Outdated outdated;
        try {
            outdated = outdated();
            // What can't be read is due now: the feeder reads it once more and puts it into quarantine.
            parts.spool()
                    .forEach(
                            message -> found(message, outdated),
                            id -> index.put(id, machinery.clock().millis()));
        } catch (IOException | RuntimeException e) {
            scanAgain(e);
            return;
        } catch (Error bug) {
            scanAgain(bug);
            throw bug;
        } finally {
            feeder.kick();
        }
        scanning = false;
        newcomers.clear();
        deeds.complete();
        holds.look();
        throttles.run(outdated.ids());
    }

    private Outdated outdated() {
        try (Ruleset rules = parts.rules().open()) {
            return new Outdated(rules.throttles().all());
        }
    }

    private void scanAgain(Throwable why) {
        if (!stopping) {
            machinery
                    .ticker()
                    .at(
                            machinery.clock().instant().plus(SCAN_PAUSE),
                            () -> machinery.jobs().execute(this::scan));
        }
        LOG.error("the spool could not be scanned", why);
        parts.events().alarm("spool", "the queue could not be read whole, next try in a minute: " + why.getMessage());
    }

    private void found(QueuedMessage message, Outdated outdated) {
        if (newcomers.contains(message.id())) {
            return; // it is in hand already, or gone
        }
        scannedTo = Math.max(scannedTo, message.id().value());
        if (message.done()) {
            var _ = parts.spool().apply(List.of(new Change.Removal(message.id())));
            return;
        }
        marks.put(message);
        outdated.look(message);
        index.put(message.id(), LiveTable.wake(message));
        if (index.size() % 1_000 == 1) {
            feeder.kick(); // serve while the scan goes on
        }
    }

    /** Starts one more thread that routes, when there is something to route. */
    private void route() {
        while (!ready.isEmpty()) {
            int running = routing.get();
            if (running >= ROUTING) {
                return;
            }
            if (routing.compareAndSet(running, running + 1)) {
                machinery.workers().execute(this::routeAll);
                return;
            }
        }
    }

    /** Routes what is ready. The last attempt that this leads to needs no thread of its own. */
    private void routeAll() {
        Deque<Ticket> admitted = new ArrayDeque<>();
        boolean done = false;
        try {
            for (Arrival next = ready.poll(); next != null; next = ready.poll()) {
                spawn(admitted, 0); // they have their slots: they don't wait for the look-ups of this one
                routeOne(next, admitted);
                spawn(admitted, 1);
            }
            done = true;
        } finally {
            routing.decrementAndGet();
            if (!done) {
                spawn(admitted, 0);
            }
            route();
            feeder.kick();
        }
        if (!admitted.isEmpty()) {
            attempts.run(admitted.removeFirst());
        }
    }

    /** Starts all but so many of them. */
    private void spawn(Deque<Ticket> admitted, int keep) {
        while (admitted.size() > keep) {
            spawn(admitted.removeFirst());
        }
    }

    private void spawn(Ticket ticket) {
        machinery.workers().execute(() -> attempts.run(ticket));
    }

    /** Decides; what has a slot at once is added to those admitted. */
    private void routeOne(Arrival arrival, Deque<Ticket> admitted) {
        Live live = arrival.live();
        boolean read = arrival.read();
        Deque<Ticket> left = new ArrayDeque<>();
        try {
            if (!stopping && !recorder.isPaused(live)) {
                List<Ticket> tickets = dispatcher.dispatch(live);
                if (tickets == null) {
                    index.put(live.id, machinery.clock().millis()); // it is read again
                    return;
                }
                left.addAll(tickets);
                if (read && recorder.owes(live)) {
                    recorder.record(live); // not after a wait for a slot, which may be long
                }
                table.watch(live);
                while (!left.isEmpty()) {
                    Ticket ticket = left.removeFirst();
                    if (attempts.admit(ticket)) {
                        admitted.addLast(ticket);
                    }
                }
                if (read && tickets.isEmpty()) {
                    table.relaxWaiting(live);
                }
            }
        } catch (RuntimeException bug) {
            unrouted(live, left, bug);
        } catch (Error bug) {
            unrouted(live, left, bug);
            throw bug;
        } finally {
            table.unpin(live);
            if (read) {
                feeder.routed();
            }
        }
    }

    /** What could not be routed comes again, also those of the message that were to stand in line behind what went wrong. */
    private void unrouted(Live live, Deque<Ticket> left, Throwable bug) {
        postpone(live);
        left.forEach(ticket -> attempts.giveUp(ticket, bug));
        table.watch(live);
        LOG.error("message {} could not be routed because of an error in the program", live.id, bug);
        parts.events().alarm("routing", "message " + live.id + " is put off by an error in the program: " + bug);
    }

    /** Puts off what is due and not in work, in memory only. */
    private void postpone(Live live) {
        Instant now = dispatcher.now();
        live.lock.lock();
        try {
            QueuedMessage message = live.message;
            if (message == null) {
                table.putOff(live, now.plus(Settlement.AFTER_BUG)); // dropped from memory: its time was that of others
                return;
            }
            List<RecipientState> states = new ArrayList<>(message.recipients());
            states.replaceAll(
                    state -> LiveTable.due(state, now) ? QueueDesk.due(state, now.plus(Settlement.AFTER_BUG)) : state);
            live.message = message.with(states);
        } finally {
            live.lock.unlock();
        }
    }

    /** What admission lets go goes on here. */
    private final class Following implements Admission.Effects {
        @Override
        public void started(List<Ticket> tickets) {
            attempts.started(tickets);
        }

        @Override
        public void called(long[] ids) {
            table.call(ids, machinery.clock().millis());
        }
    }

    /** What the feeder reads goes on here. */
    private final class Feeding implements Feeder.Takers {
        @Override
        public void due(Live live) {
            ready.add(new Arrival(live, true));
            route();
        }

        @Override
        public void loaded(Ticket ticket) {
            spawn(ticket); // one that only has to be put off too: under other orders it is routed again
        }

        @Override
        public void lost(Ticket ticket) {
            attempts.lost(ticket);
        }
    }
}
