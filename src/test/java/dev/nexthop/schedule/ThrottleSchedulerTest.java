package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.expr.Conditional;
import dev.nexthop.limit.Claim;
import dev.nexthop.limit.Comer;
import dev.nexthop.limit.LimitKey;
import dev.nexthop.limit.Match;
import dev.nexthop.limit.Pass;
import dev.nexthop.limit.Rate;
import dev.nexthop.limit.Refusal;
import dev.nexthop.limit.ThrottleSettings;
import dev.nexthop.limit.Throttles;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Throttles as a postmaster watches them. */
class ThrottleSchedulerTest {
    private static final String FROM = "sender@a.test";

    static ThrottleSettings rate(String id, int count, Duration period, LimitKey... keys) {
        return new ThrottleSettings(
                id, List.of(keys), Match.ALL, Optional.of(new Rate(count, period)), OptionalInt.empty(), 0);
    }

    static ThrottleSettings concurrency(int most, LimitKey... keys) {
        return new ThrottleSettings("few", List.of(keys), Match.ALL, Optional.empty(), OptionalInt.of(most), 0);
    }

    static World with(ThrottleSettings... throttles) {
        World world = new World(1);
        world.spool.immediate = true;
        world.throttles = List.of(throttles);
        world.boot();
        world.settle();
        return world;
    }

    private static RecipientState only(World world) {
        return world.spool.durable.firstEntry().getValue().recipients().getFirst();
    }

