package dev.nexthop.limit;

import dev.nexthop.limit.Claim.Count;
import dev.nexthop.limit.QuotaRules.Share;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.QuotaException;
import dev.nexthop.queue.QuotaGate;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the queue holds, by quota and key. A message counts from its commit until it leaves the queue; where a quota is for recipients,
 * until the last one of them is done. What counts for a message is kept by its id, so that nothing counts twice and what
 * was added is what is taken away, whatever rules say by then. While the queue is looked through, after a start or when other
 * quotas come into force, only what has been seen counts.
 */
public final class Quotas implements QuotaGate {
    private static final Mailbox NOBODY = Mailbox.parse("postmaster@nexthop.invalid");

    private final Supplier<QuotaRules> rules;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Count, Usage> usage = new HashMap<>();
    private final Map<QueueId, Held> held = new HashMap<>();
    /** Messages that have gone on while the queue is looked through; null else. */
    private @Nullable Map<QueueId, Moved> moved;

    private Set<String> identities = Set.of();
    private volatile boolean active;
    private final AtomicLong era = new AtomicLong();

    /**
     * Quotas; none is in force before {@link #follow}.
     *
     * @param rules opens the quotas in force; asked only after {@link #follow} said that there are some
     */
    public Quotas(Supplier<QuotaRules> rules) {
        this.rules = rules;
    }

    /** What is there of one count. */
    private static final class Usage {
        /** What every message that counts for it to its end keeps of it. */
        final Share whole;

        long messages;
        long octets;

        Usage(Count count) {
            whole = new Share(count, List.of(), null);
        }
    }

    /** What a message counts for. */
    private record Held(long size, List<Share> shares) {}

    /**
     * How far a message has gone.
     *
     * @param left whether it has left the queue
     * @param done those of its recipients that were done
     */
    private record Moved(boolean left, BitSet done) {}

    /** Whether there is a quota. */
    boolean active() {
        return active;
    }

    /** Changes when the queue is to be counted anew. */
    long era() {
        return era.get();
    }

