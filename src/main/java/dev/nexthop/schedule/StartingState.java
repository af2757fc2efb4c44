package dev.nexthop.schedule;

import dev.nexthop.event.Events;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Mailbox;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Where a recipient of a new message starts (RFC 5321 §4.5.4.1). The time of expiry is fixed here; a changed configuration
 * does not move it. A setting that can't be evaluated becomes its default, with an alarm.
 */
public final class StartingState {
    static final Duration DEFAULT_EXPIRE = Duration.ofDays(5);
    static final List<Duration> DEFAULT_NOTIFY = List.of(Duration.ofDays(1), Duration.ofDays(3));

    private final ScheduleSettings settings;
    private final Lookups lookups;
    private final Events events;

    /**
     * A schedule.
     *
     * @param settings the waits
     * @param lookups who answers the look-ups of the settings
     * @param events hears of a setting that fails
     */
    public StartingState(ScheduleSettings settings, Lookups lookups, Events events) {
        this.settings = settings;
        this.lookups = lookups;
        this.events = events;
    }

    /**
     * The first state of a recipient.
     *
     * @param envelope the envelope
     * @param id the message
     * @param size its octets
     * @param recipient one of its recipients
     * @param now when the message was accepted
     */
    public RecipientState initial(Envelope envelope, QueueId id, long size, Mailbox recipient, Instant now) {
        Instant start = now.truncatedTo(ChronoUnit.MILLIS);
        RecipientFacts.History history =
                new RecipientFacts.History(start, 0, 0, start.plus(DEFAULT_EXPIRE), "", ErrorKind.NONE);
        Facts facts = new RecipientFacts(id, envelope, size, recipient, history, start, RecipientFacts.Host.UNKNOWN);
        Duration expire = value("queue.schedule.expire", settings.expire(), facts, DEFAULT_EXPIRE);
        List<Duration> notices = value("queue.schedule.notify", settings.notifyAfter(), facts, DEFAULT_NOTIFY);
        Instant notifyAt = notices.isEmpty() ? Instant.MAX : later(start, notices.getFirst());
        return new RecipientState(
                recipient, RecipientStatus.SCHEDULED, 0, 0, start, notifyAt, later(start, expire), Optional.empty());
    }

    /** When the delay notification after this many falls due: counted from the newest one, as in Stalwart 0.7. */
    Instant nextNotice(RecipientFacts facts, int sent, Instant now) {
        List<Duration> notices = value("queue.schedule.notify", settings.notifyAfter(), facts, DEFAULT_NOTIFY);
        return sent < notices.size() ? later(now, notices.get(sent)) : Instant.MAX;
    }

    private <T> T value(String key, Conditional<T> setting, Facts facts, T fallback) {
        try {
            return setting.value(facts, lookups);
        } catch (EvaluationException e) {
            events.alarm("schedule", key + " could not be evaluated, its default is used: " + e.getMessage());
            return fallback;
        }
    }

    private static Instant later(Instant from, Duration wait) {
        return from.plus(wait).truncatedTo(ChronoUnit.MILLIS);
    }
}
