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
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReversePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What notifications say to people, in several languages and in the words of an operator. */
class LanguagesTest {
    private static final Instant ARRIVAL = Instant.parse("2026-01-01T08:00:00Z");
    private static final Instant EXPIRES = Instant.parse("2026-01-06T08:00:00Z");

    private static Notification notification(
            Report.Kind kind, String language, Languages languages, Diagnosis diagnosis, Instant last) {
        DsnSettings settings = new DsnSettings(
                Conditional.constant("Mail Delivery Subsystem"),
                Conditional.constant("MAILER-DAEMON@us.example"),
                Conditional.constant("mx.us.example"),
                Conditional.constant(language),
                languages);
        Mailbox bob = Mailbox.parse("bob@example.net");
        Envelope envelope = new Envelope(
                ReversePath.of("amy@sender.example"), List.of(bob), BodyType.SEVEN_BIT, false, Reception.INTERNAL);
        MessageBody body = MessageBody.of("Subject: lunch\r\n\r\nhi\r\n".getBytes(StandardCharsets.US_ASCII));
        Report report = new Report(
                new QueueId(2),
                kind,
                new Report.Original(new QueueId(1), ARRIVAL, envelope, body),
                List.of(new Report.Recipient(bob, Optional.empty(), diagnosis, Optional.of(last), EXPIRES)),
                Facts.NONE,
                last);
        return new DsnWriter(settings, Lookups.NONE).write(report).orElseThrow();
    }

    private static ParsedReport parsed(Notification notification) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            notification.writeTo(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertThat(text.lines()).allMatch(line -> line.getBytes(StandardCharsets.UTF_8).length <= 998);
        return ParsedReport.of(text);
    }

    private static Diagnosis refused(String words) {
        EnhancedStatus status = new EnhancedStatus(5, 2, 2);
        return new Diagnosis(
                status,
                ErrorKind.UNEXPECTED_REPLY,
                "the recipient was refused",
                Optional.of(Reply.of(552, status, words)),
                "mx.example.net",
                "192.0.2.7",
                Step.RCPT);
    }

    private static ParsedReport failed(String language, Languages languages, String words) {
        return parsed(notification(Report.Kind.FAILED, language, languages, refused(words), ARRIVAL.plusSeconds(60)));
    }

