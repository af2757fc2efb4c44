package dev.nexthop.limit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.QuotaException;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the queue holds, counted. */
class QuotasTest {
    private static final Reception CLIENT = new Reception("smtp", 25, "192.0.2.1", "client.test", "", 0);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private List<QuotaSettings> inForce = List.of();
    private final Quotas quotas = new Quotas(this::rules);

    private QuotaRules rules() {
        return new QuotaRules(inForce, Lookups.NONE, new Silence(), () -> {});
    }

    private void put(QuotaSettings... some) {
        inForce = List.of(some);
        if (quotas.follow(rules())) {
            quotas.counted(quotas.era());
        }
    }

    private static QuotaSettings quota(String id, long messages, long size, LimitKey... keys) {
        return new QuotaSettings(
                id,
                List.of(keys),
                Match.ALL,
                messages == 0 ? OptionalLong.empty() : OptionalLong.of(messages),
                size == 0 ? OptionalLong.empty() : OptionalLong.of(size));
    }

    private static Envelope envelope(Reception reception, String from, String... to) {
        List<Mailbox> all = List.of(to).stream().map(Mailbox::parse).toList();
        return new Envelope(ReversePath.of(from), all, BodyType.SEVEN_BIT, false, reception);
    }

    private static RecipientState state(Mailbox to, RecipientStatus status) {
        return new RecipientState(to, status, 0, 0, NOW, NOW, NOW, Optional.empty());
    }

    private static QueuedMessage message(long id, Envelope envelope, int size, Set<Integer> done) {
        List<RecipientState> states = new ArrayList<>();
        for (int i = 0; i < envelope.recipients().size(); i++) {
            states.add(state(
                    envelope.recipients().get(i),
                    done.contains(i) ? RecipientStatus.DELIVERED : RecipientStatus.SCHEDULED));
        }
        return new QueuedMessage(new QueueId(id), NOW, envelope, MessageBody.of(new byte[size]), states);
    }

    @Test
    void oneMoreThanTheQuotaIsRefusedWithItsNameAndWhatItHolds() throws Exception {
        put(quota("per sender", 2, 1_000, LimitKey.SENDER));
        quotas.take(new QueueId(1), envelope(CLIENT, "a@x.test", "b@y.test"), 400);
        assertThatThrownBy(() -> quotas.take(new QueueId(2), envelope(CLIENT, "a@x.test", "b@y.test"), 601))
                .isInstanceOf(QuotaException.class)
                .hasMessage("the queue holds 400 octets for a@x.test, and quota 'per sender' has no room for 601 more");
        quotas.take(new QueueId(3), envelope(CLIENT, "a@x.test", "b@y.test"), 600);
        assertThat(quotas.refusesSender(CLIENT, ReversePath.of("a@x.test"), 0))
                .contains("the queue holds 2 messages for a@x.test, and quota 'per sender' has no room for more");
        assertThat(quotas.refusesSender(CLIENT, ReversePath.of("c@x.test"), 1_000))
                .isEmpty();
        assertThat(quotas.refusesSender(CLIENT, ReversePath.of("c@x.test"), 1_001))
                .isPresent();
        assertThat(quotas.refusesRecipient(CLIENT, ReversePath.of("a@x.test"), Mailbox.parse("b@y.test"), 0))
                .as("the sender was refused with MAIL")
                .isEmpty();
        quotas.changed(new Change.Removal(new QueueId(1)));
        quotas.take(new QueueId(4), envelope(CLIENT, "a@x.test", "b@y.test"), 400);
    }

    @Test
    void aMessageCountsForADomainUntilItsLastRecipientThereIsDone() throws Exception {
        QuotaSettings domain = quota("d", 1, 0, LimitKey.RCPT_DOMAIN);
        put(domain);
        Envelope envelope = envelope(CLIENT, "a@x.test", "1@y.test", "2@y.test", "3@z.test");
        quotas.take(new QueueId(1), envelope, 10);
        assertThat(quotas.held(domain, "y.test")).containsExactly(1, 10);
        assertThat(quotas.refusesRecipient(CLIENT, ReversePath.of("a@x.test"), Mailbox.parse("9@y.test"), 0))
                .isPresent();
        quotas.changed(new Change.Progress(
                new QueueId(1), message(1, envelope, 10, Set.of(0, 2)).recipients()));
        assertThat(quotas.held(domain, "y.test")).containsExactly(1, 10);
        assertThat(quotas.held(domain, "z.test")).containsExactly(0, 0);
        quotas.changed(new Change.Progress(
                new QueueId(1), message(1, envelope, 10, Set.of(0, 1, 2)).recipients()));
        quotas.changed(new Change.Removal(new QueueId(1)));
        quotas.changed(new Change.Removal(new QueueId(1)));
        assertThat(quotas.held(domain, "y.test")).containsExactly(0, 0);
    }

