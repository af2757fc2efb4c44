package dev.nexthop.schedule;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Step;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where attempts go that share a limit: a relay, the domain of MX delivery, the local store. Guarded by {@link Admission}. */
final class Destination {
    /** So many unreachable verdicts in a row, and only one attempt at a time finds out whether it is back. */
    static final int PATIENCE = 5;

    final String key;
    /** The ids of the remotes of a relay; empty for any other destination. */
    final List<String> remotes;
    /** Attempts at the same time. */
    int limit = 1;
    /** The number of the rules that the limit is from. */
    long rules = -1;
    /** The number of the rules that last changed one of the remotes; what older attempts learn is about another host. */
    long changed = -1;

    final Line waiting = new Line();
    int running;
    /** Whether it stands in the line of those that wait for a slot of the total. */
    boolean inLine;
    /** Its place there. */
    Precedence place = Precedence.NONE;

    private int unreachable;
    private @Nullable Diagnosis trouble;

    Destination(String key, List<String> remotes) {
        this.key = key;
        this.remotes = remotes;
    }

    /**
     * The name of the destination of a hop; a list of relays is one of its own, because it is unreachable only when all are.
     *
     * @return null for a hop without a destination
     */
    static @Nullable String key(NextHop hop) {
        return switch (hop) {
            case NextHop.Mx mx -> mx(mx.domain());
            case NextHop.Relay relay ->
                "relay:" + relay.hosts().stream().map(RemoteHost::id).distinct().collect(Collectors.joining(","));
            case NextHop.Local ignored -> "local";
            case NextHop.Defer ignored -> null;
            case NextHop.Reject ignored -> null;
            case NextHop.Discard ignored -> null;
        };
    }

    /** The name of the destination of delivery to the MX hosts of a domain. */
    static String mx(Domain domain) {
        return "mx:" + domain;
    }

    boolean suspended() {
        return unreachable >= PATIENCE;
    }

    boolean free() {
        return running < (suspended() ? 1 : limit);
    }

    boolean idle() {
        return running == 0 && waiting.isEmpty();
    }

    void learn(HopVerdict verdict) {
        switch (verdict) {
            case HopVerdict.Healthy ignored -> forgive();
            case HopVerdict.Busy ignored -> forgive();
            case HopVerdict.Unreachable lost -> {
                unreachable++;
                trouble = lost.diagnosis();
            }
        }
    }

    void forgive() {
        unreachable = 0;
        trouble = null;
    }

    boolean remembers() {
        return unreachable > 0;
    }

    /** Why a recipient is deferred without an attempt. */
    Diagnosis why() {
        Diagnosis last = trouble;
        String name = key.substring(key.indexOf(':') + 1);
        String start = "not tried, because " + name + " could not be reached " + unreachable
                + " times in a row and is tried by one message at a time";
        if (last == null) {
            return Diagnosis.local(new EnhancedStatus(4, 4, 1), ErrorKind.CONNECTION, start, Step.CONNECT);
        }
        EnhancedStatus status =
                new EnhancedStatus(4, last.status().subject(), last.status().detail());
        String reason = start + "; the last time: " + last.reason();
        return new Diagnosis(status, last.error(), reason, Optional.empty(), last.host(), last.ip(), last.step());
    }
}
