package dev.nexthop.schedule;

import dev.nexthop.limit.Comer;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some recipients of one message on their way to one destination: waiting for a slot, or with one. Light while it waits: the
 * decisions are dropped then and made again.
 */
final class Ticket {
    /**
     * One recipient and where it goes.
     *
     * @param index its place in the envelope
     * @param facts what was known when it was decided
     * @param decision where it goes, and why
     * @param queue the virtual queue that it is in; null for the ordinary one
     */
    record Routed(
            int index,
            RecipientFacts facts,
            Decision decision,
            @Nullable VirtualQueue queue) {
        /** One in the ordinary queue. */
        Routed(int index, RecipientFacts facts, Decision decision) {
            this(index, facts, decision, null);
        }

        String queueId() {
            return queue == null ? "" : queue.id();
        }
    }

    final Live live;
    final Group group;
    /** The name of its destination; null for a hop without one, which needs no slot. */
    final @Nullable String key;

    /** Its virtual queue as the rules define it by which it was decided; null for the ordinary one. */
    final @Nullable VirtualQueue queue;

    final int[] indexes;
    /** The number of the rules that it was decided by. */
    final long rules;

    /** The version of the orders that it was decided by. Written before anybody else knows it. */
    long orders;

    /** MT-PRIORITY of its message. */
    final int priority;

    /** Whether each of its recipients has been tried before. */
    final boolean tried;
    /** Where it waits or runs; this and what follows up to the decisions is guarded by {@link Admission}. */
    @Nullable
    Destination destination;
    /** Its neighbours: in the order of arrival while it waits, in that of the starts while it runs. */
    @Nullable
    Ticket previous;

    @Nullable
    Ticket next;
    /** What its sender has in the line, and the next of that; null when it does not wait. */
    Lane.@Nullable Flow flow;

    @Nullable
    Ticket nextOfSender;
    /** What its slot counts as. */
    Pace pace = Pace.UNKNOWN;
    /** When it got its slot, in milliseconds since 1970. */
    long since;
    /** How often the window of its destination had been cut by then. */
    long cuts;

    /** The decisions, while they are fresh. Handed from one thread to the next with the ticket. */
    @Nullable
    List<Routed> routed;
    /** Its sender, when somebody has asked. Handed on in the same way. */
    private @Nullable String sender;
    /** Why it is not tried this time; null when it is. */
    @Nullable
    Diagnosis suspended;

    /** Its place in the order of those who wait for a slot of a throttle. Handed from one thread to the next with the ticket. */
    long turn = Comer.NEW;

    /** Whether its slot has gone back. Handed on in the same way. */
    boolean gaveBack;

    /** Whether its recipients run, or were taken out of the line; guarded by the lock of the message. */
    boolean seenTo;

    /** Whether it counts as granted; guarded by the lock of the message. */
    private boolean granted;

    Ticket(Live live, Group group, List<Routed> routed, long rules) {
        this.live = live;
        this.group = group;
        this.key = Destination.key(group.hop(), group.queue());
        this.queue = routed.getFirst().queue();
        this.indexes = routed.stream().mapToInt(Routed::index).toArray();
        this.routed = routed;
        this.priority = routed.getFirst().facts().envelope().reception().priority();
        this.tried = routed.stream().allMatch(each -> each.facts().history().attempts() > 0);
        this.rules = rules;
    }

    /** Who has turns in the lines that it waits in. */
    String sender() {
        String known = sender;
        if (known == null) {
            List<Routed> fresh = routed;
            if (fresh == null) {
                throw new IllegalStateException("message " + live.id + " waits, and its sender was forgotten");
            }
            known = Sender.of(fresh.getFirst().facts().envelope());
            sender = known;
        }
        return known;
    }

    /** Drops the decisions, because it waits long; it may have to wait in another line after that. */
    void lighten() {
        var _ = sender();
        routed = null;
    }

    /** It has a slot and will run. */
    void grant() {
        live.lock.lock();
        try {
            if (!granted) {
                granted = true;
                live.granted++;
            }
        } finally {
            live.lock.unlock();
        }
    }

    /** It runs, or will not. Under the lock of the message. */
    void begun() {
        if (granted) {
            granted = false;
            live.granted--;
        }
    }

    /**
     * What recipients have in common that share a transaction.
     *
     * @param hop the next hop
     * @param part the domain or the recipient, where a setting of the connection depends on it, else empty
     * @param queue the id of the virtual queue; empty for the ordinary one
     */
    record Group(NextHop hop, String part, String queue) {
        /** One in the ordinary queue. */
        Group(NextHop hop, String part) {
            this(hop, part, "");
        }
    }
}
