package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.HopVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One tarpit, or many, or one sender of much, delays nobody. Time is simulated; the scheduler is the real one. */
class FairnessTest {
    private static final Duration USUAL = Duration.ofSeconds(1);

    private final World world = World.started();
    private final Map<String, Instant> last = new HashMap<>();

    /** Each attempt takes a second; tarpits take five minutes, and others defer or refuse at once. */
    private void open(int attempts, int perDestination) {
        world.attemptsAtOnce = attempts;
        world.perDestination = perDestination;
        world.reload();
        world.hosts = facts -> {
            String domain = facts.recipient().domain().name();
            if (domain.startsWith("refusing") || domain.startsWith("deferring")) {
                return World.deferred("no");
            }
            if (domain.startsWith("tarpit")) {
                world.sleep(Duration.ofMinutes(5));
                return World.deferred("time-out");
            }
            world.sleep(USUAL);
            last.put(domain, world.now());
            return World.delivered();
        };
        world.verdicts =
                job -> job.recipients().getFirst().recipient().domain().name().startsWith("refusing")
                        ? World.unreachable()
                        : new HopVerdict.Healthy();
    }

    private void submit(String name, int domains, int messages) {
        for (int i = 0; i < messages; i++) {
            for (int domain = 0; domain < domains; domain++) {
                world.submit("s" + i + "@a.test", "r" + i + "@" + name + domain + ".test");
            }
        }
    }

    /** Seconds until the good ones have everything. */
    private long drained(int domains, Duration limit) {
        Instant start = world.now();
        world.settle();
        for (Instant end = start.plus(limit); world.now().isBefore(end); world.advance(USUAL)) {
            long there = world.log.stream()
                    .filter(event -> event.recipient().contains("@good"))
                    .count();
            if (there == 10L * domains) {
                break;
            }
        }
        assertThat(last).hasSize(domains);
        return last.values().stream()
                .mapToLong(end -> Duration.between(start, end).toSeconds())
                .max()
                .orElseThrow();
    }

    private static long alone(int domains, int attempts, int perDestination) {
        FairnessTest test = new FairnessTest();
        test.open(attempts, perDestination);
        test.submit("good", domains, 10);
        return test.drained(domains, Duration.ofHours(1));
    }

    /** With slots for all of them, and with half of that. */
    @ParameterizedTest
    @ValueSource(ints = {1_000, 100})
    void ninetySevenDomainsDrainAsFastWithThreeBadOnesAsWithout(int attempts) {
        open(attempts, 2);
        submit("tarpit", 1, 30);
        submit("deferring", 1, 30);
        submit("refusing", 1, 30);
        submit("good", 97, 10);
        assertThat((double) drained(97, Duration.ofHours(1))).isLessThanOrEqualTo(1.1 * alone(97, attempts, 2));
    }

    /** A hundred tarpits have more mail than there are slots, and all came first. Who is new waits until they show what they are. */
    @Test
    void manyTarpitsHoldAPartOfTheTotalOnly() {
        open(200, 20);
        submit("tarpit", 100, 5);
        world.settle();
        submit("good", 20, 10);
        long seconds = drained(20, Duration.ofMinutes(30));
        assertThat(seconds).isLessThanOrEqualTo(Slots.SLOW.toSeconds() + alone(20, 200, 20) + 2);
        submitLater();
        assertThat(last.get("good0.test"))
                .as("a known one has its slot at once")
                .isEqualTo(world.now());
    }

    /** A thousand domains are down and say so within a second: they share a part of the slots, and who is up does not notice. */
    @Test
    void manyThatAreDownHoldAPartOfTheTotalOnly() {
        open(100, 20);
        world.hosts = facts -> {
            world.sleep(USUAL);
            String domain = facts.recipient().domain().name();
            last.put(domain, world.now());
            return domain.startsWith("good") ? World.delivered() : World.deferred("no");
        };
        submit("refusing", 1_000, 5);
        world.advance(Duration.ofSeconds(30));
        assertThat(last).hasSize(1_000);
        last.clear();
        submit("good", 20, 10);
        Instant start = world.now();
        Duration limit = Duration.ofSeconds(2 * alone(20, 100, 20) + 1);
        world.advance(limit);
        assertThat(world.story().stream().filter(line -> line.startsWith("r") && line.contains("@good")))
                .hasSize(200);
        assertThat(last.values().stream().filter(end -> end.isAfter(start))).hasSizeGreaterThan(100);
    }

    /** Nothing is known of a thousand domains, but their mail was tried before the restart: who is new does not wait behind it. */
    @Test
    void whatWasTriedBeforeARestartDelaysNobodyNew() {
        open(200, 20);
        submit("deferring", 1_000, 1);
        world.settle();
        world.crash();
        open(200, 20);
        world.hosts = facts -> {
            boolean isGood = facts.recipient().domain().name().startsWith("good");
            world.sleep(isGood ? USUAL : Duration.ofSeconds(8));
            last.put(facts.recipient().domain().name(), world.now());
            return isGood ? World.delivered() : World.deferred("time-out");
        };
        world.advance(Duration.ofMinutes(2));
        submit("good", 1, 10);
        Instant start = world.now();
        world.advance(Duration.ofSeconds(2));
        assertThat(Duration.between(start, last.get("good0.test"))).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(world.mostTotal).isBetween(101, 110);
    }

