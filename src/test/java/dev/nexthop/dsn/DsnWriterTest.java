package dev.nexthop.dsn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Scope;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Step;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReversePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DsnWriterTest {
    private static final Instant ARRIVAL = Instant.parse("2026-01-01T08:00:00Z");
    private static final Instant NOW = Instant.parse("2026-01-02T09:30:15Z");
    private static final Instant EXPIRES = Instant.parse("2026-01-06T08:00:00Z");
    private static final String HEADER = "From: Amy <amy@sender.example>\r\nTo: bob@example.net\r\nSubject: lunch\r\n";

    private static final DsnSettings SETTINGS =
            settings("Mail Delivery Subsystem", "MAILER-DAEMON@us.example", "mx.us.example");

    private static DsnSettings settings(String name, String address, String submitter) {
        return new DsnSettings(
                Conditional.constant(name), Conditional.constant(address), Conditional.constant(submitter));
    }

    private static Report report(Report.Kind kind, String from, MessageBody body, Report.Recipient... recipients) {
        Envelope envelope = new Envelope(
                ReversePath.of(from),
                Arrays.stream(recipients).map(Report.Recipient::address).toList(),
                BodyType.SEVEN_BIT,
                false,
                Reception.INTERNAL);
        Report.Original original = new Report.Original(new QueueId(1), ARRIVAL, envelope, body);
        return new Report(new QueueId(2), kind, original, List.of(recipients), Facts.NONE, NOW);
    }

    private static Report.Recipient refused(String address, String words) {
        EnhancedStatus status = new EnhancedStatus(5, 1, 1);
        Diagnosis diagnosis = new Diagnosis(
                status,
                ErrorKind.UNEXPECTED_REPLY,
                "the recipient was refused",
                Optional.of(Reply.of(550, status, words)),
                "mx.example.net",
                "192.0.2.7",
                Step.RCPT);
        return new Report.Recipient(Mailbox.parse(address), Optional.empty(), diagnosis, Optional.of(NOW), EXPIRES);
    }

    private static Report.Recipient lost(String address, String reason) {
        Diagnosis diagnosis = Diagnosis.local(new EnhancedStatus(4, 4, 1), ErrorKind.CONNECTION, reason, Step.CONNECT);
        return new Report.Recipient(Mailbox.parse(address), Optional.empty(), diagnosis, Optional.of(NOW), EXPIRES);
    }

    private static MessageBody body(String text, Charset charset) {
        return MessageBody.of(text.getBytes(charset));
    }

    private static MessageBody body() {
        return body(HEADER + "\r\nsecret content\r\n", StandardCharsets.US_ASCII);
    }

    private static Notification write(Report report) {
        Notification written =
                new DsnWriter(SETTINGS, Lookups.NONE).write(report).orElseThrow();
        wellFormed(written);
        return written;
    }

    private static byte[] bytes(Notification notification) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            notification.writeTo(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static String text(Notification notification) {
        return new String(bytes(notification), StandardCharsets.UTF_8);
    }

    /** RFC 5321 §4.5.3.1.6: lines of 998 octets at most; every line ends with CRLF. */
    private static void wellFormed(Notification notification) {
        byte[] bytes = bytes(notification);
        int column = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                assertThat(bytes[i - 1]).isEqualTo((byte) '\r');
                column = 0;
            } else if (bytes[i] == '\r') {
                assertThat(bytes[i + 1]).isEqualTo((byte) '\n');
            } else {
                assertThat(++column).isLessThanOrEqualTo(998);
                assertThat(bytes[i]).isNotIn((byte) 0, (byte) 7, (byte) 27);
            }
        }
        assertThat(column).isZero();
        assertThat(notification.envelope().sender()).isEqualTo(ReversePath.NULL);
    }

    /** The parts between the boundaries, each from its own header on. */
    private static List<String> parts(Notification notification) {
        String text = text(notification);
        String boundary =
                text.substring(text.indexOf("boundary=\"") + 10, text.indexOf('"', text.indexOf("boundary=\"") + 10));
        List<String> parts =
                new ArrayList<>(List.of(text.split("(?m)^--" + Pattern.quote(boundary) + "(--)?\r\n", -1)));
        assertThat(parts.removeLast()).isEmpty();
        parts.removeFirst();
        return parts;
    }

    @Test
    void aBounceAsASenderGetsIt() { // RFC 3464 §2, RFC 6522 §3
        Notification bounce = write(report(
                Report.Kind.FAILED,
                "amy@sender.example",
                body(),
                refused("bob@example.net", "no such user"),
                lost("eve@example.com", "connection refused by mx.example.com")));
        assertThat(bounce.envelope().recipients()).containsExactly(Mailbox.parse("amy@sender.example"));
        assertThat(bounce.envelope().body()).isEqualTo(BodyType.SEVEN_BIT);
        assertThat(text(bounce)).isEqualTo("""
                From: "Mail Delivery Subsystem" <MAILER-DAEMON@us.example>
                To: <amy@sender.example>
                Subject: Failed to deliver message
                Date: Fri, 2 Jan 2026 09:30:15 +0000
                Message-ID: <0000000000002@mx.us.example>
                Auto-Submitted: auto-replied
                MIME-Version: 1.0
                Content-Type: multipart/report; report-type=delivery-status;
                 boundary="=_0000000000002"
                Content-Transfer-Encoding: 7bit

                --=_0000000000002
                Content-Type: text/plain; charset=us-ascii
                Content-Language: en
                Content-Transfer-Encoding: 7bit

                This is the mail system at mx.us.example.

                Your message could not be delivered to the recipients below, and we have
                stopped trying.

                <bob@example.net>
                    There is no mailbox bob@example.net.
                    Details: the recipient was refused
                    The host mx.example.net [192.0.2.7] said: "550 5.1.1 no such user" (in
                    reply to RCPT TO)
                    Check the address for a typing mistake, or ask the recipient for the
                    right one.

                <eve@example.com>
                    No mail system of example.com answered.
                    Details: connection refused by mx.example.com
                    Send the message again later, or tell the recipient in another way.

                The header of your message is attached, so that you can tell which one this
                is about.

                Our name for the message is 0000000000001.

                --=_0000000000002
                Content-Type: message/delivery-status
                Content-Transfer-Encoding: 7bit

                Reporting-MTA: dns; mx.us.example
                Arrival-Date: Thu, 1 Jan 2026 08:00:00 +0000

                Final-Recipient: rfc822; bob@example.net
                Action: failed
                Status: 5.1.1
                Remote-MTA: dns; mx.example.net
                Diagnostic-Code: smtp; 550 5.1.1 no such user
                Last-Attempt-Date: Fri, 2 Jan 2026 09:30:15 +0000

                Final-Recipient: rfc822; eve@example.com
                Action: failed
                Status: 5.4.1
                Diagnostic-Code: x-nexthop; connection refused by mx.example.com
                Last-Attempt-Date: Fri, 2 Jan 2026 09:30:15 +0000

                --=_0000000000002
                Content-Type: text/rfc822-headers
                Content-Transfer-Encoding: 7bit

                From: Amy <amy@sender.example>
                To: bob@example.net
                Subject: lunch

                --=_0000000000002--
                """.replace("\n", "\r\n"));
    }

    /** The log and the queue have the whole reason; the sender may be anybody. */
    @ParameterizedTest(name = "{0} at {1}, {2}")
    @CsvSource({
        "IO, ROUTE, 3, 5, the mail system could not decide where this goes",
        "IO, ROUTE, 3, 0, the mail system has trouble of its own",
        "IO, ROUTE, 7, 1, slow; last: nexthop.toml:4:2: FATAL: password of 'mta'; before that: db-7 is away",
        "IO, STORE, 3, 0, the mail system has trouble of its own",
        "IO, CONNECT, 4, 0, the mail system has trouble of its own",
        "RATE, ROUTE, 4, 5, slow; last: nexthop.toml:4:2: FATAL: password of 'mta'",
        "CONNECTION, CONNECT, 4, 1, slow; last: nexthop.toml:4:2: FATAL: password of 'mta'; before that: db-7 is away",
    })
    void ofOurOwnTroubleASenderHearsAPlainSentence(ErrorKind error, Step step, int subject, int detail, String told) {
        Diagnosis diagnosis = Diagnosis.local(
                new EnhancedStatus(4, subject, detail),
                error,
                "slow; last: nexthop.toml:4:2: FATAL: password of 'mta'; before that: db-7 is away",
                step);
        for (Report.Kind kind : List.of(Report.Kind.FAILED, Report.Kind.DELAYED)) {
            Notification notice = write(report(
                    kind,
                    "amy@sender.example",
                    body(),
                    new Report.Recipient(
                            Mailbox.parse("bob@example.net"), Optional.empty(), diagnosis, Optional.of(NOW), EXPIRES)));
            assertThat(parts(notice).get(0).replaceAll("\r\n +", " ")).contains(" Details: " + told + " ");
            assertThat(parts(notice).get(1).replaceAll("\r\n +", " "))
                    .contains("\r\nDiagnostic-Code: x-nexthop; " + told + "\r\n");
        }
    }

    @Test
    void aDelaySaysThatNothingIsToBeDone() {
        Notification delay =
                write(report(Report.Kind.DELAYED, "amy@sender.example", body(), lost("bob@example.net", "no answer")));
        assertThat(text(delay))
                .contains("\r\nSubject: Warning: Delay in message delivery\r\n")
                .contains("you need not send it again, we keep trying", "We keep trying until 2026-01-06 08:00 UTC.")
                .contains("\r\nAction: delayed\r\nStatus: 4.4.1\r\n")
                .contains("\r\nWill-Retry-Until: Tue, 6 Jan 2026 08:00:00 +0000\r\n");
    }

    @Test
    void theNullSenderIsNeverAnswered() { // RFC 5321 §6.1
        assertThat(new DsnWriter(SETTINGS, Lookups.NONE)
                        .write(report(Report.Kind.FAILED, "", body(), refused("bob@example.net", "no"))))
                .isEmpty();
    }

    @Test
    void whatARemoteSaysAddsNoLineAndNoPart() {
        String evil =
                "no\r\nBcc: everybody@example.com\r\n\r\n--=_0000000000002--\r\n\u0000\u001b\u0007" + "x".repeat(5_000);
        MessageBody body = body(
                HEADER + "X-Trick: a\r\n--=_0000000000002\r\nX-Long: " + "y".repeat(3_000) + "\r\n\r\n",
                StandardCharsets.US_ASCII);
        Notification bounce =
                write(report(Report.Kind.FAILED, "amy@sender.example", body, refused("\"a\\\" b\"@example.net", evil)));
        assertThat(text(bounce)).doesNotContain("\nBcc:").contains("boundary=\"=_0000000000002.0\"");
        List<String> parts = parts(bounce);
        assertThat(parts).hasSize(3);
        assertThat(parts.get(1)).contains("\r\nFinal-Recipient: rfc822; \"a\\\" b\"@example.net\r\n");
        assertThat(parts.get(1).split("\r\n\r\n"))
                .as("one group of fields for the message, one for the recipient")
                .hasSize(3);
    }

    /** RFC 5322 §3.4.1: an address with another space in it, or one less, is another one or none. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a  b   c\"@sender.example",
                "\"<script>  \\\"x\\\"\"@sender.example",
                "amy@XXXX.sender.example",
                "äXXXX@sender.example",
            })
    void theSendersAddressStandsAsItIs(String sender) {
        String label = "x".repeat(55);
        String address = sender.replace("XXXX.", (label + ".").repeat(4)).replace("XXXX", label);
        Notification bounce =
                write(report(Report.Kind.FAILED, address, body(), refused("bob@example.net", "no such user")));
        assertThat(text(bounce)).contains("\r\nTo: <" + address + ">\r\n");
        assertThat(bounce.envelope().recipients()).containsExactly(Mailbox.parse(address));
    }

    @Test
    void aLongNameOfOursIsNotFolded() { // RFC 5322 §3.6.4
        String name = ("x".repeat(60) + ".").repeat(4) + "example";
        Notification bounce = new DsnWriter(settings("We", "post@us.example", name), Lookups.NONE)
                .write(report(Report.Kind.FAILED, "amy@sender.example", body(), refused("bob@example.net", "no")))
                .orElseThrow();
        wellFormed(bounce);
        assertThat(bounce.faults()).isEmpty();
        assertThat(text(bounce)).contains("\r\nMessage-ID: <0000000000002@" + name + ">\r\n");
    }

    /** RFC 5321 §4.5.3.1.6, of octets that look as if they belonged to the one before, and of characters of UTF-8. */
    @ParameterizedTest
    @CsvSource({"128, 60000", "191, 60000", "228, 60000"})
    void everyLineOfTheOriginalsHeaderIsFolded(int octet, int count) {
        byte[] header = new byte[count + 6];
        Arrays.fill(header, (byte) octet);
        System.arraycopy("X: ".getBytes(StandardCharsets.US_ASCII), 0, header, 0, 3);
        System.arraycopy("\r\n\r".getBytes(StandardCharsets.US_ASCII), 0, header, count + 3, 3);
        Notification bounce = write(report(
                Report.Kind.FAILED, "amy@sender.example", MessageBody.of(header), refused("bob@example.net", "no")));
        long kept = new String(bytes(bounce), StandardCharsets.ISO_8859_1)
                .chars()
                .filter(c -> c == octet)
                .count();
        assertThat(kept).isEqualTo(count);
    }

    @Test
    void noCharacterOfTheOriginalsHeaderIsCut() {
        for (int i = 0; i < 4; i++) {
            String value = "x".repeat(i) + "\uD83D\uDE00".repeat(2_000);
            Notification bounce = write(report(
                    Report.Kind.FAILED,
                    "amy@sender.example",
                    body("Subject: " + value + "\r\n\r\n", StandardCharsets.UTF_8),
                    refused("bob@example.net", "no")));
            assertThat(parts(bounce).get(2)).startsWith("Content-Type: message/global-headers\r\n");
            assertThat(parts(bounce).get(2).replace("\r\n ", "")).contains("Subject: " + value + "\r\n");
        }
    }

    @Test
    void theHeaderIsBoundedAndEndsWithAWholeLine() {
        StringBuilder header = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            header.append("X-Field-").append(i).append(": some words that make it long\r\n");
        }
        Notification bounce = write(report(
                Report.Kind.FAILED,
                "amy@sender.example",
                body(header + "\r\n", StandardCharsets.US_ASCII),
                refused("bob@example.net", "no")));
        assertThat(bytes(bounce).length).isBetween(60_000, 70_000);
        assertThat(parts(bounce).get(2)).endsWith(": some words that make it long\r\n\r\n");
    }

    @Test
    void addressesBeyondAsciiUseTheTypesForThem() { // RFC 6533 §3 and §4, RFC 6531 §3.4
        Notification bounce = write(report(
                Report.Kind.FAILED,
                "zoë@sender.example",
                body("Subject: Mittagessen für zwei\r\n\r\n", StandardCharsets.UTF_8),
                refused("bø@example.net", "ikke her: ø")));
        assertThat(bounce.envelope().smtpUtf8()).isTrue();
        assertThat(bounce.envelope().body()).isEqualTo(BodyType.EIGHT_BIT_MIME);
        List<String> parts = parts(bounce);
        assertThat(parts.get(0)).startsWith("""
                        Content-Type: text/plain; charset=utf-8
                        Content-Language: en
                        Content-Transfer-Encoding: 8bit
                        """.replace("\n", "\r\n"));
        assertThat(text(bounce)).contains("multipart/report; report-type=global-delivery-status;\r\n");
        assertThat(parts.get(1))
                .startsWith("Content-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: 8bit\r\n")
                .contains("Final-Recipient: utf-8; bø@example.net\r\n", "smtp; 550 5.1.1 ikke her: ø\r\n");
        assertThat(parts.get(2))
                .startsWith("Content-Type: message/global-headers\r\nContent-Transfer-Encoding: 8bit\r\n")
                .contains("Subject: Mittagessen für zwei\r\n");
    }

    /** RFC 6152 §3: a host without 8BITMIME must get it somehow, or the sender hears nothing. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"bob, zwei", "bob, für zwei", "bø, zwei", "bø, für zwei"})
    void whateverItTellsItHasASevenBitForm(String recipient, String subject) throws Exception {
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
            Notification bounce = write(report(
                    Report.Kind.FAILED,
                    "amy@sender.example",
                    body("Subject: " + subject + "\r\n\r\n", charset),
                    refused(recipient + "@example.net", "ikke her: ø")));
            MessageBody converted = SevenBit.of(MessageBody.of(bytes(bounce)), SevenBit.Policy.UNLESS_SIGNED);
            try (InputStream in = converted.open()) {
                String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(text.chars()).allMatch(c -> c < 128);
                assertThat(text)
                        .contains("report-type=" + (recipient.equals("bob") ? "" : "global-") + "delivery-status;");
            }
        }
    }

    @Test
    void anAsciiStatusStaysAsciiWhateverTheRemoteSays() {
        Notification bounce = write(report(
                Report.Kind.FAILED,
                "amy@sender.example",
                body("Subject: caf\u00e9\r\n\r\n", StandardCharsets.ISO_8859_1),
                refused("bob@example.net", "unbekannt: ü")));
        List<String> parts = parts(bounce);
        assertThat(parts.get(1))
                .startsWith("Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: 7bit\r\n")
                .contains("smtp; 550 5.1.1 unbekannt: ?\r\n");
        assertThat(parts.get(2)).startsWith("Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: 8bit\r\n");
        assertThat(bounce.envelope().smtpUtf8()).isFalse();
        assertThat(bounce.envelope().body()).isEqualTo(BodyType.EIGHT_BIT_MIME);
    }

    @Test
    void settingsThatMakeNoSenseBecomeTheirDefaults() {
        Conditional<String> broken = switch (Conditional.compile(
                List.of(new RuleSource(null, "key_get('default', 'domain')", "nexthop.toml:4:2")),
                Scope.of(Set.of()),
                Conversion.TEXT)) {
            case Compilation.Ok<Conditional<String>> ok -> ok.result();
            case Compilation.Failed<Conditional<String>> failed ->
                throw new AssertionError(failed.problems().toString());
        };
        Report report = report(Report.Kind.FAILED, "amy@sender.example", body(), refused("bob@example.net", "no"));
        Notification one = new DsnWriter(new DsnSettings(broken, broken, broken), Lookups.NONE)
                .write(report)
                .orElseThrow();
        assertThat(text(one)).startsWith("From: \"Mail Delivery Subsystem\" <MAILER-DAEMON@localhost>\r\n");
        assertThat(one.faults()).hasSize(3).allMatch(fault -> fault.contains("nexthop.toml:4:2"));
        Notification two = new DsnWriter(settings("x\r\nBcc: y", "no address", "a b"), Lookups.NONE)
                .write(report)
                .orElseThrow();
        assertThat(text(two)).startsWith("From: \"x Bcc: y\" <MAILER-DAEMON@localhost>\r\n");
        assertThat(two.faults()).hasSize(2);
        Notification three = new DsnWriter(
                        settings("Zustellung für alle", "post@us.example", "us.example"), Lookups.NONE)
                .write(report)
                .orElseThrow();
        assertThat(text(three)).startsWith("From: =?utf-8?B?");
        wellFormed(three);
    }

    @Test
    void aMessageThatCannotBeReadIsStillBounced() {
        MessageBody broken = new MessageBody() {
            @Override
            public long size() {
                return 1_000_000;
            }

            @Override
            public boolean eightBit() {
                return false;
            }

            @Override
            public byte @Nullable [] inMemory() {
                return null;
            }

            @Override
            public InputStream open() throws IOException {
                throw new IOException("I/O error");
            }
        };
        Notification bounce =
                write(report(Report.Kind.FAILED, "amy@sender.example", broken, refused("bob@example.net", "no")));
        assertThat(parts(bounce).get(2)).contains("X-Nexthop-Note: the original message could not be read\r\n");
    }
}