    /** The text for people in one line. */
    private static String said(ParsedReport report) {
        return report.parts().getFirst().content().replaceAll("\\s+", " ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            en | us-ascii | Failed to deliver message | The mailbox bob@example.net is full. | 552 5.2.2 over quota" (in reply to RCPT TO)
            de | utf-8 | Nachricht nicht zugestellt | Das Postfach bob@example.net ist voll. | „552 5.2.2 over quota“ (als Antwort auf RCPT TO)
            fr | utf-8 | Message non remis | La boîte aux lettres bob@example.net est pleine. | « 552 5.2.2 over quota » (en réponse à RCPT TO)
            es | utf-8 | Mensaje no entregado | El buzón bob@example.net está lleno. | «552 5.2.2 over quota» (en respuesta a RCPT TO)
            """)
    void aBounceInEachLanguage(String language, String charset, String subject, String why, String quoted) {
        ParsedReport report = failed(language, Languages.builtIn(), "over quota");
        assertThat(report.header()).containsEntry("subject", subject);
        assertThat(report.parts().getFirst().header())
                .containsEntry("content-language", language)
                .containsEntry("content-type", "text/plain; charset=" + charset);
        assertThat(said(report)).contains("<bob@example.net>", why, quoted);
        assertThat(report.parts().get(1).type())
                .as("what programs read is the same in every language")
                .isEqualTo("message/delivery-status");
        assertThat(report.recipients().getFirst())
                .containsEntry("action", "failed")
                .containsEntry("diagnostic-code", "smtp; 552 5.2.2 over quota");
    }

    @Test
    void everyLanguageHasTheSameParts() {
        Set<String> english = Languages.builtIn().english().parts().keySet();
        for (String tag : Languages.builtIn().tags()) {
            assertThat(Languages.builtIn().find(tag).orElseThrow().parts().keySet())
                    .as(tag)
                    .isEqualTo(english);
        }
        assertThat(Languages.builtIn().tags()).containsExactly("de", "en", "es", "fr");
    }

    @Test
    void asItWasSpelledBeyondAsciiASubjectIsEncoded() { // RFC 2047 §2
        ParsedReport report = parsed(
                notification(Report.Kind.DELAYED, "de", Languages.builtIn(), refused("busy"), ARRIVAL.plusSeconds(60)));
        assertThat(report.header().get("subject")).startsWith("=?utf-8?B?").doesNotContain("ö");
        assertThat(said(report)).contains("Wir versuchen es weiter bis 2026-01-06 08:00 UTC.");
    }

    @ParameterizedTest
    @CsvSource({"de-AT,de", "DE,de", "de_CH,de", "es-419,es", "it,en", "'',en"})
    void theNearestLanguageSpeaks(String asked, String spoken) { // RFC 4647 §3.4
        Notification written =
                notification(Report.Kind.FAILED, asked, Languages.builtIn(), refused("no"), ARRIVAL.plusSeconds(60));
        assertThat(parsed(written).parts().getFirst().header()).containsEntry("content-language", spoken);
        assertThat(written.faults()).hasSize(Languages.builtIn().speaks(asked) ? 0 : 1);
    }

    @Test
    void anOperatorsWordsReplaceOurs() {
        Languages.Read read = Languages.read(List.of(new Languages.Source("en.txt", "en", """
                # ours
                [closing]
                Questions about {id}? Call 555-0100, {{day}} or night.

                Bye.
                [advice.2.2]
                Ring them up.
                """)));
        assertThat(read.faults()).isEmpty();
        ParsedReport report = failed("en", read.languages(), "over quota");
        assertThat(report.parts().getFirst().content())
                .contains("Questions about 0000000000001? Call 555-0100, {day} or night.\r\n\r\nBye.\r\n")
                .contains("    Ring them up.\r\n")
                .contains("The mailbox bob@example.net is full.");
    }

    @Test
    void whatIsFilledInIsNoTemplateAndStandsInItsQuotes() {
        String evil = "{id} \u202Eabc\u2066 \"\r\n\r\n<eve@example.com>\u2028 " + "x".repeat(5_000);
        String said = said(failed("de", Languages.builtIn(), evil));
        assertThat(said)
                .contains("„552 5.2.2 {id} ?abc? \" <eve@example.com>")
                .doesNotContain("\u202E")
                .hasSizeLessThan(2_000);
        assertThat(failed("de", Languages.builtIn(), evil)
                        .parts()
                        .getFirst()
                        .content()
                        .lines())
                .as("no line of its own")
                .filteredOn(line -> line.startsWith("<"))
                .containsExactly("<bob@example.net>");
    }

    @Test
    void whoRanOutOfTimeIsToldHowLongWeTried() {
        ParsedReport report = parsed(
                notification(Report.Kind.FAILED, "en", Languages.builtIn(), refused("busy"), EXPIRES.plusSeconds(5)));
        assertThat(said(report)).contains("We tried from 2026-01-01 08:00 UTC to 2026-01-06 08:00 UTC.");
    }

    @Test
    void goodNewsNamesNoAccounts() {
        Diagnosis stored =
                Diagnosis.local(new EnhancedStatus(2, 1, 5), ErrorKind.NONE, "stored for carol, dave", Step.STORE);
        for (Report.Kind kind : List.of(Report.Kind.DELIVERED, Report.Kind.EXPANDED)) {
            ParsedReport report =
                    parsed(notification(kind, "en", Languages.builtIn(), stored, ARRIVAL.plusSeconds(60)));
            assertThat(report.parts()).noneMatch(part -> part.content().contains("carol"));
            assertThat(report.recipients().getFirst()).containsEntry("status", "2.1.5");
        }
    }

    @Test
    void whatIsOurOwnFaultIsNotSaidOfOthers() {
        Diagnosis ours = Diagnosis.local(new EnhancedStatus(5, 7, 1), ErrorKind.NONE, "not here", Step.ROUTE);
        ParsedReport report =
                parsed(notification(Report.Kind.FAILED, "en", Languages.builtIn(), ours, ARRIVAL.plusSeconds(60)));
        assertThat(said(report))
                .contains("Our own mail system did not pass the message on.", "Ask the postmaster of mx.us.example");
    }

    @Test
    void everyFaultOfAFileHasItsLine() {
        Languages.Read read =
                Languages.read(List.of(new Languages.Source("de.txt", "de", """
                words before
                [opening]
                Hier ist {host}, {nobody} und {submitter
                [opening]
                Noch einmal.
                [greeting]
                Hallo!
                [failed]
                # nothing
                [subject.failed]
                %s
                [until]
                bell \u0007
                """.formatted("x".repeat(130)))));
        assertThat(read.faults())
                .extracting(fault -> fault.file() + ":" + fault.line() + ": " + fault.message())
                .containsExactly(
                        "de.txt:1: text before the first part",
                        "de.txt:3: {host} is not known in the part 'opening'",
                        "de.txt:3: there is no placeholder {nobody} for the part 'opening'",
                        "de.txt:3: a brace is not closed",
                        "de.txt:4: the part 'opening' is written twice",
                        "de.txt:6: there is no part 'greeting'",
                        "de.txt:8: the part 'failed' has no words",
                        "de.txt:11: the part 'subject.failed' is longer than 120 characters",
                        "de.txt:13: a control character stands here",
                        "de.txt:12: the part 'until' has no words");
        assertThat(read.faults().get(1).hint()).isEqualTo("allowed here: {submitter}");
    }

    @Test
    void aNewLanguageHasAllParts() {
        Languages.Read read = Languages.read(List.of(new Languages.Source("it.txt", "it", "[opening]\nSiamo noi.\n")));
        assertThat(read.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.line()).isEqualTo(2);
            assertThat(fault.message()).startsWith("the file ends without the parts subject.failed, subject.delayed,");
        });
        assertThat(read.languages().speaks("it")).isFalse();
        StringBuilder whole = new StringBuilder();
        Phrases.REQUIRED.forEach((key, slots) -> {
            whole.append('[').append(key).append("]\nParola");
            slots.forEach(slot -> whole.append(" {").append(slot.word()).append('}'));
            whole.append('\n');
        });
        Languages.Read all = Languages.read(List.of(new Languages.Source("it.txt", "it", whole.toString())));
        assertThat(all.faults()).isEmpty();
        assertThat(said(failed("it", all.languages(), "over quota"))).contains("Parola mx.example.net [192.0.2.7]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"de", "pt-br", "zh-hant", "es-419", "EN"})
    void tagsOfLanguages(String tag) {
        assertThat(Languages.isTag(tag)).isTrue();
        assertThat(Languages.isTag(tag + "!")).isFalse();
        assertThat(Languages.isTag("../" + tag)).isFalse();
    }

    @Test
    void aPartByStatusIsFoundFromTheNarrowToTheWide() {
        Phrases english = Languages.builtIn().english();
        assertThat(english.byStatus("why", new EnhancedStatus(5, 2, 2)).line(Map.of(Slot.ADDRESS, "a@b")))
                .isEqualTo("The mailbox a@b is full.");
        assertThat(english.byStatus("why", new EnhancedStatus(4, 2, 9)).line(Map.of(Slot.ADDRESS, "a@b")))
                .isEqualTo("The mailbox a@b can't take the message.");
        assertThat(english.byStatus("why", new EnhancedStatus(5, 0, 0)).line(Map.of(Slot.DOMAIN, "b")))
                .isEqualTo("The message could not be handed to the mail system of b.");
    }
}
