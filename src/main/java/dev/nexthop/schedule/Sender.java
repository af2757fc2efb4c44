package dev.nexthop.schedule;

import dev.nexthop.mail.Envelope;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.util.Locale;

/** Who has a turn of its own in the line of a destination. */
final class Sender {
    private Sender() {}

    /**
     * The sender of a message: the user who handed it in; of who did not authenticate, the envelope's, without what follows the
     * first {@code +}, {@code -} or {@code =} of the local part, where a list writes whom it is for. All notifications are of one sender.
     *
     * @return a name for comparisons only
     */
    static String of(Envelope envelope) {
        String user = envelope.reception().authenticatedAs();
        if (!user.isEmpty()) {
            return "user " + user;
        }
        return switch (envelope.sender()) {
            case ReversePath.Null ignored -> "";
            case ReversePath.From from -> stem(from.mailbox());
        };
    }

    private static String stem(Mailbox mailbox) {
        String local = mailbox.localPart();
        int end = 1;
        while (end < local.length() && "+-=".indexOf(local.charAt(end)) < 0) {
            end++;
        }
        return (local.substring(0, end) + "@" + mailbox.domain().name()).toLowerCase(Locale.ROOT);
    }
}
