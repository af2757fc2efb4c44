package dev.nexthop.dsn;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Step;

/** The first part of a report: for people (RFC 6522 §3). */
final class DsnText {
    private DsnText() {}

    /**
     * The text.
     *
     * @param full whether the whole message comes back
     */
    static Lines of(Report report, String submitter, boolean full) {
        Lines text = new Lines();
        text.wrap("", "This is the mail system at " + submitter + ".", "");
        text.line("");
        text.wrap("", summary(report.kind(), full), "");
        for (Report.Recipient recipient : report.recipients()) {
            text.line("");
            text.line("<" + Lines.clean(recipient.address().toString()) + ">");
            text.wrap("    ", what(recipient.diagnosis(), report.kind()), "    ");
            switch (report.kind()) {
                case FAILED -> text.wrap("    ", advice(recipient.diagnosis()), "    ");
                case DELAYED ->
                    text.wrap("    ", "We keep trying until " + Lines.date(recipient.expires()) + ".", "    ");
                case DELIVERED, RELAYED -> {}
            }
        }
        text.line("");
        text.wrap("", "Our name for the message is " + report.original().id() + ".", "");
        return text;
    }

    private static String summary(Report.Kind kind, boolean full) {
        return switch (kind) {
            case FAILED ->
                "Your message could not be delivered to the recipients below, and we have stopped trying. "
                        + (full
                                ? "It is attached."
                                : "Its header is attached, so that you can tell which message this is about.");
            case DELAYED ->
                "Your message has not yet been delivered to the recipients below. This is only a warning: you need"
                        + " not send it again, we keep trying.";
            case DELIVERED ->
                "Your message has been delivered to the recipients below. You asked to be told; there is nothing to do.";
            case RELAYED ->
                "Your message has been handed on to the next mail system for the recipients below. You asked to be told;"
                        + " there is nothing to do.";
        };
    }

    private static String what(Diagnosis diagnosis, Report.Kind kind) {
        String reason = diagnosis.reason();
        StringBuilder words = new StringBuilder(reason);
        if (diagnosis.reply().isPresent()) {
            String said = diagnosis.reply().get().toString();
            words.append(reason.isEmpty() ? "" : reason.endsWith(".") ? " " : ". ");
            words.append(diagnosis.host().isEmpty() ? "The answer was: " : "The host " + diagnosis.host());
            if (!diagnosis.host().isEmpty()) {
                words.append(diagnosis.ip().isEmpty() ? "" : " [" + diagnosis.ip() + "]")
                        .append(" said: ");
            }
            words.append(said).append(at(diagnosis.step()));
        }
        if (words.isEmpty()) {
            return kind.success() ? "It is there." : "No reason is known.";
        }
        return words.toString();
    }

    private static String at(Step step) {
        return switch (step) {
            case MAIL -> " (in reply to MAIL FROM)";
            case RCPT -> " (in reply to RCPT TO)";
            case DATA -> " (in reply to DATA)";
            case END_OF_DATA -> " (in reply to the end of the message)";
            case GREETING -> " (as its greeting)";
            case EHLO -> " (in reply to EHLO)";
            case AUTH -> " (in reply to AUTH)";
            case ROUTE, DNS, CONNECT, TLS, STORE -> "";
        };
    }

    /** By the subject of the enhanced status code (RFC 3463 §3). */
    private static String advice(Diagnosis diagnosis) {
        return switch (diagnosis.status().subject()) {
            case 1 -> "Check the address for a typing mistake, or ask the recipient for the right one.";
            case 2 -> "The mailbox can't take it; tell the recipient in another way.";
            case 3, 6 -> "The receiving system can't take a message like this one; make it smaller or simpler.";
            case 7 -> "The receiving system does not allow it; ask its postmaster or the recipient for the reason.";
            default -> "Send it again later, or tell the recipient in another way.";
        };
    }
}
