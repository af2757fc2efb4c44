package dev.nexthop.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.event.Counters;
import dev.nexthop.event.DeliveryLog;
import dev.nexthop.event.Events;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.QuotaException;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.queue.RocksSpool;
import dev.nexthop.queue.Spool;
import dev.nexthop.queue.SpoolSettings;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A queue with quotas, over a restart. */
class QuotaSpoolTest {
    private static final QuotaSettings QUOTA =
            new QuotaSettings("all", List.of(), Match.ALL, OptionalLong.of(3), OptionalLong.of(1_000));

    @TempDir
    private Path folder;

    private List<QuotaSettings> inForce = List.of(QUOTA);

    private QuotaRules rules() {
        Events events = new Counters(new DeliveryLog(DeliveryLog.Format.TEXT, Clock.systemUTC()));
        return new QuotaRules(inForce, Lookups.NONE, events, () -> {});
    }

    private QuotaSpool open(Quotas quotas) throws IOException {
        return new QuotaSpool(
                RocksSpool.open(new SpoolSettings(folder, 1_000, 0), Clock.systemUTC(), message -> {}), quotas);
    }

    private static QueueId commit(QuotaSpool spool, int size) throws IOException {
        Mailbox to = Mailbox.parse("b@y.test");
        Envelope envelope = new Envelope(
                ReversePath.of("a@x.test"),
                List.of(to),
                BodyType.SEVEN_BIT,
                false,
                new Reception("smtp", 25, "192.0.2.1", "c.test", "", 0));
        Instant now = Instant.now();
        try (Draft draft = spool.begin()) {
            draft.write(new byte[size], 0, size);
            RecipientState state =
                    new RecipientState(to, RecipientStatus.SCHEDULED, 0, 0, now, now, now, Optional.empty());
            return draft.commit(envelope, List.of(state), List.of()).id();
        }
    }

