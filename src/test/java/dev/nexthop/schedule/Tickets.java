package dev.nexthop.schedule;

import dev.nexthop.delivery.Job;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.route.Decision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Tickets without a message behind them, each with an id of its own. */
final class Tickets {
    private final World world = World.started();
    private final Map<Integer, Job> models = new HashMap<>();
    private long made;

    /** One in a virtual queue. */
    Ticket make(VirtualQueue queue) {
        Ticket plain = make(0, 1);
        Ticket.Routed routed = Objects.requireNonNull(plain.routed).getFirst();
        Ticket.Group group = new Ticket.Group(plain.group.hop(), "", queue.id());
        return new Ticket(
                plain.live, group, List.of(new Ticket.Routed(0, routed.facts(), routed.decision(), queue)), 1);
    }

    Ticket make(int priority, long rules) {
        Job job = models.computeIfAbsent(priority, _ -> {
            world.submit(Requests.NONE, priority, "sender@a.test", "bob@b.test");
            world.settle();
            return world.jobs.getLast();
        });
        Ticket.Routed routed =
                new Ticket.Routed(0, job.recipients().getFirst(), new Decision(job.hop(), List.of(), ""));
        Live live = new Live(new QueueId(++made));
        return new Ticket(live, new Ticket.Group(job.hop(), ""), List.of(routed), rules);
    }
}
