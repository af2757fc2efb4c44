package dev.nexthop.dsn;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Step;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The first part of a report: for people (RFC 6522 §3), in the words of a language. */
final class DsnText {
    private static final String INDENT = "    ";

    /** A date that people of every language read. */
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Phrases phrases;
    private final Report report;
    private final Lines text = new Lines();

    private DsnText(Phrases phrases, Report report) {
        this.phrases = phrases;
        this.report = report;
    }

    /**
     * The text.
     *
     * @param full whether the whole message comes back
     */
    static Lines of(Report report, Speaker speaker, boolean full) {
        return new DsnText(speaker.phrases(), report).write(speaker.submitter(), full);
    }

    private Lines write(String submitter, boolean full) {
        Map<Slot, String> about = new EnumMap<>(Slot.class);
        about.put(Slot.SUBMITTER, submitter);
        about.put(Slot.ID, report.original().id().toString());
        about.put(Slot.ARRIVAL, date(report.original().arrival()));
        put("", phrases.part("opening"), about);
        text.line("");
        put("", phrases.part(report.kind().action), about);
        for (Report.Recipient recipient : report.recipients()) {
            text.line("");
            text.line("<" + Lines.still(recipient.address().toString()) + ">");
            Map<Slot, String> known = new EnumMap<>(about);
            known.put(Slot.ADDRESS, recipient.address().toString());
            known.put(Slot.DOMAIN, recipient.address().domain().name());
            recipient(recipient, known);
        }
        if (report.kind() == Report.Kind.FAILED) {
            text.line("");
            put("", phrases.part(full ? "returned.message" : "returned.header"), about);
        }
        text.line("");
        put("", phrases.part("closing"), about);
        return text;
    }

    private void recipient(Report.Recipient recipient, Map<Slot, String> known) {
        Diagnosis diagnosis = recipient.diagnosis();
        boolean bad = !report.kind().success();
        if (bad) {
            put(INDENT, chosen("why", diagnosis), known);
            recipient.lastAttempt().ifPresent(last -> expired(recipient, last, known));
            String reason = Told.reason(diagnosis);
            if (!reason.isBlank()) {
                known.put(Slot.REASON, reason);
                put(INDENT, phrases.part("reason"), known);
            }
        }
        said(diagnosis, known);
        switch (report.kind()) {
            case FAILED -> put(INDENT, chosen("advice", diagnosis), known);
            case DELAYED -> {
                known.put(Slot.UNTIL, date(recipient.expires()));
                put(INDENT, phrases.part("until"), known);
            }
            case DELIVERED, RELAYED, EXPANDED -> {}
        }
    }

    private Template chosen(String kind, Diagnosis diagnosis) {
        return ours(diagnosis) ? phrases.part(kind + ".own") : phrases.byStatus(kind, diagnosis.status());
    }

    /** Whether nobody else had a part in it. */
    private static boolean ours(Diagnosis diagnosis) {
        boolean alone = diagnosis.error() == ErrorKind.IO || diagnosis.step() == Step.ROUTE;
        return alone && diagnosis.reply().isEmpty() && diagnosis.status().subject() != 4;
    }

    /** Of a failure that is one only because the time is over. */
    private void expired(Report.Recipient recipient, Instant last, Map<Slot, String> known) {
        if (report.kind() == Report.Kind.FAILED && !last.isBefore(recipient.expires())) {
            known.put(Slot.LAST, date(last));
            put(INDENT, phrases.part("expired"), known);
        }
    }

    private void said(Diagnosis diagnosis, Map<Slot, String> known) {
        if (diagnosis.reply().isEmpty()) {
            return;
        }
        String ip = diagnosis.ip().isEmpty() ? "" : " [" + diagnosis.ip() + "]";
        String command = command(diagnosis.step());
        known.put(Slot.REPLY, diagnosis.reply().get().toString());
        known.put(Slot.HOST, diagnosis.host() + ip);
        known.put(Slot.COMMAND, command);
        String key = diagnosis.host().isEmpty() ? "answer" : command.isEmpty() ? "said" : "said.command";
        put(INDENT, phrases.part(key), known);
    }

    private void put(String indent, Template template, Map<Slot, String> values) {
        boolean first = true;
        for (String paragraph : template.fill(values)) {
            if (!first) {
                text.line("");
            }
            text.wrap(indent, paragraph, indent);
            first = false;
        }
    }

    private static String date(Instant instant) {
        return DATE.format(instant);
    }

    /** What the host answered, in the words of the protocol, which no language translates. */
    private static String command(Step step) {
        return switch (step) {
            case MAIL -> "MAIL FROM";
            case RCPT -> "RCPT TO";
            case DATA -> "DATA";
            case END_OF_DATA -> "end of DATA";
            case EHLO -> "EHLO";
            case AUTH -> "AUTH";
            case GREETING, ROUTE, DNS, CONNECT, TLS, STORE -> "";
        };
    }
}
