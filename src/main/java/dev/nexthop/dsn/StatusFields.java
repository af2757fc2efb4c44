package dev.nexthop.dsn;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Requests;
import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Xtext;
import java.util.Locale;

/** The second part of a report: for programs (RFC 3464 §2, RFC 6533 §3). */
final class StatusFields {
    /** Octets of a field that can't be folded; a longer one is left out. */
    private static final int LONGEST_FIELD = 900;

    private StatusFields() {}

    /** Whether the part needs the type for text beyond ASCII. */
    static boolean global(Report report) {
        return report.recipients().stream()
                .anyMatch(recipient -> recipient.address().needsUtf8());
    }

    /** RFC 3464 §2.2 and §2.3: the fields of the message, then a group of fields for each recipient. */
    static Lines of(Report report, String submitter) {
        boolean global = global(report);
        Lines lines = new Lines();
        String id = report.original().envelope().requests().envelopeId();
        if (!id.isEmpty()) {
            whole(lines, "Original-Envelope-Id: " + ascii(Lines.clean(id), global));
        }
        lines.field("Reporting-MTA", "dns; " + submitter)
                .field("Arrival-Date", Lines.date(report.original().arrival()));
        for (Report.Recipient recipient : report.recipients()) {
            lines.line("");
            recipient(lines, report.kind(), recipient, global);
        }
        return lines;
    }

    private static void recipient(Lines lines, Report.Kind kind, Report.Recipient recipient, boolean global) {
        Diagnosis diagnosis = recipient.diagnosis();
        recipient.original().ifPresent(original -> whole(lines, "Original-Recipient: " + original(original, global)));
        // RFC 6533 §3: the address type utf-8 for an address beyond ASCII, its bytes as they are.
        String type = recipient.address().needsUtf8() ? "utf-8" : "rfc822";
        lines.line("Final-Recipient: " + type + "; "
                + Lines.clean(recipient.address().toString()));
        lines.field("Action", kind.action);
        lines.field("Status", status(kind, diagnosis.status()));
        if (!diagnosis.host().isEmpty()) {
            lines.field("Remote-MTA", "dns; " + ascii(diagnosis.host(), global));
        }
        if (!kind.success() || diagnosis.reply().isPresent()) {
            lines.field("Diagnostic-Code", ascii(code(diagnosis), global));
        }
        recipient.lastAttempt().ifPresent(at -> lines.field("Last-Attempt-Date", Lines.date(at)));
        if (kind == Report.Kind.DELAYED) {
            lines.field("Will-Retry-Until", Lines.date(recipient.expires()));
        }
    }

    private static void whole(Lines lines, String field) {
        if (field.codePoints().map(StatusFields::octets).sum() <= LONGEST_FIELD) {
            lines.line(field);
        }
    }

    private static int octets(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    /** As the sender wrote it (RFC 3461 §6.3); what ASCII can't hold in the escaped form of RFC 6533 §3. */
    private static String original(Requests.Original original, boolean global) {
        String address = Lines.clean(original.address());
        boolean plain = Ascii.only(address);
        boolean international = original.type().toLowerCase(Locale.ROOT).equals("utf-8");
        if (plain && !international || global) {
            return (plain ? original.type() : "utf-8") + "; " + address;
        }
        return "utf-8; " + Xtext.encodeAddress(address);
    }

    /** RFC 3464 §2.3.4: the class of the code agrees with the action. */
    private static String status(Report.Kind kind, EnhancedStatus status) {
        return new EnhancedStatus(kind.statusClass, status.subject(), status.detail()).toString();
    }

    /** RFC 3464 §2.3.6: the remote's own words, or ours under a type of ours. */
    private static String code(Diagnosis diagnosis) {
        return diagnosis.reply().map(reply -> "smtp; " + reply).orElseGet(() -> "x-nexthop; " + Told.reason(diagnosis));
    }

    private static String ascii(String words, boolean global) {
        return global ? words : Lines.toAscii(words);
    }
}