    @Test
    void mailOfOurOwnMakingCountsAndIsNotRefused() throws Exception {
        QuotaSettings all = quota("all", 1, 0);
        put(all);
        quotas.take(new QueueId(1), envelope(CLIENT, "a@x.test", "b@y.test"), 10);
        quotas.take(new QueueId(2), envelope(Reception.INTERNAL, "", "a@x.test"), 10);
        quotas.take(new QueueId(3), envelope(Reception.TLS_REPORT, "r@x.test", "a@x.test"), 10);
        assertThat(quotas.held(all, "")).containsExactly(3, 30);
    }

    @Test
    void whatIsRefusedOrNotCommittedDoesNotCount() throws Exception {
        QuotaSettings all = quota("all", 1, 0);
        put(all);
        quotas.take(new QueueId(1), envelope(CLIENT, "a@x.test", "b@y.test"), 10);
        assertThatThrownBy(() -> quotas.take(new QueueId(2), envelope(CLIENT, "a@x.test", "b@y.test"), 10))
                .isInstanceOf(QuotaException.class);
        quotas.drop(new QueueId(1));
        assertThat(quotas.held(all, "")).containsExactly(0, 0);
    }

    @Test
    void whatAnEarlierCountHadReadDoesNotComeIntoALaterOne() {
        QuotaSettings all = quota("all", 5, 0);
        inForce = List.of(quota("sender", 5, 0, LimitKey.SENDER));
        assertThat(quotas.follow(rules())).isTrue();
        long first = quotas.era();
        QueuedMessage gone = message(1, envelope(CLIENT, "a@x.test", "b@y.test"), 10, Set.of());
        quotas.changed(new Change.Removal(gone.id()));
        put(all); // and counted: there is nothing
        quotas.found(gone, first);
        assertThat(quotas.held(all, "")).containsExactly(0, 0);
        quotas.found(gone, quotas.era());
        assertThat(quotas.held(all, "")).containsExactly(1, 10);
    }

    @Test
    void aCommitThatOtherQuotasOvertakeIsLeftToThem() throws Exception {
        QuotaSettings old = quota("sender", 5, 0, LimitKey.SENDER);
        QuotaSettings all = quota("all", 5, 0);
        List<QuotaSettings> next = new ArrayList<>();
        Quotas[] asked = new Quotas[1];
        asked[0] = new Quotas(() -> {
            QuotaRules opened = rules();
            if (!next.isEmpty()) {
                inForce = List.copyOf(next);
                next.clear();
                asked[0].follow(rules());
            }
            return opened;
        });
        inForce = List.of(old);
        asked[0].follow(rules());
        next.add(all);
        QueuedMessage message = message(1, envelope(CLIENT, "a@x.test", "b@y.test"), 10, Set.of());
        asked[0].take(message.id(), message.envelope(), 10);
        asked[0].found(message, asked[0].era());
        assertThat(asked[0].held(all, "")).containsExactly(1, 10);
        assertThat(asked[0].held(old, "a@x.test")).containsExactly(0, 0);
    }

