package dev.nexthop.dsn;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.EnhancedStatus;

/**
 * What of a diagnosis its sender hears. He may be anybody: a fault of ours has the place of a rule or the words of a database
 * in it, which are in the log and in the queue, and are nobody else's business.
 */
final class Told {
    private static final String TROUBLE = "the mail system has trouble of its own";

    /** RFC 3463 §3.8: nothing is broken; a rule or an order said so, in words that its author chose. */
    private static final EnhancedStatus TOLD_TO_WAIT = new EnhancedStatus(4, 7, 1);

    /** RFC 3463 §3.4: a rule or a setting has no value. */
    private static final EnhancedStatus MISCONFIGURED = new EnhancedStatus(4, 3, 5);

    private Told() {}

    /** One sentence in English; empty when there is nothing to say. */
    static String reason(Diagnosis diagnosis) {
        String reason = diagnosis.reason();
        if (diagnosis.reply().isPresent() || reason.isBlank()) {
            return reason;
        }
        return switch (diagnosis.error()) {
            case IO -> own(diagnosis);
            case RATE -> withoutEarlier(reason);
            case NONE, DNS, UNEXPECTED_REPLY, CONNECTION, TLS, DANE, MTA_STS, CONCURRENCY -> reason;
        };
    }

    private static String own(Diagnosis diagnosis) {
        EnhancedStatus status = diagnosis.status().inClass(4);
        if (diagnosis.step() != Step.ROUTE) {
            return TROUBLE;
        }
        if (status.equals(TOLD_TO_WAIT)) {
            return diagnosis.reason();
        }
        return status.equals(MISCONFIGURED) ? "the mail system could not decide where this goes" : TROUBLE;
    }

    /** What a throttle says of itself, and not what was the matter before: that may have been a fault of ours. */
    private static String withoutEarlier(String reason) {
        int cut = reason.indexOf(Diagnosis.EARLIER);
        return cut < 0 ? reason : reason.substring(0, cut);
    }
}
