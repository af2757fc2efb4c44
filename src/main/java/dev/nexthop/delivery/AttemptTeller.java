package dev.nexthop.delivery;

import dev.nexthop.flight.AttemptEvent;
import dev.nexthop.mail.Outcome;
import dev.nexthop.route.RecipientFacts;
import java.time.Duration;

/** Makes what the flight recorder is told of an attempt. */
final class AttemptTeller {
    private AttemptTeller() {}

    static void tell(AttemptEvent event, Job job, Attempt attempt, long securing) {
        RecipientFacts first = job.recipients().getFirst();
        event.tell(
                new AttemptEvent.Subject(
                        job.id().toString(),
                        job.hop().id(),
                        first.recipient().domain().name(),
                        first.history().attempts(),
                        waited(first)),
                counts(attempt),
                peer(attempt),
                new AttemptEvent.Times(
                        attempt.delays().connect().toNanos(),
                        securing,
                        attempt.delays().send().toNanos()));
    }

    private static long waited(RecipientFacts facts) {
        return Math.max(
                0, Duration.between(facts.history().created(), facts.now()).toMillis());
    }

    private static AttemptEvent.Counts counts(Attempt attempt) {
        int delivered = 0;
        int deferred = 0;
        int failed = 0;
        for (int i = 0; i < attempt.outcomes().size(); i++) {
            if (attempt.refusals().containsKey(i)) {
                continue; // Its outcome says nothing.
            }
            switch (attempt.outcomes().get(i)) {
                case Outcome.Delivered _ -> delivered++;
                case Outcome.Deferred _ -> deferred++;
                case Outcome.Failed _ -> failed++;
            }
        }
        return new AttemptEvent.Counts(attempt.outcomes().size(), delivered, deferred, failed);
    }

    private static AttemptEvent.Peer peer(Attempt attempt) {
        String host = "";
        for (Outcome outcome : attempt.outcomes()) {
            String heard = outcome.diagnosis().host();
            host = heard.isEmpty() ? host : heard;
        }
        String status = attempt.outcomes().getFirst().diagnosis().status().toString();
        return new AttemptEvent.Peer(host, status, attempt.tls().word());
    }
}
