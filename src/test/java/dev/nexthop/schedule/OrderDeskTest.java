package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.expr.Conditional;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.schedule.OrderScope.Part;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Standing orders of an operator: who obeys them, and what happens when they end. */
class OrderDeskTest {
    private static final String FROM = "sender@a.test";

    private final World world = World.started();

    private QueueControl desk() {
        return world.scheduler().control();
    }

    private OrderControl orders() {
        return desk().orders();
    }

    private Order.Terms terms(Duration time) {
        return new Order.Terms(
                "they defer everything",
                "ann",
                world.now(),
                Optional.of(world.now().plus(time)));
    }

    private Order.Terms forGood() {
        return new Order.Terms("they defer everything", "ann", world.now(), Optional.empty());
    }

    private static OrderScope scope(Part part, String value) {
        return new OrderScope(Map.of(part, value));
    }

    private RecipientState only(QueueId id) throws IOException {
        return desk().show(id).orElseThrow().recipients().getFirst();
    }

    private String remark(QueueId id, int recipient) throws IOException {
        QueueControl.Remark remark =
                desk().remarks(desk().show(id).orElseThrow()).get(recipient);
        return remark == null ? "none" : remark.status() + ": " + remark.text();
    }

    @Test
    void whoIsSuspendedIsNotTriedAndItCountsAsNoAttempt() throws IOException {
        orders().suspend(scope(Part.DOMAIN, "B.test"), terms(Duration.ofHours(1)));
        QueueId id = world.submit(FROM, "bob@b.test", "amy@c.test");
        world.settle();
        assertThat(world.story()).containsExactly("amy@c.test delivered");
        assertThat(only(id).attempts()).isZero();
        assertThat(only(id).status()).isEqualTo(RecipientStatus.SCHEDULED);
        assertThat(remark(id, 0))
                .isEqualTo("suspended: suspended by order 1: they defer everything; until "
                        + World.START.plus(Duration.ofHours(1)) + ", by ann");
        world.advance(Duration.ofMinutes(59));
        assertThat(world.jobs).hasSize(1);
        assertThat(world.spool.reads).as("who is suspended is left on the disk").isLessThan(10);
        world.advance(Duration.ofMinutes(2));
        assertThat(world.story()).containsExactly("amy@c.test delivered", "bob@b.test delivered");
        assertThat(world.spool.durable).isEmpty();
        assertThat(orders().all()).isEmpty();
    }

    @Test
    void mailThatWaitsForItsTimeIsSuspendedTooAndGoesOnWhenTheOrderIsEnded() throws IOException {
        world.hosts = facts -> World.deferred("later");
        QueueId id = world.submit(FROM, "bob@b.test");
        world.settle();
        Order order = orders().suspend(scope(Part.SENDER, "Sender@A.test"), forGood());
        world.advance(Duration.ofHours(10));
        assertThat(only(id).attempts()).isEqualTo(1);
        assertThat(remark(id, 0)).contains("suspended by order 1").contains("until it is ended");
        world.hosts = facts -> World.delivered();
        assertThat(orders().end(one -> one.number() == order.number(), "bob")).containsExactly(order);
        world.settle();
        assertThat(world.story()).containsExactly("bob@b.test deferred", "bob@b.test delivered");
    }

    @Test
    void ticketsThatWaitInLineObeyWhenTheirTurnComes() throws IOException {
        world.perDestination = 1;
        world.reload();
        world.hosts = facts -> {
            if (world.jobs.size() == 1) {
                give(scope(Part.DOMAIN, "b.test"));
            }
            return World.delivered();
        };
        world.submit(FROM, "one@b.test");
        world.submit(FROM, "two@b.test");
        world.submit(FROM, "three@b.test");
        world.settle();
        assertThat(world.story()).hasSize(1);
        orders().end(_ -> true, "ann");
        world.settle();
        assertThat(world.story()).hasSize(3);
        assertThat(world.spool.durable).isEmpty();
    }

