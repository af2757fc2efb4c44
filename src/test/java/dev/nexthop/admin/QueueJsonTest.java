package dev.nexthop.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.schedule.QueueControl;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueueJsonTest {
    private static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant UNTIL = CREATED.plusSeconds(3_600);

    private static String recipient(RecipientStatus status, Instant due) {
        return recipient(status, due, Map.of());
    }

    private static String recipient(RecipientStatus status, Instant due, Map<Integer, QueueControl.Membership> queues) {
        Mailbox bob = Mailbox.parse("bob@example.net");
        Requests requests = new Requests(Optional.empty(), "", List.of(), false, Optional.empty(), Optional.of(UNTIL));
        Envelope envelope = new Envelope(
                ReversePath.of("amy@example.org"),
                List.of(bob),
                BodyType.SEVEN_BIT,
                false,
                Reception.INTERNAL,
                requests);
        RecipientState state =
                new RecipientState(bob, status, 0, 0, due, Instant.MAX, UNTIL.plusSeconds(60), Optional.empty());
        MessageBody body = MessageBody.of(new byte[] {'\r', '\n'});
        QueuedMessage message = new QueuedMessage(new QueueId(1), CREATED, envelope, body, List.of(state));
        return QueueJson.message(message, Map.of(), queues, false)
                .path("recipients")
                .path(0)
                .toString();
    }

    @Test
    void whatTheSenderWantsHeldSaysSoUntilItIsReleased() { // RFC 4865
        assertThat(recipient(RecipientStatus.SCHEDULED, UNTIL))
                .contains("\"status\":\"scheduled\"", "\"due\":\"2026-11-22T11:00:00Z\"")
                .contains("\"reason\":\"the sender wants it held until 2026-11-22T11:00:00Z\"");
        assertThat(recipient(RecipientStatus.SCHEDULED, CREATED)).doesNotContain("reason");
        assertThat(recipient(RecipientStatus.HELD, UNTIL)).doesNotContain("reason");
    }

    /** Neither in the ordinary queue nor in another: a program that looks at the queue alone sees null. */
    @Test
    void whereNobodyCanSayTheQueueItSaysWhy() {
        assertThat(recipient(RecipientStatus.DEFERRED, UNTIL)).doesNotContain("queue", "undecided");
        assertThat(recipient(
                        RecipientStatus.DEFERRED, UNTIL, Map.of(0, new QueueControl.Membership("", "nobody can say"))))
                .contains("\"queue\":null", "\"undecided\":\"nobody can say\"");
        assertThat(recipient(RecipientStatus.DEFERRED, UNTIL, Map.of(0, new QueueControl.Membership("bulk", ""))))
                .contains("\"queue\":\"bulk\"")
                .doesNotContain("undecided");
    }

    @Test
    void aSuccessThatIsStillToBeToldIsASuccess() {
        assertThat(recipient(RecipientStatus.DELIVERED_UNTOLD, CREATED)).contains("\"status\":\"delivered\"");
        assertThat(recipient(RecipientStatus.RELAYED_UNTOLD, CREATED))
                .contains("\"status\":\"delivered\"", "\"reason\":\"the sender is still to be told\"");
    }
}
