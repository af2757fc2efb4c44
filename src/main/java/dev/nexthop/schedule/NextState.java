package dev.nexthop.schedule;

import dev.nexthop.event.Events;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Outcome;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.EnhancedStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an outcome leads to for one recipient (RFC 5321 §4.5.4.1). Changes nothing. */
final class NextState {
    /** The wait when the setting can't be evaluated. */
    static final Duration DEFAULT_RETRY = Duration.ofMinutes(15);

    /** RFC 3463 §3.5. */
    private static final EnhancedStatus DELIVERY_TIME_EXPIRED = new EnhancedStatus(5, 4, 7);

    private final ScheduleSettings settings;
    private final Lookups lookups;
    private final Events events;

    NextState(ScheduleSettings settings, Lookups lookups, Events events) {
        this.settings = settings;
        this.lookups = lookups;
        this.events = events;
    }

    /**
     * A recipient that has moved on.
     *
     * @param state where it stands now
     * @param outcome what it came to; a deferral at the end of its time has become a failure
     */
    record Step(RecipientState state, Outcome outcome) {}

    /**
     * The step that follows an attempt.
     *
     * @param before where the recipient stood
     * @param index its place in the envelope
     * @param outcome what the attempt came to
     * @param facts the recipient as the attempt knew it
     * @param last the attempt, as the queue keeps it
     */
    Step after(RecipientState before, int index, Outcome outcome, RecipientFacts facts, LastAttempt last) {
        return switch (outcome) {
            case Outcome.Delivered delivered -> {
                RecipientStatus status = Wishes.delivered(facts.envelope(), index, delivered.handover());
                yield new Step(done(before, status, last), outcome);
            }
            case Outcome.Failed ignored -> new Step(done(before, RecipientStatus.FAILED, last), outcome);
            case Outcome.Deferred deferred -> {
                if (last.at().isBefore(before.expires())) {
                    yield new Step(deferred(before, facts, last), outcome);
                }
                Diagnosis expired = expired(deferred.diagnosis(), facts, last.at());
                LastAttempt end = new LastAttempt(last.at(), last.hop(), expired, last.route());
                yield new Step(done(before, RecipientStatus.FAILED, end), new Outcome.Failed(expired));
            }
        };
    }

    private static RecipientState done(RecipientState before, RecipientStatus status, LastAttempt last) {
        return next(before, status, before.due(), last);
    }

    private RecipientState deferred(RecipientState before, RecipientFacts facts, LastAttempt last) {
        Instant due = last.at().plus(wait(before, facts, last)).truncatedTo(ChronoUnit.MILLIS);
        // The last attempt is at the time of expiry, not long before it.
        return next(before, RecipientStatus.DEFERRED, due.isAfter(before.expires()) ? before.expires() : due, last);
    }

    private static RecipientState next(RecipientState before, RecipientStatus status, Instant due, LastAttempt last) {
        return new RecipientState(
                before.address(),
                status,
                before.attempts() + 1,
                before.notices(),
                due,
                before.notifyAt(),
                before.expires(),
                Optional.of(last));
    }

    /** The list is read anew at each attempt: the rules may ask for the failure that has just happened. */
    private Duration wait(RecipientState before, RecipientFacts facts, LastAttempt last) {
        Diagnosis diagnosis = last.diagnosis();
        RecipientFacts.History old = facts.history();
        RecipientFacts.History history = new RecipientFacts.History(
                old.created(),
                before.attempts(),
                before.notices(),
                before.expires(),
                Histories.status(diagnosis),
                diagnosis.error());
        RecipientFacts known = new RecipientFacts(
                facts.id(),
                facts.envelope(),
                facts.size(),
                facts.recipient(),
                history,
                last.at(),
                new RecipientFacts.Host(facts.host().hop(), diagnosis.host(), diagnosis.ip(), ""));
        // With another failure in view it may be in another queue.
        VirtualQueues.Choice choice = settings.queues().choose(known, lookups);
        if (!choice.fault().isEmpty()) {
            events.alarm("schedule", choice.fault() + "; queue.schedule is used");
        }
        VirtualQueue queue = choice.queue();
        try {
            List<Duration> waits = settings.retry(queue).value(known, lookups);
            if (!waits.isEmpty()) {
                return waits.get(Math.min(before.attempts(), waits.size() - 1));
            }
            events.alarm("schedule", key(queue) + " gave an empty list; trying again in 15 minutes");
        } catch (EvaluationException e) {
            events.alarm(
                    "schedule", key(queue) + " could not be evaluated, trying again in 15 minutes: " + e.getMessage());
        }
        return DEFAULT_RETRY;
    }

    private String key(@Nullable VirtualQueue queue) {
        return settings.key(ScheduleSettings.Wait.RETRY, queue);
    }

    /** RFC 3464 §2.3.4: the failure keeps subject and detail of its cause; the class becomes permanent. */
    private static Diagnosis expired(Diagnosis cause, RecipientFacts facts, Instant at) {
        if (Wishes.overdue(facts.envelope(), at)) {
            return late(cause, facts);
        }
        EnhancedStatus status =
                new EnhancedStatus(5, cause.status().subject(), cause.status().detail());
        Duration age =
                Duration.between(facts.history().created(), facts.history().expires());
        String reason = "expired after " + words(age) + " in the queue; last: " + cause.reason();
        return new Diagnosis(status, cause.error(), reason, cause.reply(), cause.host(), cause.ip(), cause.step());
    }

    /** RFC 2852 §4.1.3: the time is over that the sender gave. */
    private static Diagnosis late(Diagnosis cause, RecipientFacts facts) {
        String reason = "not delivered by " + Wishes.returnAt(facts.envelope()).orElseThrow()
                + ", after which the sender does not want it delivered; last: " + cause.reason();
        return new Diagnosis(
                DELIVERY_TIME_EXPIRED, cause.error(), reason, cause.reply(), cause.host(), cause.ip(), cause.step());
    }

    static String words(Duration age) {
        if (age.toDays() >= 1) {
            return count(age.plusHours(12).toDays(), "day");
        }
        return age.toHours() >= 1
                ? count(age.plusMinutes(30).toHours(), "hour")
                : count(Math.max(1, age.toMinutes()), "minute");
    }

    private static String count(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
    }
}