    private void give(OrderScope scope) {
        try {
            orders().suspend(scope, forGood());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whateverTheMomentNothingIsLeftBehindWhenAnOrderEnds() throws IOException {
        for (long seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            World busy = new World(seed);
            busy.hosts = facts -> {
                busy.pause();
                return World.delivered();
            };
            busy.boot();
            busy.settle();
            OrderControl orders = busy.scheduler().control().orders();
            Order.Terms terms = new Order.Terms("why", "ann", busy.now(), Optional.empty());
            for (int i = 0; i < 30; i++) {
                busy.submit(FROM, "u" + i + "@b.test", "u" + i + "@relay.test");
                for (int step = random.nextInt(12); step > 0; step--) {
                    busy.fibers.step();
                }
                if (random.nextInt(3) == 0) {
                    orders.suspend(
                            random.nextBoolean() ? scope(Part.DOMAIN, "b.test") : scope(Part.HOP, "relay"), terms);
                }
                if (random.nextInt(4) == 0) {
                    orders.end(_ -> true, "ann");
                }
            }
            orders.end(_ -> true, "ann");
            busy.advance(Duration.ofSeconds(1));
            assertThat(busy.spool.durable).as("seed %s", seed).isEmpty();
            assertThat(busy.log).as("seed %s", seed).hasSize(60);
        }
    }

    @Test
    void aHopIsSuspendedWhoeverGoesThere() throws IOException {
        orders().suspend(scope(Part.HOP, "relay"), forGood());
        QueueId id = world.submit(FROM, "amy@relay.test", "bob@b.test");
        world.submit(FROM, "bob@b.test");
        world.settle();
        assertThat(world.story()).containsExactlyInAnyOrder("bob@b.test delivered", "bob@b.test delivered");
        assertThat(remark(id, 0)).contains("suspended by order 1");
        assertThat(remark(id, 1)).isEqualTo("none");
        orders().end(_ -> true, "ann");
        world.settle();
        assertThat(world.story()).hasSize(3).endsWith("amy@relay.test delivered");
    }

    @Test
    void ordersAndWhatTheyKeepBackOutliveAKill() throws IOException {
        orders().suspend(scope(Part.DOMAIN, "b.test"), terms(Duration.ofHours(2)));
        Order second = orders().suspend(scope(Part.DOMAIN, "c.test"), forGood());
        orders().end(order -> order.equals(second), "ann");
        QueueId id = world.submit(FROM, "bob@b.test");
        world.settle();
        world.crash();
        world.settle();
        assertThat(orders().all()).extracting(Order::number).containsExactly(1L);
        assertThat(world.jobs).isEmpty();
        assertThat(remark(id, 0)).contains("suspended by order 1");
        Order third = orders().suspend(scope(Part.DOMAIN, "d.test"), forGood());
        assertThat(third.number()).as("numbers are never given twice").isEqualTo(3);
        world.advance(Duration.ofHours(2));
        assertThat(world.story()).containsExactly("bob@b.test delivered");
    }

    @Test
    void anOrderThatEndedWhileNobodyRanIsNotObeyed() throws IOException {
        orders().suspend(scope(Part.DOMAIN, "b.test"), terms(Duration.ofHours(1)));
        world.submit(FROM, "bob@b.test");
        world.settle();
        world.spool.brokenWrites = false;
        world.advance(Duration.ofMinutes(30));
        world.crash();
        world.advance(Duration.ofMinutes(31));
        assertThat(world.story()).containsExactly("bob@b.test delivered");
    }

    @Test
    void theTimeInTheQueueGoesOnAndItsEndSaysWhy() throws IOException {
        world.hosts = facts -> World.deferred("later");
        world.submit(FROM, "bob@b.test");
        world.settle();
        orders().suspend(scope(Part.DOMAIN, "b.test"), forGood());
        world.advance(Duration.ofDays(4));
        assertThat(world.notifications())
                .as("the sender hears of the delay as ever")
                .hasSize(2);
        assertThat(world.jobs.stream()
                        .filter(job -> job.recipients()
                                .getFirst()
                                .recipient()
                                .toString()
                                .equals("bob@b.test")))
                .hasSize(1);
        assertThat(world.spool.reads).as("nothing looks again and again").isLessThan(100);
        world.advance(Duration.ofDays(2));
        assertThat(world.notifications().getLast())
                .contains("suspended by order 1: they defer everything")
                .contains("Action: failed");
    }

    @Test
    void mailIsReRoutedWhateverTheRulesSay() throws IOException {
        world.hosts = facts -> World.deferred("later");
        orders().reroute(scope(Part.DOMAIN, "b.test"), "relay", terms(Duration.ofHours(1)));
        QueueId id = world.submit(FROM, "bob@b.test", "amy@c.test");
        world.settle();
        assertThat(world.jobs).extracting(job -> job.hop().id()).containsExactlyInAnyOrder("relay", "mx");
        assertThat(only(id).last().orElseThrow().route().reason())
                .startsWith("re-routed by order 1: they defer everything; until ")
                .contains("without the order: mx, for rule 5");
        world.advance(Duration.ofHours(4));
        assertThat(world.jobs.getLast().hop().id()).isEqualTo("mx");
        orders().reroute(scope(Part.DOMAIN, "rejected.test"), "mx", forGood());
        orders().reroute(scope(Part.DOMAIN, "rejected.test"), "local", forGood());
        world.jobs.clear();
        world.submit(FROM, "bob@rejected.test");
        world.settle();
        assertThat(world.jobs)
                .as("the newest counts")
                .extracting(job -> job.hop().id())
                .containsExactly("local");
    }

    @Test
    void aSuspendedHopIsTheOneThatMailIsReRoutedTo() throws IOException {
        orders().reroute(scope(Part.DOMAIN, "relay.test"), "mx", forGood());
        orders().suspend(scope(Part.HOP, "relay"), forGood());
        world.submit(FROM, "amy@relay.test");
        world.settle();
        assertThat(world.story()).containsExactly("amy@relay.test delivered");
        orders().reroute(scope(Part.DOMAIN, "b.test"), "relay", forGood());
        world.submit(FROM, "bob@b.test");
        world.settle();
        assertThat(world.story()).hasSize(1);
    }

    @Test
    void aHopThatIsGoneDefersWithAnAlarm() throws IOException {
        orders().reroute(scope(Part.DOMAIN, "b.test"), "relay", forGood());
        world.relays = List.of();
        world.rules = world.rules.subList(4, 5);
        world.reload();
        QueueId id = world.submit(FROM, "bob@b.test");
        world.settle();
        assertThat(world.jobs).extracting(job -> job.hop().kind()).containsExactly("defer");
        assertThat(only(id).status()).isEqualTo(RecipientStatus.DEFERRED);
        assertThat(world.alarms)
                .anySatisfy(alarm -> assertThat(alarm)
                        .contains("re-routed by order 1")
                        .contains("names the hop 'relay', which is not defined"));
    }

    @Test
    void ordersThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> orders().reroute(scope(Part.DOMAIN, "b.test"), "lots", forGood()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the order names the hop 'lots', which is not defined; defined: relay, local");
        assertThatThrownBy(() -> orders().reroute(scope(Part.DOMAIN, "b.test"), "discard", forGood()))
                .hasMessageContaining("a hop is mx, local or the id of a remote");
        assertThatThrownBy(() -> orders().suspend(scope(Part.HOP, "lots"), forGood()))
                .hasMessageContaining("not defined");
        assertThatThrownBy(() -> new Order.Terms(" ", "ann", World.START, Optional.empty()))
                .hasMessageContaining("say why");
        assertThatThrownBy(() -> new Order.Terms("a\nb", "ann", World.START, Optional.empty()))
                .hasMessageContaining("one line");
        assertThatThrownBy(() -> scope(Part.DOMAIN, "a@b.test")).hasMessageContaining("one whole domain");
        assertThatThrownBy(() -> scope(Part.SENDER, "b.test")).hasMessageContaining("sender-domain");
        assertThatThrownBy(() -> scope(Part.ID, "7")).hasMessageContaining("thirteen");
        Instant past = World.START.minusSeconds(1);
        assertThatThrownBy(() ->
                        orders().suspend(OrderScope.ALL, new Order.Terms("why", "ann", World.START, Optional.of(past))))
                .hasMessageContaining("which is over");
        assertThat(orders().all()).isEmpty();
    }

    @Test
    void aHoldSaysWhyAndEndsAtItsTime() throws IOException {
        world.hosts = facts -> World.deferred("later");
        QueueId id = world.submit(FROM, "bob@b.test", "amy@c.test");
        QueueId other = world.submit(FROM, "bob@b.test");
        world.settle();
        QueueFilter bob = new QueueFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.of("bob@b.test"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThat(desk().hold(bob, Optional.of(terms(Duration.ofHours(3)))).recipients())
                .isEqualTo(2);
        assertThat(remark(id, 0))
                .isEqualTo("held: held since " + World.START + " by ann: they defer everything; until "
                        + World.START.plus(Duration.ofHours(3)));
        assertThat(remark(id, 1)).isEqualTo("none");
        assertThat(desk().release(QueueFilter.of(other)).recipients()).isEqualTo(1);
        assertThat(desk().hold(QueueFilter.of(other)).recipients()).isEqualTo(1);
        assertThat(remark(other, 0))
                .as("what was said of an older hold is forgotten")
                .isEqualTo("none");
        world.crash();
        world.settle();
        assertThat(remark(id, 0)).startsWith("held: held since");
        world.advance(Duration.ofHours(3).plusSeconds(5));
        assertThat(only(id).status()).isEqualTo(RecipientStatus.DEFERRED);
        assertThat(only(id).attempts()).isEqualTo(2);
        assertThat(only(other).status()).as("nobody said until when").isEqualTo(RecipientStatus.HELD);
        assertThat(world.desk.scan(DeskRecords.HOLDS, new byte[0], 10)).isEmpty();
    }

    /** Whatever the order of events: what a recipient came to is told and kept, though an order stops the other one just then. */
    @Test
    void aFailureIsToldThoughAnOrderStopsTheOtherRecipient() throws IOException {
        for (long seed = 1; seed <= 20; seed++) {
            World busy = new World(seed);
            busy.spool.immediate = true;
            busy.boot();
            busy.settle();
            OrderControl orders = busy.scheduler().control().orders();
            Order.Terms terms = new Order.Terms("why", "ann", busy.now(), Optional.empty());
            busy.hosts = facts -> {
                boolean bad = facts.recipient().toString().equals("bad@c.test");
                try {
                    orders.suspend(scope(Part.DOMAIN, bad ? "b.test" : "x.test"), terms);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                return bad ? World.failed("no") : World.delivered();
            };
            busy.submit(
                    FROM,
                    seed % 2 == 0
                            ? new String[] {"bad@c.test", "bob@b.test"}
                            : new String[] {"bob@b.test", "bad@c.test"});
            busy.settle();
            assertThat(busy.notifications())
                    .as("seed " + seed)
                    .singleElement()
                    .asString()
                    .contains("bad@c.test");
            orders.end(_ -> true, "ann");
            busy.settle();
            assertThat(busy.spool.durable).as("seed " + seed).isEmpty();
            assertThat(busy.story()).as("seed " + seed).contains("bad@c.test failed", "bob@b.test delivered");
        }
    }

    /** Its time is over when it is over, though another recipient of the message stands in a line. */
    @Test
    void whoIsStoppedByAnOrderExpiresThoughAnotherRecipientStandsInLine() {
        world.perDestination = 1;
        world.expire = Conditional.constant(Duration.ofMinutes(10));
        world.reload();
        List<Runnable> first = new ArrayList<>();
        List<Runnable> second = new ArrayList<>();
        world.hosts = facts -> {
            switch (facts.recipient().toString()) {
                case "y@b.test" -> world.fibers.block(first);
                case "z@full.test" -> world.fibers.block(second);
                default -> {}
            }
            return World.delivered();
        };
        world.submit("y@a.test", "y@b.test");
        world.submit("z@a.test", "z@full.test");
        world.settle();
        world.submit(FROM, "bob@b.test", "amy@full.test");
        world.settle();
        give(scope(Part.DOMAIN, "b.test"));
        first.forEach(Runnable::run);
        world.settle();
        world.advance(Duration.ofMinutes(11));
        assertThat(world.notifications()).singleElement().asString().contains("bob@b.test");
        second.forEach(Runnable::run);
    }
}
