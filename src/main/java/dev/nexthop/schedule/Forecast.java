package dev.nexthop.schedule;

import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.Step;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.ReversePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Foretells what becomes of a recipient whose every attempt fails for the time being, by the code that schedules. */
public final class Forecast {
    /** Most attempts that are foretold. */
    public static final int MAX_ATTEMPTS = 200;

    private static final int MAX_NOTICES = 20;
    private static final EnhancedStatus TRY_LATER = new EnhancedStatus(4, 0, 0);

    private final ScheduleSettings settings;
    private final Lookups lookups;

    /**
     * A forecast.
     *
     * @param settings the waits
     * @param lookups who answers the look-ups of the settings
     */
    public Forecast(ScheduleSettings settings, Lookups lookups) {
        this.settings = settings;
        this.lookups = lookups;
    }

    /**
     * What is to come.
     *
     * @param attempts when the recipient is tried, the first one now
     * @param more whether the list was cut at {@link #MAX_ATTEMPTS}
     * @param notices when the sender is told of a delay
     * @param expires when the queue gives up
     * @param troubles what could not be evaluated, one sentence each; a default stood in for it
     */
    public record Course(
            List<Instant> attempts, boolean more, List<Instant> notices, Instant expires, List<String> troubles) {
        /** Copies the lists. */
        public Course {
            attempts = List.copyOf(attempts);
            notices = List.copyOf(notices);
            troubles = List.copyOf(troubles);
        }
    }

    /**
     * When the queue gives up on a recipient that is accepted now.
     *
     * @param facts the recipient; its history counts only for the time of acceptance
     */
    public Instant expiry(RecipientFacts facts) {
        return starting(new Alarms())
                .initial(
                        facts.envelope(),
                        facts.id(),
                        facts.size(),
                        facts.recipient(),
                        facts.history().created())
                .expires();
    }

    /**
     * Foretells.
     *
     * @param facts the recipient as it stands before the attempt that is made now; the errors to come are like its last one
     */
    public Course of(RecipientFacts facts) {
        Alarms alarms = new Alarms();
        NextState next = new NextState(settings, lookups, alarms);
        List<Instant> attempts = new ArrayList<>();
        RecipientFacts.History history = facts.history();
        RecipientState state = new RecipientState(
                facts.recipient(),
                history.attempts() == 0 ? RecipientStatus.SCHEDULED : RecipientStatus.DEFERRED,
                history.attempts(),
                history.notices(),
                facts.now(),
                Instant.MAX,
                history.expires(),
                Optional.empty());
        Diagnosis failure = failure(history);
        int index = facts.envelope().recipients().indexOf(facts.recipient());
        while (LiveTable.waits(state) && attempts.size() < MAX_ATTEMPTS) {
            attempts.add(state.due());
            LastAttempt last = new LastAttempt(state.due(), facts.host().hop(), failure, RouteTrace.NONE);
            state = next.after(state, index, new Outcome.Deferred(failure), facts, last)
                    .state();
        }
        return new Course(
                attempts, LiveTable.waits(state), notices(facts, alarms), history.expires(), List.copyOf(alarms.texts));
    }

    /** Whoever has no address to tell is told nothing (RFC 5321 §6.1). */
    private List<Instant> notices(RecipientFacts facts, Alarms alarms) {
        List<Instant> notices = new ArrayList<>();
        if (!(facts.envelope().sender() instanceof ReversePath.From)) {
            return notices;
        }
        StartingState starting = starting(alarms);
        RecipientFacts.History history = facts.history();
        int sent = history.notices();
        Instant from = sent == 0 ? history.created() : facts.now();
        Requests.Recipient asked = Wishes.asked(facts.envelope(), facts.recipient());
        Instant at = starting.nextNotice(facts, asked, new StartingState.Newest(sent, from, from));
        while (at.isBefore(history.expires()) && notices.size() < MAX_NOTICES) {
            notices.add(at.isBefore(facts.now()) ? facts.now() : at);
            sent++;
            at = starting.nextNotice(facts, asked, new StartingState.Newest(sent, at, at));
        }
        return notices;
    }

    private StartingState starting(Alarms alarms) {
        return new StartingState(settings, lookups, alarms);
    }

    private static Diagnosis failure(RecipientFacts.History history) {
        ErrorKind kind = history.lastError() == ErrorKind.NONE ? ErrorKind.UNEXPECTED_REPLY : history.lastError();
        return Diagnosis.local(TRY_LATER, kind, history.lastStatus(), Step.ROUTE);
    }

    /** Keeps what would have been an alarm. */
    private static final class Alarms implements Events {
        private final Set<String> texts = new LinkedHashSet<>();

        @Override
        public void delivery(DeliveryEvent event) {
            throw new IllegalStateException("a forecast delivers nothing");
        }

        @Override
        public void accepted(AcceptedEvent event) {
            throw new IllegalStateException("a forecast accepts nothing");
        }

        @Override
        public void tls(TlsEvent event) {
            throw new IllegalStateException("a forecast connects to nobody");
        }

        @Override
        public void alarm(String subject, String text) {
            texts.add(text);
        }

        @Override
        public void relief(String subject, String text) {}
    }
}
