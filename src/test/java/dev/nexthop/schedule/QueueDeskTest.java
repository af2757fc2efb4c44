package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.expr.Conditional;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Step;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an operator does to the queue. */
class QueueDeskTest {
    private static final String FROM = "sender@a.test";

    private final World world = World.started();
    private final List<Runnable> gates = new ArrayList<>();

    private static QueueFilter filter(String sender, String recipient, String domain, String hop) {
        return new QueueFilter(
                Optional.empty(),
                some(sender),
                some(recipient),
                some(domain),
                some(hop),
                Optional.empty(),
                Optional.empty());
    }

    private static Optional<String> some(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private QueueControl desk() {
        return world.scheduler().control();
    }

    private List<RecipientStatus> statuses(QueueId id) throws IOException {
        return desk().show(id).orElseThrow().recipients().stream()
                .map(RecipientState::status)
                .toList();
    }

    @Test
    void filtersNameWhatIsMeant() throws IOException {
        world.hosts = facts -> World.deferred("later");
        QueueId first = world.submit(FROM, "bob@b.test", "amy@relay.test");
        world.settle();
        world.advance(Duration.ofMinutes(1));
        QueueId second = world.submit("Other@a.test", "BOB@b.test");
        world.settle();
        assertThat(ids(QueueFilter.ALL)).containsExactly(first, second);
        assertThat(ids(filter("other@A.test", "", "", ""))).containsExactly(second);
        assertThat(ids(filter("", "bob@b.test", "", ""))).containsExactly(first, second);
        assertThat(ids(filter("", "", "relay.test", ""))).containsExactly(first);
        assertThat(ids(filter("", "", "", "relay"))).containsExactly(first);
        assertThat(ids(QueueFilter.of(second))).containsExactly(second);
        Instant border = World.START.plusSeconds(30);
        assertThat(ids(new QueueFilter(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(border),
                        Optional.empty())))
                .containsExactly(first);
        assertThat(desk().list(QueueFilter.ALL, 1).messages()).hasSize(1);
        assertThat(desk().list(QueueFilter.ALL, 1).next()).contains(second);
        assertThat(desk().list(QueueFilter.ALL, 2).next()).isEmpty();
        assertThat(desk().list(filter("", "", "relay.test", ""), 1).next()).isEmpty();
    }

    @Test
    void aListEndsWithItsRecipients() throws IOException {
        String[] many = new String[QueueControl.MAX_LISTED_RECIPIENTS];
        Arrays.setAll(many, i -> "u" + i + "@b.test");
        QueueId first = world.submit(FROM, many);
        QueueId next = world.submit(FROM, "bob@b.test");
        QueueControl.Listing list = desk().list(QueueFilter.ALL, 10);
        assertThat(list.messages()).extracting(QueuedMessage::id).containsExactly(first);
        assertThat(list.next()).contains(next);
    }

    private List<QueueId> ids(QueueFilter filter) throws IOException {
        return desk().list(filter, 10).messages().stream()
                .map(QueuedMessage::id)
                .toList();
    }

    @Test
    void aRetryIsAtOnce() throws IOException {
        world.hosts = facts -> World.deferred("later");
        world.submit(FROM, "bob@b.test", "amy@c.test");
        world.settle();
        world.hosts = facts -> World.delivered();
        assertThat(desk().retry(filter("", "bob@b.test", "", "")).recipients()).isEqualTo(1);
        world.settle();
        assertThat(world.story()).hasSize(3).endsWith("bob@b.test delivered");
        world.advance(Duration.ofMinutes(2));
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void aRetryForgetsThatAHopWasDown() throws IOException {
        world.hosts = facts -> World.deferred("no answer");
        world.verdicts = job -> World.unreachable();
        for (int i = 0; i < 8; i++) {
            world.submit(FROM, "r" + i + "@relay.test");
            world.settle();
        }
        world.hosts = facts -> World.delivered();
        world.verdicts = job -> new HopVerdict.Healthy();
        assertThat(desk().retry(filter("", "", "", "relay")).recipients()).isEqualTo(8);
        world.settle();
        assertThat(world.spool.durable).isEmpty();
    }

    /** A desk of its own, whose clock is asked just when a ticket begins a long wait and drops the message from memory. */
    @Test
    void aMessageThatIsDroppedFromMemoryMeanwhileIsReadAgain() throws IOException {
        world.hosts = facts -> World.deferred("later");
        QueueId id = world.submit(FROM, "bob@b.test");
        world.settle();
        DueIndex index = new DueIndex();
        LiveTable table = new LiveTable(index, new MarkIndex(), () -> {});
        Live waiting = table.pin(id);
        InstantSource clock = () -> {
            table.relax(waiting);
            return world.now();
        };
        Machinery machinery = new Machinery(clock, (when, task) -> {}, Runnable::run, Runnable::run, Runnable::run);
        SchedulerParts parts = world.parts();
        Feeder feeder = new Feeder(parts, machinery, index, table, new Feeder.Takers() {
            @Override
            public void due(Live live) {}

            @Override
            public void loaded(Ticket ticket) {}

            @Override
            public void lost(Ticket ticket) {}
        });
        Teller teller = new Teller(parts, clock);
        Recorder recorder = new Recorder(parts, machinery, table, teller, new InFlight());
        Deeds deeds = new Deeds(parts, machinery, table, feeder, recorder);
        QueueDesk desk = new QueueDesk(
                parts,
                table,
                new Admission(machinery, new Admission.Effects() {
                    @Override
                    public void started(List<Ticket> tickets) {}

                    @Override
                    public void called(long[] ids) {}
                }),
                deeds,
                new QueueDesk.Standing(new OrderDesk(parts, machinery, table), new HoldEnds(parts, machinery, deeds)));
        assertThat(desk.hold(QueueFilter.ALL).recipients()).isEqualTo(1);
        assertThat(statuses(id)).containsExactly(RecipientStatus.HELD);
    }

    /** Forty thousand may stand in lines, each with hundreds of other recipients: nobody keeps in memory what an operator looked at. */
    @Test
    void whatIsReadOfWhoStandsInLineIsDroppedAgain() throws IOException {
        world.heldBytes = 0;
        world.perDestination = 1;
        world.reload();
        world.hosts = facts -> {
            world.fibers.block(gates);
            return World.delivered();
        };
        QueueId last = new QueueId(0);
        for (int i = 0; i < 10; i++) {
            last = world.submit(FROM, "r" + i + "@b.test");
            world.settle();
        }
        QueueFilter other = new QueueFilter(
                Optional.of(last),
                Optional.empty(),
                some("nobody@b.test"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        for (int i = 0; i < 3; i++) {
            int reads = world.spool.reads;
            assertThat(desk().retry(QueueFilter.ALL).recipients()).isEqualTo(9);
            assertThat(desk().retry(other).recipients()).isZero();
            assertThat(world.spool.reads - reads).isEqualTo(10);
        }
        while (!world.spool.durable.isEmpty()) {
            List<Runnable> now = List.copyOf(gates);
            gates.clear();
            now.forEach(Runnable::run);
            world.settle();
        }
        assertThat(world.log).hasSize(10);
    }

    @Test
    void aHeldRecipientIsNotTriedUntilReleased() throws IOException {
        world.hosts = facts -> World.deferred("later");
        QueueId id = world.submit(FROM, "bob@b.test", "amy@c.test");
        world.settle();
        world.hosts = QueueDeskTest::deliverAllButBob;
        assertThat(desk().hold(filter("", "bob@b.test", "", "")).recipients()).isEqualTo(1);
        assertThat(desk().hold(filter("", "bob@b.test", "", "")).recipients()).isZero();
        world.advance(Duration.ofDays(30));
        assertThat(statuses(id)).containsExactly(RecipientStatus.HELD, RecipientStatus.DELIVERED);
        world.hosts = facts -> World.delivered();
        assertThat(desk().release(QueueFilter.ALL).recipients()).isEqualTo(1);
        world.settle();
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.notifications()).isEmpty();
    }

    private static Outcome deliverAllButBob(RecipientFacts facts) {
        assertThat(facts.recipient()).asString().isNotEqualTo("bob@b.test");
        return World.delivered();
    }

    @Test
    void aHoldSurvivesARestart() throws IOException {
        world.hosts = facts -> World.deferred("later");
        QueueId id = world.submit(FROM, "bob@b.test");
        world.settle();
        assertThat(desk().hold(QueueFilter.ALL).recipients()).isEqualTo(1);
        world.crash();
        world.advance(Duration.ofDays(9));
        assertThat(statuses(id)).containsExactly(RecipientStatus.HELD);
        assertThat(world.jobs).hasSize(1);
    }

    @Test
    void aCancelledRecipientIsGoneWithoutABounceButWithALine() throws IOException {
        world.hosts = facts -> World.deferred("later");
        world.submit(FROM, "bob@b.test", "amy@c.test");
        world.settle();
        assertThat(desk().cancel(filter("", "", "b.test", "")).recipients()).isEqualTo(1);
        assertThat(world.story()).last().isEqualTo("bob@b.test failed");
        assertThat(world.log.getLast().outcome().diagnosis().reason())
                .isEqualTo("taken out of the queue by an operator");
        assertThat(desk().cancel(QueueFilter.ALL).recipients()).isEqualTo(1);
        world.settle();
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.notifications()).isEmpty();
        assertThat(world.scheduler().load()).isEqualTo(new Scheduler.Load(0, 0, 0));
    }

    @Test
    void whatIsBeingDeliveredIsLeftAloneAndWhatStandsInLineIsNot() throws IOException {
        world.hosts = facts -> {
            world.fibers.block(gates);
            return World.delivered();
        };
        for (int i = 0; i < 5; i++) {
            world.submit(FROM, "r" + i + "@b.test");
        }
        world.settle();
        assertThat(desk().cancel(QueueFilter.ALL).recipients()).isEqualTo(2);
        gates.forEach(Runnable::run);
        world.settle();
        assertThat(world.story().stream().filter(line -> line.endsWith("delivered")))
                .hasSize(3);
        assertThat(world.jobs).hasSize(3);
        assertThat(world.spool.durable).isEmpty();
    }

    /** RFC 8461 §5: whom the old policy kept back is not kept waiting by the new one. */
    @Test
    void aNewPolicyMakesThoseDueWhoWaitForIt() throws IOException {
        world.hosts =
                facts -> facts.recipient().toString().startsWith("other") ? World.deferred("later") : unfulfilled();
        QueueId id = world.submit(FROM, "bob@b.test", "other@b.test", "amy@c.test");
        world.settle();
        world.hosts = facts -> World.delivered();
        world.scheduler().policyChanged(new Domain("b.test"));
        world.settle();
        assertThat(statuses(id))
                .containsExactly(RecipientStatus.DELIVERED, RecipientStatus.DEFERRED, RecipientStatus.DEFERRED);
    }

    /** A domain may have another policy as often as it likes; each look reads the whole spool. */
    @Test
    void policiesThatChangeOftenAreOneLookThroughTheQueue() throws IOException {
        world.hosts = facts -> unfulfilled();
        QueueId id = world.submit(FROM, "bob@b.test", "amy@c.test");
        world.settle();
        world.hosts = facts -> World.delivered();
        int before = world.spool.scans;
        for (int i = 0; i < 100; i++) {
            world.scheduler().policyChanged(new Domain(i % 2 == 0 ? "b.test" : "d.test"));
        }
        world.settle();
        assertThat(world.spool.scans).isEqualTo(before + 1);
        assertThat(statuses(id)).containsExactly(RecipientStatus.DELIVERED, RecipientStatus.DEFERRED);
        world.scheduler().policyChanged(new Domain("c.test"));
        world.settle();
        assertThat(world.spool.scans).isEqualTo(before + 1);
        world.advance(Duration.ofSeconds(10));
        assertThat(world.spool.scans).isEqualTo(before + 2);
        assertThat(world.spool.durable).isEmpty();
        world.advance(Duration.ofMinutes(1));
        assertThat(world.spool.scans).isEqualTo(before + 2);
    }

    /** RFC 8461 §3.4: the policy of a relay is that of its own name, whoever the recipients are. */
    @Test
    void aNewPolicyOfARelayMakesThoseDueWhoWaitForIt() throws IOException {
        world.hosts = facts -> new Outcome.Deferred(new Diagnosis(
                new EnhancedStatus(4, 7, 5),
                ErrorKind.MTA_STS,
                "the policy does not name the host",
                Optional.empty(),
                "relay.test",
                "",
                Step.TLS));
        QueueId id = world.submit(FROM, "bob@b.test", "amy@c.test");
        world.settle();
        world.hosts = facts -> World.delivered();
        world.scheduler().policyChanged(new Domain("other.test"));
        world.settle();
        assertThat(statuses(id)).containsExactly(RecipientStatus.DEFERRED, RecipientStatus.DEFERRED);
        world.advance(Duration.ofSeconds(10));
        world.scheduler().policyChanged(new Domain("relay.test"));
        world.settle();
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void aNewPolicyForgetsThatTheHostsOfItsDomainWereNotUsed() throws IOException {
        world.hosts = facts -> unfulfilled();
        world.verdicts = job -> World.unreachable();
        for (int i = 0; i < 8; i++) {
            world.submit(FROM, "r" + i + "@b.test");
            world.settle();
        }
        int before = world.jobs.size();
        world.hosts = facts -> unfulfilled();
        world.scheduler().policyChanged(new Domain("b.test"));
        world.settle();
        // Five of a kind before the others are put off; without forgiveness it is one.
        assertThat(world.jobs.size() - before).isGreaterThanOrEqualTo(Destination.PATIENCE);
    }

    /** What a look could not finish is not forgotten, also when another domain has another policy meanwhile. */
    @Test
    void aLookForANewPolicyThatFailsIsMadeAgain() throws IOException {
        world.hosts = facts -> unfulfilled();
        world.retry = Conditional.constant(List.of(Duration.ofHours(1)));
        world.reload();
        QueueId id = world.submit(FROM, "bob@b.test", "amy@c.test");
        world.settle();
        world.hosts = facts -> World.delivered();
        world.spool.scanning = () -> {
            throw new UncheckedIOException(new IOException("I/O error"));
        };
        world.scheduler().policyChanged(new Domain("b.test"));
        world.settle();
        world.scheduler().policyChanged(new Domain("c.test"));
        world.spool.scanning = () -> {};
        world.advance(Errand.AFTER_FAILURE.minusSeconds(1));
        assertThat(statuses(id)).containsExactly(RecipientStatus.DEFERRED, RecipientStatus.DEFERRED);
        world.advance(Duration.ofSeconds(1));
        assertThat(world.spool.durable).isEmpty();
    }

    private static Outcome unfulfilled() {
        return new Outcome.Deferred(Diagnosis.local(
                new EnhancedStatus(4, 7, 5), ErrorKind.MTA_STS, "the policy does not name the host", Step.TLS));
    }
}
