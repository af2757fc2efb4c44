package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which messages may be meant: never too few, and seldom too many. */
class MarkIndexTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    static QueuedMessage message(long id, String from, List<String> to) {
        return queued(id, from, to.stream().map(Mailbox::parse).toList());
    }

    private static QueuedMessage queued(long id, String from, List<Mailbox> recipients) {
        Envelope envelope = new Envelope(
                ReversePath.of(from),
                recipients,
                BodyType.SEVEN_BIT,
                false,
                new Reception("internal", 0, "", "", "", 0),
                Requests.NONE);
        Instant created = START.plusSeconds(id);
        List<RecipientState> states = recipients.stream()
                .map(mailbox -> new RecipientState(
                        mailbox,
                        RecipientStatus.SCHEDULED,
                        0,
                        0,
                        created,
                        Instant.MAX,
                        created.plusSeconds(1_000_000),
                        Optional.empty()))
                .toList();
        return new QueuedMessage(new QueueId(id), created, envelope, MessageBody.of(new byte[0]), states);
    }

    private static List<Long> found(MarkIndex index, Marks.Wanted wanted) {
        List<Long> all = new ArrayList<>();
        for (long[] some = index.some(wanted, -1); some.length > 0; some = index.some(wanted, some[some.length - 1])) {
            for (long id : some) {
                all.add(id);
            }
        }
        return all;
    }

    private static Optional<String> some(Random random, String text) {
        return random.nextInt(3) == 0 ? Optional.of(text) : Optional.empty();
    }

    @Test
    void whatComesAndGoesIsFoundByWhateverNamesIt() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            MarkIndex index = new MarkIndex();
            TreeMap<Long, QueuedMessage> all = new TreeMap<>();
            for (int step = 0; step < 4_000; step++) {
                long id = random.nextInt(3_000);
                if (random.nextInt(5) < 3) {
                    QueuedMessage message = all.computeIfAbsent(id, key -> random(key, random));
                    index.put(message);
                } else {
                    all.remove(id);
                    index.remove(new QueueId(id));
                }
            }
            assertThat(found(index, Marks.Wanted.ALL)).isEqualTo(List.copyOf(all.keySet()));
            assertThat(index.size()).isEqualTo(all.size());
            for (int i = 0; i < 40; i++) {
                QueueFilter filter = new QueueFilter(
                        Optional.empty(),
                        some(random, name(random) + "@" + name(random)),
                        some(random, name(random) + "@" + name(random)),
                        some(random, name(random)),
                        Optional.empty(),
                        some(random, "").map(_ -> START.plusSeconds(random.nextInt(3_000))),
                        some(random, "").map(_ -> START.plusSeconds(random.nextInt(3_000))));
                List<Long> meant = all.values().stream()
                        .filter(filter::mayHold)
                        .map(message -> message.id().value())
                        .toList();
                assertThat(found(index, Marks.Wanted.of(filter))).containsAll(meant);
            }
        }
    }

    private static String name(Random random) {
        return (random.nextBoolean() ? "N" : "n") + random.nextInt(20) + "x";
    }

    private static QueuedMessage random(long id, Random random) {
        List<String> to = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(12); i++) {
            to.add(name(random) + "@" + name(random));
        }
        return message(id, random.nextInt(10) == 0 ? "" : name(random) + "@" + name(random), to);
    }

    @Test
    void fewAreFoundThatAreNotMeant() {
        MarkIndex index = new MarkIndex();
        for (int i = 0; i < 20_000; i++) {
            List<String> to = new ArrayList<>();
            for (int r = 0; r < 5; r++) {
                to.add("u" + r + "@d" + (i * 5 + r) % 5_000 + ".test");
            }
            index.put(message(i, "bulk" + i % 7 + "@s.test", to));
        }
        Marks.Wanted wanted = Marks.Wanted.of(new QueueFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("D17.test"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
        assertThat(found(index, wanted)).hasSizeBetween(20, 1_000);
    }

    /** An earlier program left the quotes in what it queued. */
    @Test
    void quotesThatAreNotNeededHideNobody() {
        MarkIndex index = new MarkIndex();
        index.put(queued(1, "a@s.test", List.of(new Mailbox("\"Bo\\b\"", new Domain("d.test")))));
        index.put(message(2, "a@s.test", List.of("bob@d.test")));
        index.put(message(3, "a@s.test", List.of("other@elsewhere.test")));
        for (String asked : List.of("bob@d.test", "\"bob\"@d.test")) {
            QueueFilter filter = new QueueFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(asked),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            assertThat(found(index, Marks.Wanted.of(filter))).containsExactly(1L, 2L);
        }
    }

    @Test
    void whatIsNotedStays() {
        MarkIndex index = new MarkIndex();
        for (int i = 0; i < 3_000; i++) {
            index.put(message(i, "a@s.test", List.of("u@d.test")));
        }
        QueueId noted = new QueueId(1_234);
        assertThat(index.note(noted, Marks.order(7))).isTrue();
        assertThat(index.note(noted, Marks.order(7))).isFalse();
        assertThat(index.note(new QueueId(5_000), Marks.order(7))).isFalse();
        index.put(message(1_234, "a@s.test", List.of("u@d.test")));
        for (int i = 0; i < 3_000; i++) {
            if (i % 40 != 34) {
                index.remove(new QueueId(i)); // so that what is left moves together
            }
        }
        assertThat(found(index, Marks.Wanted.ALL)).hasSize(75);
        assertThat(found(index, Marks.Wanted.order(7))).containsExactly(1_234L);
        assertThat(found(index, Marks.Wanted.order(8))).isEmpty();
    }
}
