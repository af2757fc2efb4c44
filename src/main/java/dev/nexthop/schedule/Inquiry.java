package dev.nexthop.schedule;

import dev.nexthop.queue.QueuedMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Asks the rules, on behalf of one request, in which virtual queues recipients are now. It is to be asked without a lock, for
 * look-ups may block; and a request does not ask without end. For one thread.
 */
final class Inquiry {
    /** How long a request goes on to further messages; its answer says where another one goes on. */
    static final Duration ENOUGH = Duration.ofSeconds(10);

    /** How long the rules may take in all: the message that was begun may have many recipients. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final QueueControl.Membership NOT_ASKED = new QueueControl.Membership(
            "",
            "the rules were not asked in which virtual queue this is, for others took them more than "
                    + PATIENCE.toSeconds() + " s");

    private final SchedulerParts parts;
    private final InstantSource clock;
    /** When the first message was begun; what was looked through before that is not counted. */
    private @Nullable Instant start;
    /** How long the rules were asked. */
    private Duration asked = Duration.ZERO;

    Inquiry(SchedulerParts parts, InstantSource clock) {
        this.parts = parts;
        this.clock = clock;
    }

    /** Whether there is time for one more message: for the first one always, so that each request gets on. */
    boolean goesOn() {
        if (start == null) {
            start = clock.instant();
            return true;
        }
        return since(start).compareTo(ENOUGH) < 0;
    }

    /** Without its sign: a clock that was set back does not make time. */
    private Duration since(Instant then) {
        return Duration.between(then, clock.instant()).abs();
    }

    /**
     * Where recipients of a message are that are not done.
     *
     * @param whom of these, by index
     * @return by index; also of those in the ordinary queue. Nothing when there are no virtual queues
     */
    Map<Integer, QueueControl.Membership> of(QueuedMessage message, IntPredicate whom) {
        Map<Integer, QueueControl.Membership> all = new HashMap<>();
        Instant from = clock.instant();
        Instant now = from.truncatedTo(ChronoUnit.MILLIS);
        try (Ruleset rules = parts.rules().open()) {
            VirtualQueues queues = rules.settings().queues();
            for (int i = 0; queues.any() && i < message.recipients().size(); i++) {
                if (!message.recipients().get(i).status().open() || !whom.test(i)) {
                    continue;
                }
                if (asked.plus(since(from)).compareTo(PATIENCE) < 0) {
                    VirtualQueues.Choice choice = queues.choose(Histories.facts(message, i, now), rules.lookups());
                    all.put(i, new QueueControl.Membership(choice.id(), choice.fault()));
                } else {
                    all.put(i, NOT_ASKED);
                }
            }
        }
        asked = asked.plus(since(from));
        return all;
    }
}
