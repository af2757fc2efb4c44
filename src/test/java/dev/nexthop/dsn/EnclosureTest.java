package dev.nexthop.dsn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.Returned;
import dev.nexthop.mail.Step;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a report returns of the message (RFC 3461 §4.3 and §6.2, RFC 6522 §3). */
class EnclosureTest {
    private static final Instant NOW = Instant.parse("2026-01-02T09:30:15Z");
    private static final String HEADER = "From: Amy <amy@sender.example>\r\nSubject: lunch\r\n";

    /** On disk, as a large one is; counts how much of it was read at once. */
    private record Stored(byte[] bytes, int[] largest) implements MessageBody {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public boolean eightBit() {
            return new String(bytes, StandardCharsets.ISO_8859_1).chars().anyMatch(c -> c > 127);
        }

        @Override
        public byte @Nullable [] inMemory() {
            return null;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes) {
                @Override
                public synchronized int read(byte[] target, int offset, int length) {
                    largest[0] = Math.max(largest[0], length);
                    return super.read(target, offset, length);
                }
            };
        }
    }

    private static MessageBody body(String text) {
        return MessageBody.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Notification write(Report.Kind kind, Returned returned, MessageBody body) {
        return write(
                kind,
                new Requests(Optional.of(returned), "", List.of(), false, Optional.empty(), Optional.empty()),
                body);
    }

    private static Notification write(Report.Kind kind, Requests requests, MessageBody body) {
        Mailbox bob = Mailbox.parse("bob@example.net");
        Envelope envelope = new Envelope(
                ReversePath.of("amy@sender.example"),
                List.of(bob),
                BodyType.SEVEN_BIT,
                false,
                Reception.INTERNAL,
                requests);
        Diagnosis diagnosis =
                Diagnosis.local(new EnhancedStatus(5, 1, 1), ErrorKind.UNEXPECTED_REPLY, "refused", Step.RCPT);
        Report report = new Report(
                new QueueId(2),
                kind,
                new Report.Original(new QueueId(1), NOW, envelope, body),
                List.of(new Report.Recipient(bob, Optional.empty(), diagnosis, Optional.of(NOW), NOW)),
                Facts.NONE,
                NOW);
        DsnSettings settings = new DsnSettings(
                Conditional.constant("Mail Delivery Subsystem"),
                Conditional.constant("MAILER-DAEMON@us.example"),
                Conditional.constant("mx.us.example"));
        return new DsnWriter(settings, Lookups.NONE).write(report).orElseThrow();
    }

    private static String text(Notification notification) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        notification.writeTo(bytes);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static ParsedReport.Part back(Report.Kind kind, Returned returned, MessageBody body) throws IOException {
        return ParsedReport.of(text(write(kind, returned, body))).parts().get(2);
    }

    @ParameterizedTest
    @EnumSource(Report.Kind.class)
    void onlyAFailureReturnsTheWholeMessageAndOnlyWhenAsked(Report.Kind kind) throws IOException {
        String message = HEADER + "\r\n.dots\r\n--and more\r\n";
        boolean failure = kind == Report.Kind.FAILED;
        ParsedReport.Part full = back(kind, Returned.FULL, body(message));
        assertThat(full.type()).isEqualTo(failure ? "message/rfc822" : "text/rfc822-headers");
        assertThat(full.content()).isEqualTo(failure ? message : HEADER);
        ParsedReport.Part headers = back(kind, Returned.HDRS, body(message));
        assertThat(headers.type()).isEqualTo("text/rfc822-headers");
        assertThat(headers.content()).isEqualTo(HEADER);
    }

    @Test
    void whatNeedsTlsIsNotReturnedAsAWhole() throws IOException { // RFC 8689 §5
        Requests tls =
                new Requests(Optional.of(Returned.FULL), "", List.of(), true, Optional.empty(), Optional.empty());
        ParsedReport report =
                ParsedReport.of(text(write(Report.Kind.FAILED, tls, body(HEADER + "\r\nconfidential\r\n"))));
        assertThat(report.parts().get(2).type()).isEqualTo("text/rfc822-headers");
        assertThat(report.parts().get(2).content()).isEqualTo(HEADER);
    }

    @Test
    void whoIsToldOfARelayIsNotToldWhatHappensBehindIt() throws IOException { // the next host may tell of deliveries
        String text = ParsedReport.of(text(write(Report.Kind.RELAYED, Returned.HDRS, body(HEADER + "\r\n"))))
                .parts()
                .getFirst()
                .content()
                .replaceAll("\\s+", " ");
        assertThat(text)
                .contains("handed on to the next mail system for the recipients below")
                .doesNotContain("does not tell", "hear no more");
    }

    @Test
    void eightBitsAreDeclaredWhereverTheyStand() throws IOException {
        Notification latin = write(
                Report.Kind.FAILED,
                Returned.FULL,
                MessageBody.of((HEADER + "\r\ncaf\u00e9\r\n").getBytes(StandardCharsets.ISO_8859_1)));
        ParsedReport report = ParsedReport.of(text(latin));
        assertThat(report.header()).containsEntry("content-transfer-encoding", "8bit");
        assertThat(report.parts().get(2).header())
                .containsEntry("content-type", "message/rfc822")
                .containsEntry("content-transfer-encoding", "8bit");
        assertThat(latin.envelope().body()).isEqualTo(BodyType.EIGHT_BIT_MIME);
        String international = "Subject: für zwei\r\n\r\nß\r\n"; // RFC 6532 §3.7
        ParsedReport.Part global = back(Report.Kind.FAILED, Returned.FULL, body(international));
        assertThat(global.type()).isEqualTo("message/global");
        assertThat(global.content()).isEqualTo(international);
    }

    /** A host without 8BITMIME must get it somehow (RFC 6152 §3): rather the header than no notice. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Subject: caf\u00e9||x",
                "Subject: x|Content-Type: message/rfc822||Subject: caf\u00e9||x",
                "Subject: x|Content-Type: multipart/signed; boundary=b||--b||caf\u00e9|--b|Content-Type: application/pgp-signature||x|--b--",
                "Subject: x|Content-Transfer-Encoding: base64||caf\u00e9"
            })
    void whatHasNoSevenBitFormIsNotReturned(String message) throws Exception {
        byte[] latin = (message.replace("|", "\r\n") + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        Notification notification = write(Report.Kind.FAILED, Returned.FULL, MessageBody.of(latin));
        ParsedReport report = ParsedReport.of(text(notification));
        assertThat(report.parts().get(2).type()).isEqualTo("text/rfc822-headers");
        assertThat(report.parts().getFirst().content()).contains("The header of your message");
        ParsedReport converted = ParsedReport.of(sevenBit(notification));
        assertThat(converted.parts()).hasSize(3);
    }

    @Test
    void whatIsReturnedHasASevenBitForm() throws Exception {
        String letter = "Content-Type: text/plain; charset=utf-8\r\n\r\nf\u00fcr zwei\r\n";
        String german = "Subject: f\u00fcr zwei\r\n" + letter;
        for (String message : List.of(letter, german)) {
            for (Returned returned : Returned.values()) {
                Notification notification = write(Report.Kind.FAILED, returned, body(message));
                assertThat(notification.original().isPresent()).isEqualTo(returned == Returned.FULL);
                assertThat(sevenBit(notification).chars()).allMatch(c -> c < 128);
            }
        }
    }

    private static String sevenBit(Notification notification) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        notification.writeTo(bytes);
        MessageBody converted = SevenBit.of(MessageBody.of(bytes.toByteArray()), SevenBit.Policy.UNLESS_SIGNED);
        try (InputStream in = converted.open()) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a bare\nline feed\r\n",
                "a bare\rcarriage return\r\n",
                "a CR at the end\r",
                "a nought \0\r\n",
                "the boundary =_0000000000002 and more\r\n",
                "twice == =_=_0000000000002\r\n"
            })
    void whatCannotStandInAPartIsNotReturned(String content) throws IOException {
        ParsedReport.Part back = back(Report.Kind.FAILED, Returned.FULL, body(HEADER + "\r\n" + content));
        assertThat(back.type()).isEqualTo("text/rfc822-headers");
        assertThat(back.content()).isEqualTo(HEADER);
    }

    @Test
    void aLineThatNoHostMustTakeIsNotReturned() throws IOException { // RFC 5321 §4.5.3.1.6
        String longest = "x".repeat(998) + "\r\n";
        assertThat(back(Report.Kind.FAILED, Returned.FULL, body(HEADER + "\r\n" + longest))
                        .type())
                .isEqualTo("message/rfc822");
        assertThat(back(Report.Kind.FAILED, Returned.FULL, body(HEADER + "\r\nx" + longest))
                        .type())
                .isEqualTo("text/rfc822-headers");
    }

    @Test
    void aLargeMessageIsStreamedUpToTheLimitAndNotReturnedBeyondIt() throws IOException {
        String line = "0123456789".repeat(7) + "\r\n";
        int lines = (int) (DsnWriter.MOST_RETURNED - HEADER.length() - 2) / line.length();
        byte[] most = (HEADER + "\r\n" + line.repeat(lines)).getBytes(StandardCharsets.US_ASCII);
        int[] largest = new int[1];
        Notification notification = write(Report.Kind.FAILED, Returned.FULL, new Stored(most, largest));
        assertThat(notification.original()).isPresent();
        assertThat(notification.start().length).isLessThan(10_000);
        assertThat(text(notification).length()).isGreaterThan(most.length);
        assertThat(largest[0]).as("never read as a whole").isLessThanOrEqualTo(64 * 1024 + 1);
        byte[] more = (HEADER + "\r\n" + line.repeat(lines + 2)).getBytes(StandardCharsets.US_ASCII);
        assertThat(write(Report.Kind.FAILED, Returned.FULL, new Stored(more, largest))
                        .original())
                .isEmpty();
    }
}
