package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.Spool;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads messages from the spool when they are due, or when a ticket that waited has its slot; on platform threads. */
final class Feeder {
    /** When a message that can't be read is tried again. */
    static final Duration UNREADABLE = Duration.ofMinutes(15);

    private static final Logger LOG = LoggerFactory.getLogger(Feeder.class);

    /** Messages read and not yet routed. */
    private static final int AHEAD = 64;

    private final SchedulerParts parts;
    private final Machinery machinery;
    private final DueIndex index;
    private final LiveTable table;
    private final Takers takers;
    private final Queue<Ticket> loads = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicInteger ahead = new AtomicInteger();
    private final AtomicLong armed = new AtomicLong(DueIndex.NEVER);
    private volatile boolean stopping;

    /** Who goes on with what was read. */
    interface Takers {
        /** A message that is due, with a pin. */
        void due(Live live);

        /** A ticket whose message is in memory again. */
        void loaded(Ticket ticket);

        /** A ticket whose message can't be had. */
        void lost(Ticket ticket);
    }

    Feeder(SchedulerParts parts, Machinery machinery, DueIndex index, LiveTable table, Takers takers) {
        this.parts = parts;
        this.machinery = machinery;
        this.index = index;
        this.table = table;
        this.takers = takers;
    }

    void stop() {
        stopping = true;
    }

    void load(Ticket ticket) {
        loads.add(ticket);
        kick();
    }

    /** A message that was read has been routed: there is room for another one. */
    void routed() {
        if (ahead.decrementAndGet() == AHEAD / 2) {
            kick();
        }
    }

    /** Starts a reader when there is something to read; sets the alarm for what comes later. */
    void kick() {
        while (!stopping && work()) {
            int readers = reading.get();
            if (readers >= Machinery.READERS) {
                return;
            }
            if (reading.compareAndSet(readers, readers + 1)) {
                machinery.readers().execute(this::readAll);
                return;
            }
        }
        arm();
    }

    private boolean work() {
        return !loads.isEmpty() || ahead.get() < AHEAD && index.next() <= now();
    }

    private void readAll() {
        try {
            while (!stopping && readOne()) {
                // on to the next
            }
        } finally {
            reading.decrementAndGet();
            kick();
        }
    }

    private boolean readOne() {
        Ticket ticket = loads.poll();
        if (ticket != null) {
            boolean loaded = false;
            try {
                loaded = read(ticket.live);
            } finally {
                if (!loaded) {
                    takers.lost(ticket);
                }
            }
            if (loaded) {
                takers.loaded(ticket);
            }
            return true;
        }
        QueueId id = ahead.get() < AHEAD ? index.poll(now()) : null;
        if (id == null) {
            return false;
        }
        Live live = table.pin(id);
        boolean there = false;
        try {
            there = read(live);
        } finally {
            if (!there) {
                table.unpin(live);
            }
        }
        if (there) {
            ahead.incrementAndGet();
            takers.due(live);
        }
        return true;
    }

    /** Brings a message into memory. One that is gone needs nothing more; one that can't be read is tried later. */
    boolean read(Live live) {
        live.lock.lock();
        try {
            if (live.message != null) {
                return true;
            }
            Spool spool = parts.spool();
            Optional<QueuedMessage> found = spool.read(live.id);
            live.message = found.orElse(null);
            found.ifPresentOrElse(table.marks()::putUnknown, () -> table.marks().remove(live.id));
            return found.isPresent();
        } catch (IOException | RuntimeException e) {
            if (e instanceof IOException trouble && quarantined(live.id, trouble)) {
                table.marks().remove(live.id);
                return false;
            }
            unread(live, e);
            return false;
        } catch (Error bug) {
            unread(live, bug);
            throw bug;
        } finally {
            live.lock.unlock();
        }
    }

    /** It comes again later, whoever was to have it. Under its lock. */
    private void unread(Live live, Throwable why) {
        live.message = null;
        Instant later = machinery.clock().instant().plus(UNREADABLE);
        index.put(live.id, DueIndex.millis(later));
        arm();
        LOG.warn("message {} could not be read", live.id, why);
        parts.events().alarm("spool", "message " + live.id + " could not be read: " + why.getMessage());
    }

    /** Whether the message is out of the way, because what is stored of it is damaged. */
    private boolean quarantined(QueueId id, IOException reason) {
        try {
            return parts.spool().quarantine(id, reason);
        } catch (IOException | RuntimeException e) {
            LOG.error("message {} is damaged and could not be put into quarantine", id, e);
            return false;
        }
    }

    private void arm() {
        while (true) {
            long next = index.next();
            long set = armed.get();
            if (next >= set || next <= now() && ahead.get() >= AHEAD) {
                return;
            }
            if (armed.compareAndSet(set, next)) {
                machinery.ticker().at(Instant.ofEpochMilli(next), () -> wake(next));
                return;
            }
        }
    }

    /** The alarm of that time; an older one for the same time finds nothing set. */
    private void wake(long time) {
        if (armed.compareAndSet(time, DueIndex.NEVER)) {
            kick();
        }
    }

    private long now() {
        return machinery.clock().millis();
    }
}
