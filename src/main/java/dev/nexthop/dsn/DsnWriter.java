package dev.nexthop.dsn;

import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Reception;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Writes delivery status notifications (RFC 3464, RFC 6522; RFC 6533 where something is beyond ASCII). Whatever a remote
 * host said or a stranger put into an address, it can neither add a line nor end a part.
 */
public final class DsnWriter {
    private final DsnSettings settings;
    private final Lookups lookups;

    /**
     * A writer.
     *
     * @param settings who speaks
     * @param lookups who answers the look-ups of the settings
     */
    public DsnWriter(DsnSettings settings, Lookups lookups) {
        this.settings = settings;
        this.lookups = lookups;
    }

    /**
     * The notification for the sender of a message.
     *
     * @param report what to tell
     * @return empty for the null reverse-path, which must never be answered (RFC 5321 §6.1)
     */
    public Optional<Notification> write(Report report) {
        return switch (report.original().envelope().sender()) {
            case ReversePath.Null ignored -> Optional.empty();
            case ReversePath.From from -> Optional.of(compose(report, from.mailbox()));
        };
    }

    private Notification compose(Report report, Mailbox sender) {
        Speaker speaker = Speaker.of(settings, report.facts(), lookups);
        Lines text = DsnText.of(report, speaker.submitter());
        OriginalHeader header = OriginalHeader.of(report.original().body());
        boolean global = report.recipients().stream().anyMatch(r -> r.address().needsUtf8());
        Lines status = status(report, speaker.submitter(), global);
        boolean eightBit = !text.ascii() || !status.ascii() || header.eightBit();
        // RFC 6531 §3.4: only an address of the envelope or of our own header needs SMTPUTF8; parts need 8BITMIME.
        boolean smtpUtf8 = sender.needsUtf8();

        String boundary = boundary(report, text, status, header);
        Lines top = new Lines()
                .field("From", speaker.from())
                .field("To", "<" + sender + ">")
                .field("Subject", report.kind().subject)
                .field("Date", Lines.date(report.now()))
                .field("Message-ID", "<" + report.id() + "@" + speaker.submitter() + ">")
                // RFC 3834 §5: auto-replied is a direct response to another message, auto-generated is not.
                .field("Auto-Submitted", "auto-replied")
                .field("MIME-Version", "1.0");
        top.line("Content-Type: multipart/report; report-type=delivery-status;");
        top.line(" boundary=\"" + boundary + "\"");
        top.field("Content-Transfer-Encoding", eightBit ? "8bit" : "7bit");
        top.line("");

        ByteArrayOutputStream message = new ByteArrayOutputStream(4_096 + header.bytes().length);
        message.writeBytes(top.bytes());
        part(message, boundary, "text/plain; charset=" + (text.ascii() ? "us-ascii" : "utf-8"), text.bytes());
        part(message, boundary, global ? "message/global-delivery-status" : "message/delivery-status", status.bytes());
        boolean globalHeader = header.eightBit() && header.utf8();
        part(message, boundary, globalHeader ? "message/global-headers" : "text/rfc822-headers", header.bytes());
        message.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        Envelope envelope = new Envelope(
                ReversePath.NULL,
                List.of(sender),
                eightBit || smtpUtf8 ? BodyType.EIGHT_BIT_MIME : BodyType.SEVEN_BIT,
                smtpUtf8,
                Reception.INTERNAL);
        return new Notification(envelope, message.toByteArray(), speaker.faults());
    }

    private static void part(ByteArrayOutputStream message, String boundary, String type, byte[] content) {
        boolean eightBit = false;
        for (byte b : content) {
            eightBit |= b < 0;
        }
        Lines lines = new Lines()
                .line("--" + boundary)
                .line("Content-Type: " + type)
                .line("Content-Transfer-Encoding: " + (eightBit ? "8bit" : "7bit"))
                .line("");
        message.writeBytes(lines.bytes());
        message.writeBytes(content);
        message.writeBytes(new byte[] {'\r', '\n'});
    }

    /** A boundary that stands in none of the parts (RFC 2046 §5.1.1), even if somebody guessed our ids. */
    private static String boundary(Report report, Lines text, Lines status, OriginalHeader header) {
        String parts = text.toString() + status + new String(header.bytes(), StandardCharsets.ISO_8859_1);
        String boundary = "=_" + report.id();
        int turn = 0;
        while (parts.contains(boundary)) {
            boundary = "=_" + report.id() + "." + turn++;
        }
        return boundary;
    }

    /** RFC 3464 §2.2 and §2.3: the fields of the message, then a group of fields for each recipient. */
    private static Lines status(Report report, String submitter, boolean global) {
        Lines lines = new Lines()
                .field("Reporting-MTA", "dns; " + submitter)
                .field("Arrival-Date", Lines.date(report.original().arrival()));
        for (Report.Recipient recipient : report.recipients()) {
            Diagnosis diagnosis = recipient.diagnosis();
            lines.line("");
            // RFC 6533 §3: the address type utf-8 for an address beyond ASCII, its bytes as they are.
            String type = recipient.address().needsUtf8() ? "utf-8" : "rfc822";
            lines.line("Final-Recipient: " + type + "; "
                    + Lines.clean(recipient.address().toString()));
            lines.field("Action", report.kind().action);
            lines.field("Status", status(report.kind(), diagnosis.status()));
            if (!diagnosis.host().isEmpty()) {
                lines.field("Remote-MTA", "dns; " + ascii(diagnosis.host(), global));
            }
            lines.field("Diagnostic-Code", ascii(code(diagnosis), global));
            lines.field("Last-Attempt-Date", Lines.date(recipient.lastAttempt()));
            if (report.kind() == Report.Kind.DELAYED) {
                lines.field("Will-Retry-Until", Lines.date(recipient.expires()));
            }
        }
        return lines;
    }

    /** RFC 3464 §2.3.4: the class of the code agrees with the action. */
    private static String status(Report.Kind kind, EnhancedStatus status) {
        return new EnhancedStatus(kind.statusClass, status.subject(), status.detail()).toString();
    }

    /** RFC 3464 §2.3.6: the remote's own words, or ours under a type of ours. */
    private static String code(Diagnosis diagnosis) {
        return diagnosis.reply().map(reply -> "smtp; " + reply).orElseGet(() -> "x-nexthop; " + diagnosis.reason());
    }

    private static String ascii(String words, boolean global) {
        return global ? words : Lines.toAscii(words);
    }
}
