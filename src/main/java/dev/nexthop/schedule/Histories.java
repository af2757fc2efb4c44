package dev.nexthop.schedule;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.route.RecipientFacts;
import java.time.Instant;
import java.util.Optional;

/** What rules may ask about a recipient, from what the queue knows. */
final class Histories {
    private Histories() {}

    static RecipientFacts facts(QueuedMessage message, int index, Instant now) {
        RecipientState state = message.recipients().get(index);
        Optional<Diagnosis> last = state.last().map(LastAttempt::diagnosis);
        RecipientFacts.History history = new RecipientFacts.History(
                message.created(),
                state.attempts(),
                state.notices(),
                state.expires(),
                last.map(Histories::status).orElse(""),
                last.map(Diagnosis::error).orElse(ErrorKind.NONE));
        return new RecipientFacts(
                message.id(),
                message.envelope(),
                message.body().size(),
                state.address(),
                history,
                now,
                RecipientFacts.Host.UNKNOWN);
    }

    /** {@code last_status}: the remote's words, or ours where it said nothing. */
    static String status(Diagnosis diagnosis) {
        return diagnosis.reply().isPresent() ? diagnosis.reply().get().text() : diagnosis.reason();
    }
}