    /**
     * Takes the quotas of new rules.
     *
     * @param next those in force from now on
     * @return whether the queue must be counted anew: by {@link #found} for each message, and {@link #counted}
     */
    public boolean follow(QuotaRules next) {
        lock.lock();
        try {
            Set<String> young = next.identities();
            if (young.equals(identities)) {
                return false;
            }
            identities = young;
            usage.clear();
            held.clear();
            active = !young.isEmpty();
            moved = active ? new HashMap<>() : null;
            era.incrementAndGet();
            return active;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A message that is in the queue; one that is known, or has left, counts no more than it does.
     *
     * @param begun the era in which it was read; in a later one it does not count, because that looks at the queue itself
     */
    void found(QueuedMessage message, long begun) {
        BitSet done = done(message.recipients());
        try (QuotaRules open = rules.get()) {
            long size = message.body().size();
            List<Share> shares = open.shares(message.id(), message.envelope(), size);
            lock.lock();
            try {
                Moved since = moved == null ? null : moved.get(message.id());
                boolean gone = since != null && since.left()
                        || done.cardinality() == message.recipients().size();
                if (!active || begun != era.get() || gone || held.containsKey(message.id())) {
                    return;
                }
                add(message.id(), size, shares);
                if (since != null) {
                    done.or(since.done());
                }
                settle(message.id(), done);
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * A message that had left the queue is in it again, and nobody has it in hand yet.
     *
     * @param message with its recipients as they stand
     */
    public void restored(QueuedMessage message) {
        if (!active) {
            return; // a count that begins now finds it
        }
        long begun = era.get();
        lock.lock();
        try {
            if (moved != null) {
                moved.remove(message.id());
            }
        } finally {
            lock.unlock();
        }
        found(message, begun);
    }

    /** The queue is about to be looked through: what has gone on before, that finds as it is. */
    void counting(long begun) {
        lock.lock();
        try {
            if (begun == era.get() && moved != null) {
                moved = new HashMap<>();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The queue was looked through, in the era in which that began. */
    void counted(long begun) {
        lock.lock();
        try {
            if (begun == era.get()) {
                moved = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Counts a message that is about to be committed. When other quotas come into force meanwhile it does not, and is not
     * refused: who commits it tells {@link #found} of it then.
     *
     * @throws QuotaException when a quota has no room for it; nothing counts then
     */
    void take(QueueId id, Envelope envelope, long size) throws QuotaException {
        long begun = era.get();
        try (QuotaRules open = rules.get()) {
            List<Share> shares = open.shares(id, envelope, size);
            lock.lock();
            try {
                if (begun != era.get()) {
                    return;
                }
                if (!ours(envelope.reception())) {
                    Optional<String> why = refusal(shares, size);
                    if (why.isPresent()) {
                        throw new QuotaException(why.get());
                    }
                }
                if (active && !held.containsKey(id)) {
                    add(id, size, shares);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Mail of our own making tells of other mail: it counts, and is never refused. */
    private static boolean ours(Reception reception) {
        return reception.port() == 0 && reception.listener().equals(Reception.INTERNAL.listener());
    }

    /** The message was not committed. */
    void drop(QueueId id) {
        lock.lock();
        try {
            remove(id);
        } finally {
            lock.unlock();
        }
    }

    /** A message has moved on, or left. */
    public void changed(Change change) {
        lock.lock();
        try {
            switch (change) {
                case Change.Removal removal -> {
                    remove(removal.id());
                    if (moved != null) {
                        moved.put(removal.id(), new Moved(true, new BitSet()));
                    }
                }
                case Change.Progress progress -> {
                    BitSet done = done(progress.recipients());
                    boolean known = held.containsKey(progress.id());
                    if (known) {
                        settle(progress.id(), done);
                    } else if (moved != null && !done.isEmpty()) {
                        moved.put(progress.id(), new Moved(false, done));
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static BitSet done(List<RecipientState> states) {
        BitSet done = new BitSet();
        for (int i = 0; i < states.size(); i++) {
            done.set(i, states.get(i).status().done());
        }
        return done;
    }

    private void add(QueueId id, long size, List<Share> shares) {
        if (shares.isEmpty()) {
            return;
        }
        List<Share> kept = new ArrayList<>(shares.size());
        for (Share share : shares) {
            Usage of = usage.computeIfAbsent(share.count(), Usage::new);
            of.messages++;
            of.octets += size;
            kept.add(share.members() == null ? of.whole : new Share(of.whole.count(), List.of(), share.members()));
        }
        held.put(id, new Held(size, List.copyOf(kept)));
    }

    private void remove(QueueId id) {
        Held gone = held.remove(id);
        if (gone != null) {
            gone.shares().forEach(share -> subtract(share, gone.size()));
        }
    }

    /** Takes away what none of the recipients that are left makes count. */
    private void settle(QueueId id, BitSet done) {
        Held known = held.get(id);
        if (known == null || done.isEmpty()) {
            return;
        }
        List<Share> left = new ArrayList<>(known.shares().size());
        for (Share share : known.shares()) {
            BitSet members = share.members();
            BitSet open = members == null ? null : (BitSet) members.clone();
            if (open != null) {
                open.andNot(done);
            }
            if (open != null && open.isEmpty()) {
                subtract(share, known.size());
            } else {
                left.add(share);
            }
        }
        if (left.isEmpty()) {
            held.remove(id);
        } else if (left.size() < known.shares().size()) {
            held.put(id, new Held(known.size(), left));
        }
    }

    private void subtract(Share share, long size) {
        Usage of = usage.get(share.count());
        if (of == null) {
            throw new IllegalStateException("there is no count for what was counted");
        }
        of.messages--;
        of.octets -= size;
        if (of.messages == 0) {
            usage.remove(share.count());
        }
    }

    private Optional<String> refusal(List<Share> shares, long size) {
        for (Share share : shares) {
            Usage of = usage.getOrDefault(share.count(), new Usage(share.count()));
            for (QuotaSettings quota : share.quotas()) {
                if (over(quota.messages(), of.messages, 1)) {
                    return Optional.of(words(quota, share.count(), of.messages + " messages", "more"));
                }
                if (over(quota.size(), of.octets, Math.max(1, size))) {
                    return Optional.of(words(quota, share.count(), of.octets + " octets", size + " more"));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean over(OptionalLong limit, long there, long more) {
        return limit.isPresent() && there + more > limit.getAsLong();
    }

    private static String words(QuotaSettings quota, Count count, String holds, String more) {
        String key = count.key();
        return "the queue holds " + holds + (key.isEmpty() ? "" : " for " + key) + ", and quota '" + quota.id()
                + "' has no room for " + more;
    }

    @Override
    public Optional<String> refusesSender(Reception reception, ReversePath sender, long size) {
        return active
                ? early(new Envelope(sender, List.of(NOBODY), BodyType.SEVEN_BIT, false, reception), size, false)
                : Optional.empty();
    }

    @Override
    public Optional<String> refusesRecipient(Reception reception, ReversePath sender, Mailbox recipient, long size) {
        return active
                ? early(new Envelope(sender, List.of(recipient), BodyType.SEVEN_BIT, false, reception), size, true)
                : Optional.empty();
    }

    private Optional<String> early(Envelope envelope, long size, boolean ofRecipient) {
        try (QuotaRules open = rules.get()) {
            List<Share> shares = open.early(envelope, size, ofRecipient);
            lock.lock();
            try {
                return refusal(shares, size);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Of how many messages is known that they went on while the queue is looked through, for tests. */
    int moving() {
        lock.lock();
        try {
            return moved == null ? 0 : moved.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What counts now, for tests.
     *
     * @param id the quota
     * @param key the values of its keys
     */
    long[] held(QuotaSettings id, String key) {
        lock.lock();
        try {
            Count count = new Count(id.identity(), key);
            Usage of = usage.getOrDefault(count, new Usage(count));
            return new long[] {of.messages, of.octets};
        } finally {
            lock.unlock();
        }
    }
}
