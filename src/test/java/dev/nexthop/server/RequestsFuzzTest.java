package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.nexthop.mail.Requests;
import dev.nexthop.smtp.Command;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Any parameters are a request or a reply about their fault; what is kept can break no header and no command. */
final class RequestsFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-22T16:00:05Z");
    private static final Offers ALL = new Offers(
            true,
            true,
            Optional.of(Offers.Priorities.MIXER),
            Optional.of(Duration.ofDays(15)),
            Optional.of(Duration.ofDays(7)));

    @FuzzTest(maxDuration = "10s")
    void anyParametersAreARequestOrAReply(byte[] parameters) {
        String text = new String(parameters, StandardCharsets.ISO_8859_1);
        mail("MAIL FROM:<> " + text);
        rcpt("RCPT TO:<a@example.org> " + text);
    }

    private static Command parse(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        return Command.parse(bytes, 0, bytes.length);
    }

    private static void mail(String line) {
        if (!(parse(line) instanceof Command.Mail mail)) {
            return;
        }
        try {
            RequestReader.OfMail asked = RequestReader.ofMail(mail.parameters().requests(), ALL, NOW);
            Requests requests = asked.requests();
            harmless(requests.envelopeId());
            assertThat(requests.envelopeId()).hasSizeLessThanOrEqualTo(100);
            assertThat(asked.priority()).isBetween(-9, 9);
            requests.deliverBy()
                    .filter(by -> by.mode() == Requests.Mode.RETURN)
                    .ifPresent(by -> assertThat(by.by()).isAfter(NOW));
            requests.holdUntil()
                    .ifPresent(until -> assertThat(until).isAfter(NOW).isBeforeOrEqualTo(NOW.plus(Duration.ofDays(7))));
        } catch (RequestReader.Refused e) {
            refused(e);
        }
    }

    private static void rcpt(String line) {
        if (!(parse(line) instanceof Command.Rcpt rcpt)) {
            return;
        }
        try {
            RequestReader.ofRcpt(rcpt.requests(), ALL)
                    .original()
                    .ifPresent(original -> harmless(original.type() + original.address()));
        } catch (RequestReader.Refused e) {
            refused(e);
        }
    }

    private static void refused(RequestReader.Refused e) {
        assertThat(e.reply().reply().permanentFailure()).isTrue();
        harmless(e.reply().reply().text());
    }

    private static void harmless(String text) {
        assertThat(text.chars().noneMatch(c -> c < ' ' || c >= 127 && c < 160)).isTrue();
    }
}
