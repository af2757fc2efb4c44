package dev.nexthop.delivery;

import dev.nexthop.client.Capabilities;
import dev.nexthop.client.Extras;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.DeliverBy;
import dev.nexthop.mail.Requests.Mode;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RemoteHost.Limits;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which recipients of a job share the next transaction, and what goes with them. */
final class Groups {
    private Groups() {}

    /**
     * The recipients of the next transaction: as many as the hop's configuration and the server (RFC 9422 §3) let one have.
     *
     * @param left those still to go, in order
     * @param job theirs
     * @param limits of the hop
     * @param offered of the server
     */
    static List<Integer> first(List<Integer> left, Job job, Limits limits, Capabilities.Limits offered) {
        int most = Math.max(1, limits.maxRecipients());
        if (offered.recipients() > 0) {
            most = Math.min(most, offered.recipients());
        }
        if (offered.domains() == 0) {
            return List.copyOf(left.subList(0, Math.min(left.size(), most)));
        }
        Set<Domain> domains = new HashSet<>();
        List<Integer> group = new ArrayList<>();
        for (int i : left) {
            Domain domain = job.recipients().get(i).recipient().domain();
            boolean fits = domains.contains(domain) || domains.size() < offered.domains();
            if (fits && group.size() < most) {
                domains.add(domain);
                group.add(i);
            }
        }
        return group;
    }

    /** Those that are not in the group, in order. */
    static List<Integer> without(List<Integer> left, List<Integer> group) {
        if (left.subList(0, group.size()).equals(group)) {
            return new ArrayList<>(left.subList(group.size(), left.size()));
        }
        List<Integer> rest = new ArrayList<>(left);
        rest.removeAll(group);
        return rest;
    }

    /**
     * What goes with a group beyond its recipients.
     *
     * @param job theirs
     * @param group indexes of its recipients
     * @param stop where they go
     * @param begun when the attempt began
     * @param now when the transaction begins
     */
    static Extras extras(Job job, List<Integer> group, Courier.Stop stop, Instant begun, Instant now) {
        RecipientFacts first = job.recipients().getFirst();
        // A message that was tried before does not take the chance again that a lost connection leaves it in doubt.
        boolean oneFlight = stop.limits().oneFlight() && first.history().attempts() == 0;
        Requests all = job.envelope().requests();
        int priority = job.envelope().reception().priority();
        boolean usual = stop.conversion() == SevenBit.Policy.UNLESS_SIGNED;
        if (!all.any() && priority == 0 && !oneFlight && usual) {
            return Extras.NONE;
        }
        Requests some = new Requests(
                all.returned(),
                all.envelopeId(),
                all.recipients().isEmpty() ? List.of() : asked(job, group),
                all.requireTls(),
                all.deliverBy().map(by -> handedOn(by, begun, now)),
                all.holdUntil());
        return new Extras(some, priority, oneFlight, stop.conversion(), now);
    }

    /**
     * The time for the next host. Of one that is over when the message comes nobody tells who has it then (RFC 2852 §4.1.3). Where
     * it ended while we were on our way, and so had told nobody, there is a second left.
     */
    private static DeliverBy handedOn(DeliverBy by, Instant begun, Instant now) {
        Instant soon = now.plusSeconds(1);
        boolean untold =
                by.mode() == Mode.NOTIFY && by.by().isAfter(begun) && by.by().isBefore(soon);
        return untold ? new DeliverBy(soon, by.mode(), by.trace()) : by;
    }

    /** What was asked about each recipient of a group. Each list is gone through once, for both may be long. */
    private static List<Requests.Recipient> asked(Job job, List<Integer> group) {
        List<Mailbox> named = job.envelope().recipients();
        List<Requests.Recipient> requests = job.envelope().requests().recipients();
        Map<Mailbox, Requests.Recipient> known = HashMap.newHashMap(named.size());
        for (int i = 0; i < named.size(); i++) {
            known.putIfAbsent(named.get(i), requests.get(i));
        }
        List<Requests.Recipient> theirs = new ArrayList<>(group.size());
        for (int i : group) {
            theirs.add(known.getOrDefault(job.recipients().get(i).recipient(), Requests.Recipient.NONE));
        }
        return theirs;
    }
}