    /** Somebody new who goes to a domain whose mail was tried before the restart is not behind other such domains either. */
    @Test
    void whoeverIsNewTakesHisDestinationOutOfDoubt() {
        open(200, 20);
        submit("deferring", 1_000, 1);
        submit("good", 1, 1);
        world.hosts = facts -> World.deferred("later");
        world.settle();
        world.crash();
        open(200, 20);
        world.hosts = facts -> {
            world.sleep(Duration.ofSeconds(8));
            last.put(facts.recipient().domain().name(), world.now());
            return World.deferred("time-out");
        };
        world.advance(Duration.ofMinutes(2).plusSeconds(1));
        assertThat(last).doesNotContainKey("good0.test");
        world.submit("new@a.test", "new@good0.test");
        world.advance(Duration.ofSeconds(9));
        assertThat(last).containsKey("good0.test");
        assertThat(last).hasSizeLessThan(250);
    }

    private void submitLater() {
        world.submit("late@a.test", "late@good0.test");
        world.advance(USUAL);
    }

    /** A thousand tarpits are more than the total; those that were quick before do not notice. */
    @Test
    void evenMoreTarpitsLeaveAnEighthToThoseThatAnswerSoon() {
        open(80, 20);
        submit("good", 5, 10);
        drained(5, Duration.ofMinutes(1));
        submit("tarpit", 300, 3);
        world.advance(Duration.ofMinutes(2));
        Instant start = world.now();
        for (int i = 0; i < 10; i++) {
            world.submit("b@a.test", "again" + i + "@good0.test");
        }
        world.advance(Duration.ofMinutes(1));
        assertThat(world.story().stream().filter(line -> line.startsWith("again")))
                .hasSize(10);
        assertThat(Duration.between(start, last.get("good0.test"))).isLessThanOrEqualTo(Duration.ofSeconds(3));
        assertThat(world.mostTotal).isLessThanOrEqualTo(80);
    }

    @Test
    void oneSenderOfMuchDelaysNoOther() {
        open(100, 2);
        for (int i = 0; i < 6_000; i++) {
            world.submit("bulk@news.test", "r" + i + "@good0.test");
        }
        world.settle();
        Instant start = world.now();
        world.submit("single@a.test", "single@good0.test");
        world.advance(Duration.ofSeconds(4));
        assertThat(world.story()).contains("single@good0.test delivered");
        assertThat(Duration.between(start, world.now())).isLessThan(Duration.ofSeconds(5));
    }

    /** Everything of a long queue goes out, each message read a few times only, however long the queue waits. */
    @Test
    void whoFindsTheLineFullIsReadWhenThereIsRoom() {
        open(100, 20);
        int many = 6_000;
        for (int i = 0; i < many; i++) {
            world.submit("bulk@news.test", "r" + i + "@good0.test");
        }
        world.settle();
        for (int i = 0; i < 350; i++) {
            world.advance(USUAL);
        }
        assertThat(world.log).hasSize(many);
        Set<String> once = new HashSet<>(world.story());
        assertThat(once).hasSize(many);
        assertThat(world.spool.durable).isEmpty();
        assertThat(world.spool.reads).isLessThanOrEqualTo(3 * many);
    }

    /** The common bound: what does not fit into memory waits on disk, and a destination that nobody waits for has room. */
    @Test
    void waitingTicketsHaveACommonBound() {
        List<Ticket> started = new ArrayList<>();
        Machinery machinery =
                new Machinery(world.clock(), (when, task) -> {}, Runnable::run, Runnable::run, Runnable::run);
        List<Long> called = new ArrayList<>();
        Admission admission = new Admission(machinery, new Admission.Effects() {
            @Override
            public void started(List<Ticket> tickets) {
                started.addAll(tickets);
            }

            @Override
            public void called(long[] ids) {
                Arrays.stream(ids).forEach(called::add);
            }
        });
        Tickets tickets = new Tickets(); // no slots: the total is 0
        int waiting = 0;
        for (int domain = 0; domain < 50; domain++) {
            int here = 0;
            for (int i = 0; i < 2_500; i++) {
                Ticket ticket = tickets.make(0, 1);
                Admission.Place place = admission.offer(ticket, "mx:domain" + domain, true);
                if (place == Admission.Place.FULL) {
                    admission.leave(ticket);
                } else {
                    here++;
                }
            }
            assertThat(here).as("domain " + domain).isPositive();
            waiting += here;
        }
        assertThat(waiting).isBetween(Admission.MOST_WAITING / 2, Admission.MOST_WAITING + 50);
        assertThat(started).isEmpty();
        assertThat(called).isEmpty();
    }

    /** A message that comes again by time, and finds the line full again, is called once all the same. */
    @Test
    void whoIsLeftOnDiskAgainAndAgainStandsThereOnce() {
        Executor here = Runnable::run;
        Machinery machinery = new Machinery(world.clock(), (when, task) -> {}, here, here, here);
        Admission admission = new Admission(machinery, new Admission.Effects() {
            @Override
            public void started(List<Ticket> tickets) {}

            @Override
            public void called(long[] ids) {}
        });
        Tickets tickets = new Tickets();
        Ticket ticket = tickets.make(0, 1);
        while (admission.offer(ticket, "mx:full.test", true) != Admission.Place.FULL) {
            ticket = tickets.make(0, 1);
        }
        Destination full = Objects.requireNonNull(ticket.destination);
        for (int i = 0; i < 100; i++) {
            admission.leave(ticket);
        }
        assertThat(full.left.size()).isEqualTo(1);
    }
}
