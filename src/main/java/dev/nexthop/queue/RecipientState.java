package dev.nexthop.queue;

import dev.nexthop.smtp.Mailbox;
import java.time.Instant;
import java.util.Optional;

/**
 * Where one recipient of a queued message stands. Kept durably after each attempt.
 *
 * @param address the forward-path
 * @param status waiting, held or done
 * @param attempts how often delivery was tried
 * @param notices how many delay notifications were sent
 * @param due when it is tried next; of no meaning once done
 * @param notifyAt when the next delay notification falls due; {@link Instant#MAX} for never
 * @param expires when the queue gives up
 * @param last the newest attempt, empty before the first
 */
public record RecipientState(
        Mailbox address,
        RecipientStatus status,
        int attempts,
        int notices,
        Instant due,
        Instant notifyAt,
        Instant expires,
        Optional<LastAttempt> last) {}
