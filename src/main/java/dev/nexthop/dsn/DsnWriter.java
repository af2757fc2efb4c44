package dev.nexthop.dsn;

import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mime.DisplayName;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.mime.UnconvertibleException;
import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes delivery status notifications (RFC 3464, RFC 6522; RFC 6533 where something is beyond ASCII). Whatever a remote
 * host said or a stranger put into an address, it can neither add a line nor end a part.
 */
public final class DsnWriter {
    /**
     * The largest message, in octets, that RET=FULL returns whole: 10 MiB. Of a larger one the header is returned, as where
     * RET=HDRS or nothing was asked (RFC 3461 §4.3 and §6.2 leave both to us).
     */
    public static final long MOST_RETURNED = 10L * 1024 * 1024;

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
        Lines status = StatusFields.of(report, speaker.submitter());
        Enclosure enclosure = new Enclosure(OriginalHeader.of(report.original().body()), Optional.empty());
        boolean asked = Enclosure.asked(report);
        Lines text = DsnText.of(report, speaker, false);
        Lines other = asked ? DsnText.of(report, speaker, true) : text;
        String boundary = boundary(report, text.toString() + other + status, enclosure.header());
        Parts parts = new Parts(report, sender, speaker, status, boundary);
        if (asked) {
            Enclosure whole = enclosure.withWhole(report.original().body(), boundary);
            if (whole.whole().isPresent()) {
                Notification full = parts.with(other, whole);
                if (reachesAll(full)) {
                    return full;
                }
            }
        }
        return parts.with(text, enclosure);
    }

    /** Whether hosts without 8BITMIME can have it too (RFC 6152 §3), where they can have mail for the sender at all. */
    private static boolean reachesAll(Notification notification) {
        if (notification.envelope().body() == BodyType.SEVEN_BIT
                || notification.envelope().smtpUtf8()) {
            return true;
        }
        try {
            SevenBit.of(new Content(notification), SevenBit.Policy.ALWAYS);
            return true;
        } catch (UnconvertibleException | IOException e) {
            return false; // the header's part says so, if it can't be read either
        }
    }

    /** A notification to be read rather than written. */
    private record Content(Notification notification) implements MessageBody {
        @Override
        public long size() {
            return notification.start().length
                    + notification.original().map(MessageBody::size).orElse(0L)
                    + notification.end().length;
        }

        @Override
        public boolean eightBit() {
            return notification.envelope().body() != BodyType.SEVEN_BIT;
        }

        @Override
        public byte @Nullable [] inMemory() {
            return null;
        }

        @Override
        public InputStream open() throws IOException {
            InputStream middle = notification.original().isPresent()
                    ? notification.original().get().open()
                    : InputStream.nullInputStream();
            InputStream start = new ByteArrayInputStream(notification.start());
            InputStream end = new ByteArrayInputStream(notification.end());
            return new SequenceInputStream(new SequenceInputStream(start, middle), end);
        }
    }

    /** What a notification is made of, whatever it returns. */
    private record Parts(Report report, Mailbox sender, Speaker speaker, Lines status, String boundary) {
        Notification with(Lines text, Enclosure enclosure) {
            boolean eightBit = !text.ascii() || !status.ascii() || enclosure.eightBit();
            ByteArrayOutputStream start =
                    new ByteArrayOutputStream(4_096 + enclosure.header().bytes().length);
            start.writeBytes(top(report, speaker, sender, boundary, eightBit).bytes());
            // RFC 3282 §2: whoever reads it to somebody aloud has to know.
            String language = "\r\nContent-Language: " + speaker.phrases().language();
            part(start, boundary, "text/plain; charset=" + (text.ascii() ? "us-ascii" : "utf-8") + language, text);
            part(start, boundary, "message/" + type(report), status);
            start.writeBytes(
                    opening(boundary, enclosure.type(), enclosure.eightBit()).bytes());
            if (enclosure.whole().isEmpty()) {
                start.writeBytes(enclosure.header().bytes());
            }
            byte[] end = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
            return new Notification(
                    envelope(report, sender, eightBit), start.toByteArray(), enclosure.whole(), end, speaker.faults());
        }
    }

    /** RFC 6533 §3: where a recipient's address is beyond ASCII, and only there. */
    private static String type(Report report) {
        return StatusFields.global(report) ? "global-delivery-status" : "delivery-status";
    }

    private static String subject(Report report, Speaker speaker) {
        String words = Lines.clean(
                speaker.phrases().part("subject." + report.kind().action).line(Map.of()));
        boolean ascii = Ascii.only(words);
        return ascii ? words : String.join(" ", DisplayName.words(words));
    }

    private static Lines top(Report report, Speaker speaker, Mailbox sender, String boundary, boolean eightBit) {
        Lines top = new Lines()
                .field("From", speaker.from())
                // As it is: an address that is folded, or has a space less, is another one or none (RFC 5322 §3.4.1).
                .line("To: <" + Lines.clean(sender.toString()) + ">")
                .field("Subject", subject(report, speaker))
                .field("Date", Lines.date(report.now()))
                .line("Message-ID: <" + report.id() + "@" + speaker.submitter() + ">")
                // RFC 3834 §5: auto-replied is a direct response to another message, auto-generated is not.
                .field("Auto-Submitted", "auto-replied")
                .field("MIME-Version", "1.0");
        // RFC 6522 §3: the subtype of the second part.
        top.line("Content-Type: multipart/report; report-type=" + type(report) + ";");
        top.line(" boundary=\"" + boundary + "\"");
        top.field("Content-Transfer-Encoding", eightBit ? "8bit" : "7bit");
        return top.line("");
    }

    /**
     * RFC 3461 §6.1: the null reverse-path, and no notification of the notification. It is as urgent as the message, and as
     * much in need of TLS (RFC 8689 §5).
     */
    private static Envelope envelope(Report report, Mailbox sender, boolean eightBit) {
        Envelope original = report.original().envelope();
        // RFC 6531 §3.4: only an address of the envelope or of our own header needs SMTPUTF8; parts need 8BITMIME.
        boolean smtpUtf8 = sender.needsUtf8();
        Requests.Recipient never = new Requests.Recipient(Set.of(Requests.Notify.NEVER), Optional.empty());
        Requests requests = new Requests(
                Optional.empty(),
                "",
                List.of(never),
                original.requests().requireTls(),
                Optional.empty(),
                Optional.empty());
        Reception ours = Reception.INTERNAL;
        Reception reception = new Reception(
                ours.listener(), ours.port(), "", "", "", original.reception().priority());
        BodyType body = eightBit || smtpUtf8 ? BodyType.EIGHT_BIT_MIME : BodyType.SEVEN_BIT;
        return new Envelope(ReversePath.NULL, List.of(sender), body, smtpUtf8, reception, requests);
    }

    private static void part(ByteArrayOutputStream message, String boundary, String type, Lines content) {
        message.writeBytes(opening(boundary, type, !content.ascii()).bytes());
        message.writeBytes(content.bytes());
        message.writeBytes(new byte[] {'\r', '\n'});
    }

    private static Lines opening(String boundary, String type, boolean eightBit) {
        return new Lines()
                .line("--" + boundary)
                .line("Content-Type: " + type)
                .line("Content-Transfer-Encoding: " + (eightBit ? "8bit" : "7bit"))
                .line("");
    }

    /** A boundary that stands in none of the parts (RFC 2046 §5.1.1), even if somebody guessed our ids. */
    private static String boundary(Report report, String written, OriginalHeader header) {
        String parts = written + new String(header.bytes(), StandardCharsets.ISO_8859_1);
        String boundary = "=_" + report.id();
        int turn = 0;
        while (parts.contains(boundary)) {
            boundary = "=_" + report.id() + "." + turn++;
        }
        return boundary;
    }
}
