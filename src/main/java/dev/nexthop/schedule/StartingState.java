package dev.nexthop.schedule;

import dev.nexthop.event.Events;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Mailbox;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
        RecipientFacts facts =
                new RecipientFacts(id, envelope, size, recipient, history, start, RecipientFacts.Host.UNKNOWN);
        VirtualQueue queue = queue(facts);
        Duration expire = value(settings.expire(queue), facts, DEFAULT_EXPIRE, ScheduleSettings.Wait.EXPIRE, queue);
        List<Duration> notices = notices(facts, queue);
        // The waits begin when it may be tried at all; RFC 2852's time counts whatever else was asked.
        Instant released = Wishes.released(envelope, start);
        Instant given = later(released, expire);
        Instant expires = Wishes.returnAt(envelope).filter(given::isAfter).orElse(given);
        Told told = told(envelope, Wishes.asked(envelope, recipient), start);
        Instant notifyAt = notice(told, notices, new Newest(0, released, released));
        return new RecipientState(
                recipient, RecipientStatus.SCHEDULED, 0, 0, released, notifyAt, expires, Optional.empty());
    }

    /**
     * The newest delay notification.
     *
     * @param number how many were sent, with it
     * @param due when it fell due
     * @param at when it was sent
     */
    record Newest(int number, Instant due, Instant at) {}

    /** When the delay notification after the newest one falls due: counted from that one, as in Stalwart 0.7. */
    Instant nextNotice(RecipientFacts facts, Requests.Recipient asked, Newest newest) {
        List<Duration> notices = notices(facts, queue(facts));
        Told told = told(facts.envelope(), asked, facts.history().created());
        Newest since = newest.number() == 0 ? new Newest(0, told.released(), told.released()) : newest;
        return notice(told, notices, since);
    }

    /**
     * What is told.
     *
     * @param notices of what the sender wants to hear
     * @param by when he wants to hear that it is late
     * @param released since when it may be tried
     */
    private record Told(Set<Notify> notices, Optional<Instant> by, Instant released) {}

    /** Of a time that was over when the message came, whoever had it then was to tell: we don't (RFC 2852 §4.1.3). */
    private static Told told(Envelope envelope, Requests.Recipient asked, Instant created) {
        Optional<Instant> by = Wishes.tellAt(envelope).filter(created::isBefore);
        return new Told(asked.notices(), by, Wishes.released(envelope, created));
    }

    /**
     * The next notice: that of the schedule, unless NOTIFY leaves delays out (RFC 3461 §4.1), or the one that by-mode N asks
     * for (RFC 2852 §4.1.3), which NOTIFY=NEVER alone forbids and which moves no other.
     */
    private static Instant notice(Told told, List<Duration> waits, Newest newest) {
        Set<Notify> asked = told.notices();
        if (asked.contains(Notify.NEVER)) {
            return Instant.MAX;
        }
        List<Duration> regular = asked.isEmpty() || asked.contains(Notify.DELAY) ? waits : List.of();
        Instant by = told.by().orElse(Instant.MAX);
        boolean byTold = newest.number() > 0 && !by.isAfter(newest.at());
        int count = byTold ? newest.number() - 1 : newest.number();
        if (byTold && !newest.due().isAfter(by) && count < regular.size()) { // the newest is that of by-mode N
            Instant unmoved = told.released();
            for (Duration wait : regular.subList(0, count + 1)) {
                unmoved = later(unmoved, wait);
            }
            if (unmoved.isAfter(newest.at())) {
                return unmoved;
            }
            count++; // one notice told both
        }
        Instant next = count < regular.size() ? later(newest.at(), regular.get(count)) : Instant.MAX;
        return byTold || next.isBefore(by) ? next : by;
    }

    /** Whose waits hold. Where the rule can't say, those of the ordinary queue do; no attempt is made without an answer. */
    private @Nullable VirtualQueue queue(RecipientFacts facts) {
        if (!settings.queues().any()) {
            return null;
        }
        VirtualQueues.Choice choice = settings.queues().choose(facts, lookups);
        if (!choice.fault().isEmpty()) {
            events.alarm("schedule", choice.fault() + "; queue.schedule is used");
        }
        return choice.queue();
    }

    private List<Duration> notices(Facts facts, @Nullable VirtualQueue queue) {
        return value(settings.notifyAfter(queue), facts, DEFAULT_NOTIFY, ScheduleSettings.Wait.NOTIFY, queue);
    }

    private <T> T value(
            Conditional<T> setting, Facts facts, T fallback, ScheduleSettings.Wait wait, @Nullable VirtualQueue queue) {
        try {
            return setting.value(facts, lookups);
        } catch (EvaluationException e) {
            String key = settings.key(wait, queue);
            events.alarm("schedule", key + " could not be evaluated, its default is used: " + e.getMessage());
            return fallback;
        }
    }

    private static Instant later(Instant from, Duration wait) {
        return from.plus(wait).truncatedTo(ChronoUnit.MILLIS);
    }
}
