package dev.nexthop.schedule;

import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The destinations that somebody goes to, those of which something is remembered, and how many attempts each of them and each
 * virtual queue may have at once. Guarded by {@link Admission}.
 */
final class Destinations {
    /** Idle destinations whose trouble is remembered, and as many whose pace is. */
    private static final int REMEMBERED = 10_000;

    private final Map<String, Destination> busy = new HashMap<>();
    private final Memory<String, Destination> troubled = new Memory<>(REMEMBERED);
    private final Memory<String, Destination> sound = new Memory<>(REMEMBERED);
    private final Set<QueueSlots> standing = new LinkedHashSet<>();
    private final QueueSlots ordinary = new QueueSlots("", standing);
    private final Map<String, QueueSlots> virtual = new HashMap<>();
    /** Relays to which a virtual queue goes. */
    private final Map<String, Site> sites = new HashMap<>();

    private int perDestination;

    /** The queues that somebody stands in. */
    Set<QueueSlots> standing() {
        return standing;
    }

    /** Those that somebody goes to. */
    Collection<Destination> busy() {
        return busy.values();
    }

    boolean isBusy(Destination destination) {
        return busy.get(destination.key) == destination;
    }

    /** Whether it is in a virtual queue. */
    boolean isVirtual(Destination destination) {
        return destination.queue != ordinary;
    }

    /** The destination of a ticket that goes to it now. */
    Destination enter(String key, Ticket ticket) {
        Destination known = busy.get(key);
        if (known == null) {
            known = sound.remove(key);
            if (known == null) {
                known = troubled.remove(key);
            }
            QueueSlots queue = queue(ticket);
            if (known == null) {
                String site = ticket.queue == null ? key : String.valueOf(Destination.key(ticket.group.hop()));
                known = new Destination(key, site, Destination.remotes(ticket.group.hop()), queue);
            }
            known.queue = queue;
            queue.destinations++;
            busy.put(key, known);
            share(known);
        }
        if (ticket.rules > known.rules) {
            known.rules = ticket.rules;
            limit(known, hosts(ticket.group.hop()), ticket.queue);
        }
        Site site = known.shared;
        if (site != null && ticket.rules > site.rules) {
            site.limit(Destination.least(hosts(ticket.group.hop())), ticket.rules);
        }
        VirtualQueue definition = ticket.queue;
        if (definition != null && ticket.rules > known.queue.rules) {
            known.queue.limit(definition.concurrency().orElse(Integer.MAX_VALUE));
            known.queue.rules = ticket.rules;
        }
        return known;
    }

    private static List<RemoteHost> hosts(NextHop hop) {
        return hop instanceof NextHop.Relay relay ? relay.hosts() : List.of();
    }

    private QueueSlots queue(Ticket ticket) {
        if (ticket.queue == null) {
            return ordinary;
        }
        QueueSlots known = virtual.get(ticket.queue.id());
        if (known == null) {
            known = new QueueSlots(ticket.queue.id(), standing);
            virtual.put(known.id, known);
        }
        return known;
    }

    /** A relay that a virtual queue goes to counts the attempts of all queues. */
    private void share(Destination destination) {
        if (destination.remotes.isEmpty() || destination.queue == ordinary && sites.isEmpty()) {
            return;
        }
        Site site = sites.get(destination.site);
        if (site == null && destination.queue != ordinary) {
            site = new Site();
            sites.put(destination.site, site);
            Destination first = busy.get(destination.site); // that of the ordinary queue
            if (first != null) {
                site.join(first);
                site.limit(first.window.limit(), first.rules);
            }
        }
        if (site != null) {
            site.join(destination);
        }
    }

    /** Sets the window of a destination: its queue may want less than a relay bears, never more. */
    private void limit(Destination destination, List<RemoteHost> hosts, @Nullable VirtualQueue definition) {
        OptionalInt own = definition == null ? OptionalInt.empty() : definition.perDestination();
        if (hosts.isEmpty()) {
            destination.window.limit(own.orElse(perDestination));
            return;
        }
        int least = Destination.least(hosts);
        destination.window.limit(Math.min(least, own.orElse(least)));
        if (destination.shared != null) {
            destination.shared.limit(least, destination.rules);
        }
    }

    /** Nobody goes there any more; what was learned is remembered when it matters. */
    void retire(Destination destination) {
        busy.remove(destination.key);
        destination.passedOver = false;
        if (destination.inLine) {
            destination.queue.leave(destination);
        }
        destination.queue.destinations--;
        Site site = destination.shared;
        if (site != null) {
            site.leave(destination);
            if (site.destinations.isEmpty()) {
                sites.remove(destination.site);
            }
        }
        if (destination.troubled()) {
            troubled.put(destination.key, destination);
        } else if (destination.pace == Pace.QUICK) {
            sound.put(destination.key, destination);
        }
    }

    /** Forgets what trouble there was. */
    void forgive(Predicate<Destination> whom) {
        busy.values().stream().filter(whom).forEach(Destination::forgive);
        troubled.values().removeIf(whom);
    }

    /**
     * Takes the limits of new rules. What was learned of a remote that is defined in another way now is forgotten.
     *
     * @param rules the new rules
     * @param changed ids of such remotes
     */
    void follow(Ruleset rules, Set<String> changed) {
        perDestination = rules.settings().perDestination();
        for (QueueSlots queue : virtual.values()) {
            VirtualQueue definition = rules.settings().queues().get(queue.id);
            // Whoever waits in one that is no more is decided anew; nothing need keep him.
            OptionalInt concurrency = definition == null ? OptionalInt.empty() : definition.concurrency();
            queue.limit(concurrency.orElse(Integer.MAX_VALUE));
            queue.rules = rules.number();
        }
        virtual.values().removeIf(queue -> queue.destinations == 0);
        for (Destination destination : busy.values()) {
            follow(destination, rules);
            if (!Collections.disjoint(destination.remotes, changed)) {
                destination.forgive();
                destination.changed = rules.number();
            }
        }
        for (Memory<String, Destination> memory : List.of(troubled, sound)) {
            memory.values().removeIf(destination -> !Collections.disjoint(destination.remotes, changed));
            memory.values().forEach(destination -> follow(destination, rules));
        }
    }

    private void follow(Destination destination, Ruleset rules) {
        List<RemoteHost> hosts = destination.remotes.stream()
                .flatMap(id -> rules.router().hosts(id).stream())
                .toList();
        destination.rules = rules.number();
        if (destination.remotes.isEmpty() || !hosts.isEmpty()) {
            limit(destination, hosts, rules.settings().queues().get(destination.queue.id));
        }
    }
}
