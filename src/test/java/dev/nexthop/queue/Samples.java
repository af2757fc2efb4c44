package dev.nexthop.queue;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.RuleStep;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReversePath;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Mail for tests: the same seed gives the same mail. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-22T16:00:00Z");

    private final RandomGenerator random;

    Samples(RandomGenerator random) {
        this.random = random;
    }

    static Envelope envelope(String... recipients) {
        return new Envelope(
                ReversePath.of("sender@example.org"),
                Stream.of(recipients).map(Mailbox::parse).toList(),
                BodyType.EIGHT_BIT_MIME,
                false,
                new Reception("smtp", 2525, "127.0.0.1", "client.example", "", 0));
    }

    static List<RecipientState> scheduled(Envelope envelope) {
        return envelope.recipients().stream()
                .map(address -> new RecipientState(
                        address,
                        RecipientStatus.SCHEDULED,
                        0,
                        0,
                        NOW,
                        Instant.MAX,
                        NOW.plusSeconds(86_400),
                        Optional.empty()))
                .toList();
    }

    /** Bytes that can be made again from the seed. */
    static byte[] content(long seed, int size) {
        byte[] bytes = new byte[size];
        new java.util.SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    MessageRecord message() {
        MessageRecord.Place place = oneOf(MessageRecord.Place.values());
        return new MessageRecord(
                instant(),
                anyEnvelope(),
                new MessageRecord.Body(place, random.nextInt(1 << 30), random.nextBoolean(), random.nextInt()));
    }

    Envelope anyEnvelope() {
        List<Mailbox> recipients = listOf(1, 20, this::mailbox);
        return new Envelope(
                random.nextInt(4) == 0 ? ReversePath.NULL : new ReversePath.From(mailbox()),
                recipients,
                oneOf(BodyType.values()),
                random.nextBoolean(),
                new Reception(text(), random.nextInt(65_536), text(), text(), text(), random.nextInt(-9, 10)),
                random.nextBoolean() ? Requests.NONE : requests(recipients.size()));
    }

    private Requests requests(int recipients) {
        List<Requests.Recipient> each = random.nextBoolean()
                ? List.of()
                : Stream.generate(this::requestsOfOne).limit(recipients).toList();
        return new Requests(
                random.nextBoolean() ? Optional.empty() : Optional.of(oneOf(Requests.Returned.values())),
                text(),
                each,
                random.nextBoolean(),
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(
                                new Requests.DeliverBy(instant(), oneOf(Requests.Mode.values()), random.nextBoolean())),
                random.nextBoolean() ? Optional.empty() : Optional.of(instant()));
    }

    private Requests.Recipient requestsOfOne() {
        Set<Requests.Notify> notify = random.nextBoolean() ? Set.of() : Set.of(oneOf(Requests.Notify.values()));
        return new Requests.Recipient(
                notify, random.nextBoolean() ? Optional.empty() : Optional.of(new Requests.Original("rfc822", text())));
    }

    List<RecipientState> states() {
        return listOf(1, 20, this::state);
    }

    private RecipientState state() {
        return new RecipientState(
                mailbox(),
                oneOf(RecipientStatus.values()),
                random.nextInt(1000),
                random.nextInt(10),
                instant(),
                random.nextBoolean() ? Instant.MAX : instant(),
                instant(),
                random.nextBoolean() ? Optional.empty() : Optional.of(attempt()));
    }

    private LastAttempt attempt() {
        Optional<Reply> reply = random.nextBoolean()
                ? Optional.empty()
                : Optional.of(new Reply(
                        random.nextInt(200, 600),
                        random.nextBoolean() ? Optional.empty() : Optional.of(status()),
                        listOf(1, 4, this::text)));
        Diagnosis diagnosis =
                new Diagnosis(status(), oneOf(ErrorKind.values()), text(), reply, text(), text(), oneOf(Step.values()));
        return new LastAttempt(instant(), text(), diagnosis, new RouteTrace(text(), text(), listOf(0, 5, this::step)));
    }

    private RuleStep step() {
        Map<String, String> operands = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            operands.put(text(), text());
        }
        return new RuleStep(
                random.nextInt(1, 500),
                oneOf(RuleStep.State.values()),
                text(),
                text(),
                text(),
                operands,
                listOf(0, 3, this::text),
                listOf(0, 3, this::text),
                text());
    }

    private EnhancedStatus status() {
        return new EnhancedStatus(oneOf(2, 4, 5), random.nextInt(1000), random.nextInt(1000));
    }

    private Mailbox mailbox() {
        return new Mailbox(text(), new Domain("d" + random.nextInt(5) + ".example"));
    }

    private Instant instant() {
        return Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L), random.nextInt(1_000_000_000));
    }

    private String text() {
        int length = random.nextInt(12);
        return IntStream.range(0, length)
                .map(i -> random.nextInt(10) == 0 ? random.nextInt(0x10000, 0x10FFFF) : random.nextInt(0x20, 0x250))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @SafeVarargs
    private <T> T oneOf(T... values) {
        return values[random.nextInt(values.length)];
    }

    private <T> List<T> listOf(int least, int most, Supplier<T> element) {
        return Stream.generate(element).limit(random.nextInt(least, most + 1)).toList();
    }
}