    /** Any sequence of commits, refusals, ends, reloads and counts from the disk: the sum is that of a recount. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theSumIsWhatARecountGives(long seed) {
        Random random = new Random(seed);
        List<QuotaSettings> all = List.of(
                quota("all", 30, 0),
                quota("sender", 12, 4_000, LimitKey.SENDER),
                quota("domain", 10, 0, LimitKey.RCPT_DOMAIN),
                quota("pair", 0, 3_000, LimitKey.SENDER_DOMAIN, LimitKey.RCPT));
        TreeMap<Long, QueuedMessage> disk = new TreeMap<>();
        List<QueuedMessage> scan = new ArrayList<>(); // what a count in progress has read and not yet told
        put(all.toArray(QuotaSettings[]::new));
        int refused = 0;
        for (long id = 1; id < 1_500; id++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    Envelope envelope = some(random);
                    int size = 1 + random.nextInt(500);
                    try {
                        quotas.take(new QueueId(id), envelope, size);
                        disk.put(id, message(id, envelope, size, Set.of()));
                    } catch (QuotaException _) {
                        refused++;
                    }
                }
                case 2, 3 -> move(disk, random);
                case 4 -> {
                    if (!scan.isEmpty()) {
                        quotas.found(scan.removeFirst(), quotas.era());
                        if (scan.isEmpty()) {
                            quotas.counted(quotas.era());
                        }
                    }
                }
                default -> {
                    if (random.nextInt(40) == 0) {
                        List<QuotaSettings> some = new ArrayList<>(all);
                        some.remove(random.nextInt(all.size()));
                        inForce = some;
                        if (quotas.follow(rules())) {
                            scan.clear();
                            scan.addAll(disk.values());
                            if (scan.isEmpty()) {
                                quotas.counted(quotas.era());
                            }
                        }
                    }
                }
            }
            if (scan.isEmpty()) {
                check(disk);
            }
        }
        scan.forEach(message -> quotas.found(message, quotas.era()));
        quotas.counted(quotas.era());
        check(disk);
        assertThat(refused).isPositive();
        disk.keySet().forEach(id -> quotas.changed(new Change.Removal(new QueueId(id))));
        check(new TreeMap<>());
    }

    private static Envelope some(Random random) {
        Set<String> to = new HashSet<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            to.add("r" + random.nextInt(4) + "@d" + random.nextInt(3) + ".test");
        }
        return envelope(
                CLIENT, "s" + random.nextInt(3) + "@x" + random.nextInt(2) + ".test", to.toArray(String[]::new));
    }

    private void move(SortedMap<Long, QueuedMessage> disk, Random random) {
        if (disk.isEmpty()) {
            return;
        }
        List<Long> ids = List.copyOf(disk.keySet());
        QueuedMessage message = requireNonNull(disk.get(ids.get(random.nextInt(ids.size()))));
        Set<Integer> done = new HashSet<>();
        for (int i = 0; i < message.recipients().size(); i++) {
            if (message.recipients().get(i).status().done() || random.nextInt(3) == 0) {
                done.add(i);
            }
        }
        long id = message.id().value();
        if (done.size() == message.recipients().size()) {
            disk.remove(id);
            quotas.changed(new Change.Removal(message.id()));
        } else {
            int size = (int) message.body().size();
            QueuedMessage next = message(id, message.envelope(), size, done);
            disk.put(id, next);
            quotas.changed(new Change.Progress(next.id(), next.recipients()));
        }
    }

    private void check(SortedMap<Long, QueuedMessage> disk) {
        for (QuotaSettings quota : inForce) {
            Map<String, long[]> expected = new HashMap<>();
            for (QueuedMessage message : disk.values()) {
                Set<String> keys = new HashSet<>();
                for (RecipientState one : message.recipients()) {
                    if (!quota.ofRecipient() || !one.status().done()) {
                        keys.add(key(quota, message, one));
                    }
                }
                for (String key : keys) {
                    long[] sum = expected.computeIfAbsent(key, _ -> new long[2]);
                    sum[0]++;
                    sum[1] += message.body().size();
                }
            }
            expected.forEach((key, sum) -> assertThat(quotas.held(quota, key))
                    .as(quota.id() + " " + key)
                    .containsExactly(sum));
            for (String key : List.of("s0@x0.test", "d0.test", "")) {
                if (!expected.containsKey(key)) {
                    assertThat(quotas.held(quota, key)).containsExactly(0, 0);
                }
            }
        }
    }

    private static String key(QuotaSettings quota, QueuedMessage message, RecipientState to) {
        String sender = message.envelope().sender().address();
        return switch (quota.id()) {
            case "all" -> "";
            case "sender" -> sender;
            case "domain" -> to.address().domain().name();
            default -> sender.substring(sender.indexOf('@') + 1) + ", " + to.address();
        };
    }

    /** Nobody listens. */
    private static final class Silence implements Events {
        @Override
        public void delivery(DeliveryEvent event) {}

        @Override
        public void accepted(AcceptedEvent event) {}

        @Override
        public void tls(TlsEvent event) {}

        @Override
        public void alarm(String subject, String text) {}

        @Override
        public void relief(String subject, String text) {}
    }
}
