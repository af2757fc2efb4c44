package dev.nexthop.report;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mime.DisplayName;
import dev.nexthop.smtp.MailDate;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A report as mail (RFC 8460 §5.3). */
final class ReportMail {
    private static final int MIME_LINE = 76;

    private ReportMail() {}

    /**
     * The envelope: from our address, so that the notice of a host that fails later comes to us and not back to the report; no
     * notice is asked for, so that our own queue makes none either. A notice has the null reverse-path, so nothing goes in
     * circles.
     */
    static Envelope envelope(Sender sender, Mailbox to) {
        Requests.Recipient never = new Requests.Recipient(Set.of(Requests.Notify.NEVER), Optional.empty());
        Requests requests =
                new Requests(Optional.empty(), "", List.of(never), false, Optional.empty(), Optional.empty());
        return new Envelope(
                new ReversePath.From(sender.address()),
                List.of(to),
                BodyType.SEVEN_BIT,
                false,
                Reception.TLS_REPORT,
                requests);
    }

    /** The bytes: ASCII, CRLF, no line longer than RFC 5322 §2.1.1 allows. */
    static byte[] content(Composer.Packed packed, String domain, Sender sender, Mailbox to, Instant now) {
        String id = packed.report().id();
        // It holds characters that Base64 and our own lines don't, so it can't stand in a part.
        String boundary = "=_tlsrpt_" + id.substring(0, id.indexOf('@'));
        StringBuilder text = new StringBuilder(packed.octets().length * 3 / 2 + 2_048);
        List<String> from = new ArrayList<>(DisplayName.words(sender.name()));
        from.add("<" + sender.address() + ">");
        line(text, "From: " + String.join("\r\n ", from));
        line(text, "To: <" + to + ">");
        line(text, "Subject: Report Domain: " + domain);
        line(text, " Submitter: " + sender.submitter());
        line(text, " Report-ID: <" + id + ">");
        line(text, "Date: " + MailDate.of(now));
        line(text, "Message-ID: <tlsrpt." + id + ">");
        line(text, "TLS-Report-Domain: " + domain);
        line(text, "TLS-Report-Submitter: " + sender.submitter());
        line(text, "TLS-Required: No"); // RFC 8460 §3: delivered despite any trouble with TLS
        line(text, "Auto-Submitted: auto-generated");
        line(text, "MIME-Version: 1.0");
        line(text, "Content-Type: multipart/report; report-type=\"tlsrpt\";");
        line(text, " boundary=\"" + boundary + "\"");
        line(text, "");
        line(text, "--" + boundary);
        line(text, "Content-Type: text/plain; charset=us-ascii");
        line(text, "");
        line(text, "This is an aggregate TLS report from " + sender.submitter());
        line(text, "about mail to " + domain);
        line(text, "from " + packed.report().start() + " to " + packed.report().end() + ".");
        line(text, "");
        line(text, "--" + boundary);
        line(text, "Content-Type: application/tlsrpt+gzip");
        line(text, "Content-Transfer-Encoding: base64");
        line(text, "Content-Disposition: attachment;");
        line(text, " filename=\"" + packed.filename() + "\"");
        line(text, "");
        line(text, Base64.getMimeEncoder(MIME_LINE, new byte[] {'\r', '\n'}).encodeToString(packed.octets()));
        line(text, "");
        line(text, "--" + boundary + "--");
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append("\r\n");
    }
}
