package dev.nexthop.schedule;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Step;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where attempts go that share a limit: a relay, the domain of MX delivery, the local store, each once for the ordinary queue and once
 * for every virtual one. Guarded by {@link Admission}.
 */
final class Destination {
    /** Who is served first of those that wait for a slot of the total. */
    static final Comparator<Destination> ORDER = Comparator.comparing(
                    (Destination destination) -> destination.place, Precedence.ORDER)
            .thenComparing(destination -> destination.key);

    /** So many unreachable verdicts in a row, and only one attempt at a time finds out whether it is back. */
    static final int PATIENCE = 5;

    /** Most messages of a destination that are called at the same time: they fit also when all are of one sender and urgent. */
    private static final int CALLED = Line.LONGEST_OF_OTHERS / 2;

    private static final long[] NOBODY = {};

    /** Its name, which no other one has. */
    final String key;
    /** The name that it has in common with those of other queues that go to the same place. */
    final String site;
    /** The slots of the queue that it is in. */
    QueueSlots queue;
    /** What all queues have together at a relay; null where only one goes there. */
    @Nullable
    Site shared;
    /** The ids of the remotes of a relay; empty for any other destination. */
    final List<String> remotes;
    /** Attempts at the same time. */
    final Window window;
    /** The number of the rules that its limit is from. */
    long rules = -1;
    /** The number of the rules that last changed one of the remotes; what older attempts learn is about another host. */
    long changed = -1;

    final Line waiting = new Line();
    /** Messages that found the line full, left on disk. */
    final DistinctQueue left = new DistinctQueue();
    /** How many of them were told that there is room and have not come yet, about. */
    int called;

    int running;
    /** How long its attempts take. Changes through {@link Admission}, for it says in which line it stands. */
    Pace pace;
    /** Whether it stands in the line of those that wait for a slot of the total. */
    boolean inLine;
    /** In which of the rows of that line. */
    int row;
    /** Its place there. */
    Precedence place = Precedence.NONE;
    /** Whether its turn came when it could run no more: it stands at its old place when it can again. */
    boolean passedOver;

    private int unreachable;
    private @Nullable Diagnosis trouble;

    Destination(String key, String site, List<String> remotes, QueueSlots queue) {
        this.key = key;
        this.site = site;
        this.remotes = remotes;
        this.queue = queue;
        this.window = new Window(isNamed());
        this.pace = isNamed() ? Pace.UNKNOWN : Pace.DOUBTED;
    }

    /**
     * The name of the destination of a hop in a queue.
     *
     * @param queue the id of a virtual queue; empty for the ordinary one
     * @return null for a hop without a destination
     */
    static @Nullable String key(NextHop hop, String queue) {
        String site = key(hop);
        return site == null || queue.isEmpty() ? site : queue + "#" + site;
    }

    /** Whether a hop has a destination, so that its recipients wait for slots. */
    static boolean isSent(NextHop hop) {
        return switch (hop) {
            case NextHop.Mx _, NextHop.Relay _, NextHop.Local _ -> true;
            case NextHop.Defer _, NextHop.Reject _, NextHop.Discard _ -> false;
        };
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

    /** The ids of the remotes of a relay, none of any other hop. */
    static List<String> remotes(NextHop hop) {
        return hop instanceof NextHop.Relay relay
                ? relay.hosts().stream().map(RemoteHost::id).distinct().toList()
                : List.of();
    }

    /** The attempts at once that the most modest of some hosts allows. */
    static int least(List<RemoteHost> hosts) {
        int least = Integer.MAX_VALUE;
        for (RemoteHost host : hosts) {
            least = Math.min(least, host.limits().concurrency());
        }
        return Math.max(1, least);
    }

    /** Whether it is doubted only for mail that was tried before somebody could know of it. */
    boolean untold() {
        return pace == Pace.DOUBTED && unreachable == 0;
    }

    /**
     * What its pace is after an attempt. One that answered before is not doubted for a connection that failed, and those of the
     * configuration never are: they are few.
     *
     * @param took how long the attempt was
     */
    Pace known(Pace took) {
        boolean sound = unreachable == 0 || isNamed() || pace == Pace.QUICK && !suspended();
        return took == Pace.QUICK && !sound ? Pace.DOUBTED : took;
    }

    private boolean isNamed() {
        return !remotes.isEmpty() || site.equals("local");
    }

    boolean suspended() {
        return unreachable >= PATIENCE;
    }

    boolean free() {
        Site all = shared;
        return mayRun() && (all == null || all.free());
    }

    /** Whether its own bound allows one more, whatever goes to its relay from other queues. */
    boolean mayRun() {
        return running < (suspended() ? 1 : window.size());
    }

    boolean idle() {
        return running == 0 && waiting.isEmpty();
    }

    /**
     * Whom to call of those who were left on disk: as many as find a place, when half of the places there may be are free.
     *
     * @param room how many tickets may wait here
     * @return ids of messages
     */
    long[] call(int room) {
        if (left.isEmpty()) {
            return NOBODY;
        }
        if (idle()) {
            called = 0;
            return left.poll(Integer.MAX_VALUE); // nothing will happen here any more that could call the others
        }
        int goal = Math.min(CALLED, room);
        int expected = waiting.size() + called;
        if (expected > goal / 2) {
            return NOBODY;
        }
        long[] ids = left.poll(Math.max(1, goal - expected));
        called += ids.length;
        return ids;
    }

    /**
     * What an attempt has taught.
     *
     * @param cuts of the window, when the attempt started
     */
    void learn(HopVerdict verdict, long cuts) {
        switch (verdict) {
            case HopVerdict.Healthy ignored -> {
                reached();
                window.grow();
            }
            case HopVerdict.Busy ignored -> {
                reached();
                window.cut(cuts);
            }
            case HopVerdict.Unreachable lost -> {
                unreachable++;
                trouble = lost.diagnosis();
                window.lose(cuts);
            }
        }
    }

    private void reached() {
        unreachable = 0;
        trouble = null;
    }

    void forgive() {
        reached();
        window.reset();
    }

    /** Whether it gets fewer slots than it would if nothing were known of it. */
    boolean troubled() {
        return unreachable > 0 || window.narrow() || pace == Pace.SLOW;
    }

    /** Why a recipient is deferred without an attempt. */
    Diagnosis why() {
        Diagnosis last = trouble;
        String name = site.substring(site.indexOf(':') + 1);
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
