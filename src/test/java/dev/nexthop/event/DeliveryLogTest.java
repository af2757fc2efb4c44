package dev.nexthop.event;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeliveryLogTest {
    private static final DeliveryEvent.Delays DELAYS =
            new DeliveryEvent.Delays(Duration.ofMillis(1_205), Duration.ofMillis(7), Duration.ofMillis(61_040));

    private final Logger logger = new LoggerContext().getLogger("test");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    DeliveryLogTest() {
        lines.start();
        logger.addAppender(lines);
    }

    private Events log(DeliveryLog.Format format) {
        return new DeliveryLog(logger, format, () -> Instant.parse("2026-01-01T00:00:00Z"));
    }

    private List<String> written() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static DeliveryEvent event(String recipient, Outcome outcome) {
        return new DeliveryEvent(
                new QueueId(77), recipient, "relay", "verified", "TLSv1.3/TLS_AES_128_GCM_SHA256", outcome, DELAYS);
    }

    @ParameterizedTest
    @EnumSource
    void aLineOfAVirtualQueueSaysSo(DeliveryLog.Format format) {
        DeliveryEvent plain = event("ann@example.net", delivered("ok"));
        DeliveryEvent event = new DeliveryEvent(
                plain.id(),
                plain.recipient(),
                plain.hop(),
                plain.tls(),
                plain.cipher(),
                plain.outcome(),
                plain.delays(),
                "bulk");
        log(format).delivery(event);
        log(format).delivery(plain);
        String words = format == DeliveryLog.Format.JSON
                ? "\"hop\":\"relay\",\"queue\":\"bulk\",\"host\":"
                : " hop=relay queue=bulk host=";
        assertThat(written().getFirst()).contains(words);
        assertThat(written().getLast())
                .doesNotContain("bulk")
                .isEqualTo(written()
                        .getFirst()
                        .replace(format == DeliveryLog.Format.JSON ? "\"queue\":\"bulk\"," : "queue=bulk ", ""));
    }

    private static Outcome delivered(String text) {
        EnhancedStatus status = new EnhancedStatus(2, 0, 0);
        return new Outcome.Delivered(new Diagnosis(
                status,
                ErrorKind.NONE,
                "",
                Optional.of(Reply.of(250, status, text)),
                "mx.example.net",
                "192.0.2.7",
                Step.END_OF_DATA));
    }

    private static Outcome deferred(String reason) {
        return new Outcome.Deferred(
                Diagnosis.local(new EnhancedStatus(4, 4, 1), ErrorKind.CONNECTION, reason, Step.CONNECT));
    }

    @Test
    void oneLineSaysAllOfAnAttempt() {
        Events log = log(DeliveryLog.Format.TEXT);
        log.delivery(event("bob@example.net", delivered("queued as 4711")));
        log.delivery(event("bob@example.net", deferred("connection refused")));
        assertThat(written())
                .containsExactly(
                        "event=delivery id=000000000002d rcpt=bob@example.net hop=relay host=mx.example.net ip=192.0.2.7"
                                + " tls=verified cipher=TLSv1.3/TLS_AES_128_GCM_SHA256 status=delivered code=250 enhanced=2.0.0 delays=1.205/0.007/61.040"
                                + " text=\"queued as 4711\"",
                        "event=delivery id=000000000002d rcpt=bob@example.net hop=relay host=- ip=- tls=verified cipher=TLSv1.3/TLS_AES_128_GCM_SHA256"
                                + " status=deferred code=- enhanced=4.4.1 delays=1.205/0.007/61.040"
                                + " text=\"connection refused\"");
    }

    /** Lines of one transaction have all but the recipient in common; each other difference shows. */
    @ParameterizedTest
    @EnumSource
    void eachLineTellsOfItsOwnRecipient(DeliveryLog.Format format) {
        Events log = log(format);
        Outcome taken = delivered("taken");
        DeliveryEvent.Delays longer = new DeliveryEvent.Delays(DELAYS.queue(), DELAYS.connect(), Duration.ZERO);
        List<DeliveryEvent> events = List.of(
                event("ann@example.net", taken),
                event("bob@example.net", taken),
                event("bob@example.net", delivered("taken too")),
                new DeliveryEvent(new QueueId(78), "bob@example.net", "spare", "clear", "", taken, DELAYS, "bulk"),
                new DeliveryEvent(new QueueId(78), "bob@example.net", "spare", "clear", "TLSv1.2/X", taken, DELAYS),
                new DeliveryEvent(new QueueId(78), "bob@example.net", "spare", "pinned", "TLSv1.2/X", taken, DELAYS),
                new DeliveryEvent(new QueueId(78), "bob@example.net", "spare", "pinned", "TLSv1.2/X", taken, longer),
                event("ann@example.net", taken));
        events.forEach(log::delivery);
        List<String> together = written();
        lines.list.clear();
        events.forEach(event -> log(format).delivery(event));
        assertThat(together).isEqualTo(written());
        assertThat(together.subList(0, 7)).doesNotHaveDuplicates();
    }

    @Test
    void nothingThatAPeerSaysEndsTheLineOrPassesForAKey() {
        log(DeliveryLog.Format.TEXT)
                .delivery(event(
                        "\"a b\\\" status=delivered\"@example.net",
                        deferred(
                                "no\r\nevent=delivery \"x\" \\ \u0007\u001b[31m \u202e \u2028 ü \ud83d\ude00 \ud83d")));
        assertThat(written())
                .singleElement()
                .asString()
                .contains("rcpt=\"\\\"a b\\\\\\\" status=delivered\\\"@example.net\" hop=")
                .endsWith(
                        "text=\"no\\r\\nevent=delivery \\\"x\\\" \\\\ \\u0007\\u001b[31m \\u202e \\u2028 ü \ud83d\ude00"
                                + " \\ud83d\"")
                .doesNotContain("\n", "\r", "\u001b");
    }

    @Test
    void jsonHoldsTheSame() {
        Events log = log(DeliveryLog.Format.JSON);
        log.delivery(event("bob@example.net", delivered("say \"hi\"\n")));
        log.delivery(event("bob@example.net", deferred("refused")));
        log.accepted(new AcceptedEvent(new QueueId(77), "", 2, 512, "smtp", "192.0.2.1"));
        log.alarm("routing", "rule 1\tfails");
        assertThat(written())
                .containsExactly(
                        "{\"time\":\"2026-01-01T00:00:00Z\",\"event\":\"delivery\",\"id\":\"000000000002d\",\"rcpt\":\"bob@example.net\","
                                + "\"hop\":\"relay\",\"host\":\"mx.example.net\",\"ip\":\"192.0.2.7\",\"tls\":\"verified\",\"cipher\":\"TLSv1.3/TLS_AES_128_GCM_SHA256\","
                                + "\"status\":\"delivered\",\"code\":250,\"enhanced\":\"2.0.0\",\"delays\":{\"queue\":1.205,"
                                + "\"connect\":0.007,\"send\":61.040},\"text\":\"say \\\"hi\\\"\\n\"}",
                        "{\"time\":\"2026-01-01T00:00:00Z\",\"event\":\"delivery\",\"id\":\"000000000002d\",\"rcpt\":\"bob@example.net\","
                                + "\"hop\":\"relay\",\"host\":\"\",\"ip\":\"\",\"tls\":\"verified\",\"cipher\":\"TLSv1.3/TLS_AES_128_GCM_SHA256\",\"status\":\"deferred\","
                                + "\"code\":null,\"enhanced\":\"4.4.1\",\"delays\":{\"queue\":1.205,\"connect\":0.007,"
                                + "\"send\":61.040},\"text\":\"refused\"}",
                        "{\"time\":\"2026-01-01T00:00:00Z\",\"event\":\"accepted\",\"id\":\"000000000002d\",\"from\":\"\","
                                + "\"rcpts\":2,\"size\":512,\"listener\":\"smtp\",\"ip\":\"192.0.2.1\"}",
                        "{\"time\":\"2026-01-01T00:00:00Z\",\"event\":\"alarm\",\"subject\":\"routing\","
                                + "\"text\":\"rule 1\\tfails\"}");
    }

    @Test
    void countersCountAndPassOn() {
        Counters counters = new Counters(log(DeliveryLog.Format.TEXT));
        counters.accepted(new AcceptedEvent(new QueueId(1), "a@b.test", 1, 5, "smtp", "192.0.2.1"));
        counters.accepted(new AcceptedEvent(new QueueId(2), "", 1, 5, "internal", ""));
        counters.delivery(event("x@y.test", delivered("ok")));
        counters.delivery(event("x@y.test", deferred("no")));
        counters.delivery(event("x@y.test", deferred("no")));
        counters.alarm("disk", "full");
        assertThat(counters.snapshot()).isEqualTo(new Counters.Snapshot(1, 1, 2, 0, 1, 1));
        assertThat(written()).hasSize(6);
        assertThat(written().getFirst())
                .isEqualTo("event=accepted id=0000000000001 from=a@b.test rcpts=1 size=5 listener=smtp ip=192.0.2.1");
        assertThat(written().getLast()).isEqualTo("event=alarm subject=disk text=\"full\"");
    }
}