    @Test
    void whoIsBeyondTheRateWaitsForItsOwnTimeAndThatIsNoAttempt() throws IOException {
        World world = with(rate("slow", 1, Duration.ofMinutes(1), LimitKey.RCPT_DOMAIN));
        world.submit(FROM, "1@b.test");
        world.submit(FROM, "2@b.test");
        world.submit(FROM, "other@c.test");
        world.settle();
        assertThat(world.jobs.stream()
                        .map(job -> job.recipients().getFirst().recipient().toString()))
                .containsExactlyInAnyOrder("1@b.test", "other@c.test");
        QueuedMessage waiting =
                world.scheduler().control().list(QueueFilter.ALL, 10).messages().getFirst();
        RecipientState state = waiting.recipients().getFirst();
        assertThat(state.attempts()).isZero();
        assertThat(state.status()).isEqualTo(RecipientStatus.DEFERRED);
        assertThat(state.due()).isEqualTo(World.START.plusSeconds(60));
        assertThat(state.last().orElseThrow().diagnosis().reason())
                .isEqualTo("rate limited by throttle 'slow' (1/1m for b.test), goes on at 2026-01-01T00:01:00Z");
        assertThat(state.last().orElseThrow().diagnosis().error()).isEqualTo(ErrorKind.RATE);
        assertThat(world.log.stream().filter(event -> event.outcome() instanceof Outcome.Deferred))
                .as("the log tells it once")
                .hasSize(1);
        world.advance(Duration.ofSeconds(59));
        assertThat(world.jobs).hasSize(2);
        world.advance(Duration.ofSeconds(2));
        assertThat(world.jobs).hasSize(3);
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void aThousandThatWaitComeOneByOneAndEachIsReadOnce() {
        World world = with(rate("slow", 1, Duration.ofSeconds(10), LimitKey.RCPT_DOMAIN));
        List<Instant> tried = new ArrayList<>();
        world.hosts = facts -> {
            tried.add(facts.now());
            return World.delivered();
        };
        for (int i = 0; i < 300; i++) {
            world.submit(FROM, i + "@b.test");
        }
        world.settle();
        List<Instant> dues = world.spool.durable.values().stream()
                .map(message -> message.recipients().getFirst().due())
                .toList();
        assertThat(new HashSet<>(dues)).as("each has a time of its own").hasSize(299);
        int reads = world.spool.reads;
        world.advance(Duration.ofMinutes(60));
        assertThat(tried).hasSize(300);
        for (int i = 1; i < tried.size(); i++) {
            assertThat(Duration.between(tried.get(i - 1), tried.get(i))).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
        }
        assertThat(Duration.between(tried.getFirst(), tried.getLast())).isLessThan(Duration.ofMinutes(51));
        assertThat(world.spool.reads - reads).isLessThan(330);
    }

    @Test
    void whoComesLaterDoesNotOvertakeThoseThatWait() {
        World world = with(rate("slow", 1, Duration.ofSeconds(10), LimitKey.RCPT_DOMAIN));
        List<String> tried = new ArrayList<>();
        world.hosts = facts -> {
            tried.add(facts.recipient().toString());
            return World.delivered();
        };
        for (int i = 0; i < 3; i++) {
            world.submit(FROM, i + "@b.test");
            world.settle();
        }
        world.advance(Duration.ofSeconds(10));
        world.submit(FROM, "late@b.test");
        world.advance(Duration.ofMinutes(2));
        assertThat(tried).containsExactly("0@b.test", "1@b.test", "2@b.test", "late@b.test");
    }

    @Test
    void recipientsOfOneTransactionThatAreNotThrottledGoOn() {
        World world = with(rate("slow", 1, Duration.ofMinutes(1), LimitKey.RCPT));
        world.submit(FROM, "x@b.test");
        world.settle();
        world.submit(FROM, "x@b.test", "y@b.test");
        world.settle();
        assertThat(world.story()).containsExactly("x@b.test delivered", "x@b.test deferred", "y@b.test delivered");
        world.advance(Duration.ofMinutes(2));
        assertThat(world.story()).endsWith("x@b.test delivered");
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void aTransactionCountsOnceForAKeyThatItsRecipientsShare() {
        World world = with(rate("slow", 2, Duration.ofHours(1), LimitKey.RCPT_DOMAIN));
        world.submit(FROM, "1@b.test", "2@b.test", "3@b.test");
        world.submit(FROM, "4@b.test");
        world.settle();
        assertThat(world.jobs).hasSize(2);
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void theEarlierFailureStaysInTheReasonAndTheRetryCounterGoesOnFromThere() {
        World world = with(rate("slow", 1, Duration.ofMinutes(3), LimitKey.RCPT_DOMAIN));
        world.hosts = facts -> facts.history().attempts() == 0 ? World.deferred("mailbox busy") : World.delivered();
        world.submit(FROM, "x@b.test");
        world.advance(Duration.ofSeconds(130)); // the retry after 2 minutes meets the throttle
        RecipientState state = only(world);
        assertThat(state.attempts()).isEqualTo(1);
        assertThat(state.last().orElseThrow().diagnosis().reason())
                .startsWith("rate limited by throttle 'slow' (1/3m for b.test), goes on at ")
                .endsWith("; before that: the host refused");
        world.advance(Duration.ofMinutes(2));
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void timeRunsOnForWhoIsThrottledAndTheEndIsABounceThatSaysWhy() {
        World world = with(rate("slow", 1, Duration.ofHours(1), LimitKey.RCPT_DOMAIN));
        world.submit(FROM, "1@b.test");
        world.settle();
        world.expire = Conditional.constant(Duration.ofMinutes(10));
        world.submit(FROM, "2@b.test");
        world.advance(Duration.ofMinutes(11));
        assertThat(world.notifications())
                .singleElement()
                .asString()
                .contains("2@b.test", "expired after 10 minutes in the queue", "rate limited by throttle 'slow'");
        assertThat(world.jobs.stream()
                        .filter(job -> job.recipients()
                                .getFirst()
                                .recipient()
                                .toString()
                                .equals("2@b.test")))
                .isEmpty();
    }

    @Test
    void neverMoreInFlightThanTheConcurrencyAndWhoWaitsGoesOnAtOnce() {
        World world = with(concurrency(2, LimitKey.SENDER_DOMAIN));
        world.perDestination = 20;
        world.attemptsAtOnce = 50;
        world.reload();
        List<Runnable> gates = new ArrayList<>();
        int[] running = {0, 0};
        world.hosts = facts -> {
            running[0]++;
            running[1] = Math.max(running[0], running[1]);
            world.fibers.block(gates);
            running[0]--;
            return World.delivered();
        };
        for (int i = 0; i < 10; i++) {
            world.submit(FROM, i + "@d" + i + ".test");
        }
        world.settle();
        assertThat(running[0]).isEqualTo(2);
        for (int i = 0; i < 10; i++) {
            gates.get(i).run();
            world.settle();
            assertThat(running[0]).as("without time passing").isEqualTo(Math.min(2, 9 - i));
        }
        assertThat(running[1]).isEqualTo(2);
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.scheduler().load()).isEqualTo(new Scheduler.Load(0, 0, 0));
    }

    @Test
    void aSlotComesBackWhenTheProgramFails() {
        World world = with(concurrency(1, LimitKey.SENDER));
        boolean[] broken = {true};
        world.hosts = facts -> {
            if (broken[0]) {
                throw new IllegalStateException("a bug");
            }
            return World.delivered();
        };
        for (int i = 0; i < 5; i++) {
            world.submit(FROM, i + "@d" + i + ".test");
        }
        world.settle();
        assertThat(world.jobs).as("each had its turn").hasSize(5);
        broken[0] = false;
        world.advance(Duration.ofMinutes(3));
        assertThat(world.spool.durable).isEmpty();
    }

    private static List<QueueId> threeOfWhomTheFirstIsUnderWay(World world, List<Runnable> gates) {
        world.hosts = facts -> {
            if (facts.recipient().toString().equals("0@d0.test")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        List<QueueId> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(world.submit(FROM, i + "@d" + i + ".test"));
            world.settle();
        }
        return ids;
    }

    @Test
    void whoWaitsForASlotAndIsCancelledHoldsUpNobody() throws IOException {
        World world = with(concurrency(1, LimitKey.SENDER));
        List<Runnable> gates = new ArrayList<>();
        List<QueueId> ids = threeOfWhomTheFirstIsUnderWay(world, gates);
        assertThat(world.scheduler().control().list(QueueFilter.ALL, 10).messages())
                .hasSize(3);
        world.later(() -> {
            try {
                world.scheduler().control().cancel(QueueFilter.of(ids.get(1)));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        world.settle();
        gates.forEach(Runnable::run);
        world.advance(Duration.ofSeconds(3));
        assertThat(world.story()).contains("0@d0.test delivered", "1@d1.test failed", "2@d2.test delivered");
    }

    /** He who was called is kept a slot for a second, whatever the clock says meanwhile. */
    @Test
    void aClockThatIsSetBackStrandsNobodyInTheLine() throws IOException {
        World world = with(concurrency(1, LimitKey.SENDER));
        List<Runnable> gates = new ArrayList<>();
        List<QueueId> ids = threeOfWhomTheFirstIsUnderWay(world, gates);
        world.later(() -> {
            try {
                world.scheduler().control().hold(QueueFilter.of(ids.get(1)));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        world.settle();
        gates.forEach(Runnable::run);
        world.settle();
        assertThat(world.story()).containsExactly("0@d0.test delivered");
        world.setClock(Duration.ofHours(-1));
        world.advance(Throttles.patience().multipliedBy(2));
        assertThat(world.story()).containsExactly("0@d0.test delivered", "2@d2.test delivered");
    }

    @Test
    void aReloadAsksThoseAgainThatWaitForAThrottleThatChanged() {
        World world = with(rate("slow", 1, Duration.ofHours(1), LimitKey.RCPT_DOMAIN));
        world.submit(FROM, "1@b.test");
        world.submit(FROM, "2@b.test");
        world.submit(FROM, "3@b.test");
        world.settle();
        world.reload();
        world.settle();
        assertThat(world.jobs).as("nothing changed").hasSize(1);
        world.throttles = List.of(rate("slow", 1, Duration.ofSeconds(1), LimitKey.RCPT_DOMAIN));
        world.reload();
        world.advance(Duration.ofSeconds(4));
        assertThat(world.jobs).hasSize(3);
        world.throttles = List.of();
        world.reload();
        world.submit(FROM, "4@b.test");
        world.submit(FROM, "5@b.test");
        world.settle();
        assertThat(world.jobs).hasSize(5);
    }

    @Test
    void twoThrottlesHoldTogether() {
        World world = with(
                rate("domain", 1, Duration.ofSeconds(10), LimitKey.RCPT_DOMAIN),
                rate("sender", 2, Duration.ofSeconds(60), LimitKey.SENDER));
        TreeMap<Instant, String> tried = new TreeMap<>();
        world.hosts = facts -> {
            tried.put(facts.now(), facts.recipient().toString());
            return World.delivered();
        };
        for (int i = 0; i < 6; i++) {
            world.submit(FROM, i + "@b.test");
        }
        world.advance(Duration.ofMinutes(10));
        assertThat(tried).hasSize(6);
        List<Instant> times = List.copyOf(tried.keySet());
        for (int i = 2; i < times.size(); i++) {
            assertThat(Duration.between(times.get(i - 2), times.get(i))).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
        }
    }

    @Test
    void whomNoHostTakesForItsThrottlesWaitsAndThatIsNoAttempt() {
        ThrottleSettings atHost = rate("host", 1, Duration.ofSeconds(30), LimitKey.MX);
        World world = with(atHost);
        Claim claim = new Claim(atHost, "mx.b.test");
        Throttles counts = world.counts();
        assertThat(counts.enter(List.of(claim), new Comer(Comer.NEW, false))).isInstanceOf(Throttles.Answer.Go.class);
        boolean[] open = {false};
        world.refusals =
                job -> open[0] ? Map.of() : Map.of(0, new Refusal.Later(claim, World.START.plusSeconds(1), false));
        world.submit(FROM, "1@b.test", "2@b.test");
        world.settle();
        assertThat(world.story()).containsExactlyInAnyOrder("1@b.test deferred", "2@b.test delivered");
        assertThat(only(world).attempts()).isZero();
        assertThat(only(world).due()).as("the time that is kept for it").isEqualTo(World.START.plusSeconds(30));
        open[0] = true;
        world.advance(Duration.ofSeconds(31));
        assertThat(world.story()).endsWith("1@b.test delivered");
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void whoWaitsForAConnectionGoesOnWhenThereIsOne() {
        ThrottleSettings atHost = concurrency(1, LimitKey.MX);
        World world = with(atHost);
        Claim claim = new Claim(atHost, "mx.b.test");
        Pass pass = ((Throttles.Answer.Go) world.counts().enter(List.of(claim), new Comer(Comer.NEW, false))).pass();
        boolean[] open = {false};
        world.refusals = job -> open[0] ? Map.of() : Map.of(0, new Refusal.Busy(claim));
        world.submit(FROM, "1@b.test");
        world.settle();
        world.advance(Duration.ofHours(1));
        assertThat(world.jobs).as("it does not poll").hasSize(1);
        open[0] = true;
        pass.close();
        world.settle();
        assertThat(world.story()).containsExactly("1@b.test delivered");
        assertThat(world.spool.durable).isEmpty();
    }

    /** The line of a throttle first, then that of a destination which is full meanwhile. */
    @Test
    void whoComesFromTheLineOfAThrottleWaitsInThatOfItsDestination() {
        World world = with(concurrency(1, LimitKey.SENDER));
        world.perDestination = 1;
        world.reload();
        List<Runnable> gates = new ArrayList<>();
        List<Runnable> full = new ArrayList<>();
        world.hosts = facts -> {
            switch (facts.recipient().toString()) {
                case "x@c.test" -> world.fibers.block(gates);
                case "n@b.test" -> world.fibers.block(full);
                default -> {}
            }
            return World.delivered();
        };
        world.submit(FROM, "x@c.test");
        world.settle();
        world.submit(FROM, "m@b.test");
        world.settle();
        world.submit("other@a.test", "n@b.test");
        world.settle();
        gates.forEach(Runnable::run);
        world.settle();
        assertThat(world.story()).containsExactly("x@c.test delivered");
        full.forEach(Runnable::run);
        world.settle();
        assertThat(world.story()).containsExactly("x@c.test delivered", "n@b.test delivered", "m@b.test delivered");
        assertThat(world.scheduler().load()).isEqualTo(new Scheduler.Load(0, 0, 0));
    }

    /** A time that hardly moves is not written; it counts all the same while another recipient of the message waits in line. */
    @Test
    void aTimeThatHardlyMovesIsKeptWhileAnotherRecipientStandsInLine() {
        World world = with(rate("slow", 1, Duration.ofHours(1), LimitKey.RCPT_DOMAIN));
        world.perDestination = 1;
        world.reload();
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            if (facts.recipient().toString().equals("x@full.test")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        world.submit(FROM, "x@full.test");
        world.submit(FROM, "x@rate.test");
        world.settle();
        world.submit(FROM, "1@rate.test", "1@full.test");
        world.submit(FROM, "2@rate.test", "2@full.test");
        world.settle();
        assertThat(world.jobs).hasSize(2);
        world.throttles = List.of(rate("slow", 1, Duration.ofSeconds(1), LimitKey.RCPT_DOMAIN));
        world.reload();
        world.advance(Duration.ofSeconds(10));
        assertThat(world.story())
                .contains("1@rate.test delivered", "2@rate.test delivered")
                .doesNotContain("1@full.test delivered", "2@full.test delivered");
        gates.forEach(Runnable::run);
        world.advance(Duration.ofSeconds(10));
        assertThat(world.spool.durable).isEmpty();
    }

    /** Whatever the order of events: a failure is told when the other recipient begins to wait for a slot of a throttle. */
    @Test
    void aFailureIsToldThoughAnotherRecipientBeginsToWaitForASlot() {
        for (long seed = 1; seed <= 30; seed++) {
            World world = new World(seed);
            world.spool.immediate = true;
            world.throttles = List.of(concurrency(1, LimitKey.RCPT));
            world.boot();
            List<Runnable> gates = new ArrayList<>();
            world.hosts = facts -> {
                if (facts.recipient().toString().equals("b@b.test") && gates.isEmpty()) {
                    world.fibers.block(gates);
                }
                return facts.recipient().toString().equals("a@a.test") ? World.failed("no") : World.delivered();
            };
            world.submit(FROM, "b@b.test");
            world.settle();
            world.submit(
                    FROM,
                    seed % 2 == 0 ? new String[] {"a@a.test", "b@b.test"} : new String[] {"b@b.test", "a@a.test"});
            world.settle();
            assertThat(world.notifications())
                    .as("seed " + seed)
                    .singleElement()
                    .asString()
                    .contains("a@a.test");
            gates.forEach(Runnable::run);
            world.settle();
            assertThat(world.spool.durable).as("seed " + seed).isEmpty();
        }
    }
}