    /** A default of the interface would hide what the spool behind it does, such as telling of damage. */
    @Test
    void everythingIsPassedOn() {
        for (Method method : Spool.class.getMethods()) {
            boolean inTermsOfAnother = method.getName().equals("forEach") && method.getParameterCount() == 1;
            if (!inTermsOfAnother) {
                assertThatCode(() -> QuotaSpool.class.getDeclaredMethod(method.getName(), method.getParameterTypes()))
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void theCountIsThatOfTheDiskAfterARestartAndNothingCountsTwice() throws Exception {
        Quotas before = new Quotas(this::rules);
        try (QuotaSpool spool = open(before)) {
            assertThat(before.follow(rules())).isTrue();
            spool.recount(before.era());
            QueueId first = commit(spool, 100);
            commit(spool, 200);
            assertThatThrownBy(() -> commit(spool, 701)).isInstanceOf(QuotaException.class);
            assertThat(before.held(QUOTA, "")).containsExactly(2, 300);
            spool.apply(List.of(new Change.Removal(first))).get();
            assertThat(before.held(QUOTA, "")).containsExactly(1, 200);
        }
        Quotas after = new Quotas(this::rules);
        try (QuotaSpool spool = open(after)) {
            assertThat(after.follow(rules())).isTrue();
            commit(spool, 50); // before the count has come to it
            spool.recount(after.era());
            assertThat(after.held(QUOTA, "")).containsExactly(2, 250);
            assertThat(after.follow(rules())).as("nothing changed").isFalse();
            inForce = List.of();
            assertThat(after.follow(rules())).isFalse();
            for (int i = 0; i < 5; i++) {
                commit(spool, 999);
            }
        }
    }

    @Test
    void aRemovalUnderWayCountsThoughTheFirstQuotaCameMeanwhile() throws Exception {
        Quotas quotas = new Quotas(this::rules);
        Shelf shelf = new Shelf(message());
        QuotaSpool spool = new QuotaSpool(shelf, quotas);
        CompletableFuture<Void> removed = spool.apply(List.of(new Change.Removal(shelf.message.id())));
        assertThat(quotas.follow(rules())).isTrue();
        spool.recount(quotas.era());
        assertThat(quotas.held(QUOTA, "")).containsExactly(1, 10);
        shelf.written.complete(null);
        removed.get();
        assertThat(quotas.held(QUOTA, "")).containsExactly(0, 0);
    }

    @Test
    void whatIsQuarantinedDoesNotComeBackWithACountThatHadReadIt() throws Exception {
        Quotas quotas = new Quotas(this::rules);
        Shelf shelf = new Shelf(message());
        QuotaSpool spool = new QuotaSpool(shelf, quotas);
        assertThat(quotas.follow(rules())).isTrue();
        shelf.read = () -> spool.quarantine(shelf.message.id(), new IOException("its record is damaged"));
        spool.recount(quotas.era());
        assertThat(quotas.held(QUOTA, "")).containsExactly(0, 0);
    }

    @Test
    void whatHasGoneOnIsForgottenWithTheNextCount() throws Exception {
        Quotas quotas = new Quotas(this::rules);
        Shelf shelf = new Shelf(message());
        QuotaSpool spool = new QuotaSpool(shelf, quotas);
        assertThat(quotas.follow(rules())).isTrue();
        shelf.read = () -> {
            spool.quarantine(new QueueId(7), new IOException("its record is damaged"));
            throw new IOException("the disk fails");
        };
        spool.recount(quotas.era());
        assertThat(quotas.moving()).isEqualTo(1);
        shelf.read = () -> assertThat(quotas.moving()).isZero();
        spool.recount(quotas.era());
        assertThat(quotas.held(QUOTA, "")).containsExactly(1, 10);
    }

    /** Its thread must not die: nobody would count again, and every quota would stand at what came since. */
    @Test
    void aCountThatEndedInAnErrorIsMadeAgain() throws Exception {
        Quotas quotas = new Quotas(this::rules);
        Shelf shelf = new Shelf(message());
        QuotaSpool spool = new QuotaSpool(shelf, quotas);
        assertThat(quotas.follow(rules())).isTrue();
        shelf.read = () -> {
            throw new StackOverflowError("a rule of many branches");
        };
        assertThatCode(() -> spool.recount(quotas.era())).doesNotThrowAnyException();
        shelf.read = () -> {};
        spool.recount(quotas.era());
        assertThat(quotas.held(QUOTA, "")).containsExactly(1, 10);
    }

    @Test
    void aCountThatOtherQuotasOvertookAddsNothing() throws Exception {
        Quotas quotas = new Quotas(this::rules);
        Shelf shelf = new Shelf(message());
        QuotaSpool spool = new QuotaSpool(shelf, quotas);
        QuotaSettings other = new QuotaSettings(
                "other", List.of(LimitKey.SENDER), Match.ALL, OptionalLong.of(3), OptionalLong.empty());
        assertThat(quotas.follow(rules())).isTrue();
        shelf.read = () -> {
            quotas.changed(new Change.Removal(shelf.message.id()));
            inForce = List.of(other);
            quotas.follow(rules());
            quotas.counted(quotas.era());
        };
        spool.recount(quotas.era());
        assertThat(quotas.held(other, "a@x.test")).containsExactly(0, 0);
    }

    @Test
    void whatComesOutOfQuarantineCountsAgainWhetherTheQueueIsBeingCountedOrNot() throws Exception {
        Quotas quotas = new Quotas(this::rules);
        Shelf shelf = new Shelf(message());
        QuotaSpool spool = new QuotaSpool(shelf, quotas);
        quotas.restored(shelf.message);
        assertThat(quotas.follow(rules())).isTrue();
        assertThat(spool.quarantine(shelf.message.id(), new IOException("its record is damaged")))
                .isTrue();
        quotas.restored(shelf.message);
        spool.recount(quotas.era());
        assertThat(quotas.held(QUOTA, "")).containsExactly(1, 10);
        assertThat(spool.quarantine(shelf.message.id(), new IOException("its record is damaged")))
                .isTrue();
        assertThat(quotas.held(QUOTA, "")).containsExactly(0, 0);
        quotas.restored(shelf.message);
        assertThat(quotas.held(QUOTA, "")).containsExactly(1, 10);
    }

    /** A message that was delivered while other quotas came into force and were counted, all before its commit returned. */
    @Test
    void aMessageThatHasLeftBeforeItsCommitReturnsDoesNotCount() throws Exception {
        QuotaSettings other = new QuotaSettings(
                "other", List.of(LimitKey.SENDER), Match.ALL, OptionalLong.of(3), OptionalLong.empty());
        Quotas quotas = new Quotas(this::rules);
        List<QuotaSpool> front = new ArrayList<>();
        List<QueueId> gone = new ArrayList<>();
        RocksSpool disk = RocksSpool.open(new SpoolSettings(folder, 1_000, 0), Clock.systemUTC(), message -> {
            inForce = List.of(other);
            assertThat(quotas.follow(rules())).isTrue();
            quotas.counted(quotas.era());
            if (gone.isEmpty()) {
                gone.add(message.id());
                front.getFirst()
                        .apply(List.of(new Change.Removal(message.id())))
                        .join();
            }
        });
        try (QuotaSpool spool = new QuotaSpool(disk, quotas)) {
            front.add(spool);
            assertThat(quotas.follow(rules())).isTrue();
            spool.recount(quotas.era());
            commit(spool, 100);
            assertThat(gone).hasSize(1);
            assertThat(quotas.held(other, "a@x.test")).containsExactly(0, 0);
            inForce = List.of(QUOTA);
            assertThat(quotas.follow(rules())).isTrue();
            commit(spool, 100);
            assertThat(quotas.held(other, "a@x.test")).as("one that is there").containsExactly(1, 100);
        }
    }

    private static QueuedMessage message() {
        Mailbox to = Mailbox.parse("b@y.test");
        Reception client = new Reception("smtp", 25, "192.0.2.1", "c.test", "", 0);
        Envelope envelope = new Envelope(ReversePath.of("a@x.test"), List.of(to), BodyType.SEVEN_BIT, false, client);
        Instant now = Instant.EPOCH;
        RecipientState state = new RecipientState(to, RecipientStatus.SCHEDULED, 0, 0, now, now, now, Optional.empty());
        return new QueuedMessage(new QueueId(1), now, envelope, MessageBody.of(new byte[10]), List.of(state));
    }

    /** A spool of one message, where a test says what happens between reading it and telling of it. */
    private static final class Shelf implements Spool {
        private final QueuedMessage message;
        private final CompletableFuture<Void> written = new CompletableFuture<>();
        private Happening read = () -> {};

        Shelf(QueuedMessage message) {
            this.message = message;
        }

        @Override
        public Draft begin() throws IOException {
            throw new IOException("nothing is taken");
        }

        @Override
        public CompletableFuture<Void> apply(List<Change> changes) {
            return written;
        }

        @Override
        public Optional<QueuedMessage> read(QueueId id) {
            return Optional.of(message);
        }

        @Override
        public void scan(Predicate<QueuedMessage> taker) throws IOException {
            read.happens();
            boolean _ = taker.test(message);
        }

        @Override
        public boolean quarantine(QueueId id, IOException reason) {
            return true;
        }

        @Override
        public void close() {}
    }

    /** What a test does meanwhile. */
    private interface Happening {
        void happens() throws IOException;
    }
}
