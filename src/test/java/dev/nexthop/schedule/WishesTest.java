package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.dsn.ParsedReport;
import dev.nexthop.expr.Conditional;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.DeliverBy;
import dev.nexthop.mail.Requests.Mode;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.route.RecipientFacts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Not before, not after, and told in any case: what a sender may ask of the queue, over restarts. */
class WishesTest {
    private static final String FROM = "sender@a.test";

    private final World world = World.started();
    /** Minutes after the start at which somebody was tried. */
    private final List<Long> tried = new ArrayList<>();

    private static Requests by(Duration in, Mode mode, Notify... notices) {
        DeliverBy by = new DeliverBy(World.START.plus(in), mode, false);
        List<Requests.Recipient> recipients =
                notices.length == 0 ? List.of() : List.of(new Requests.Recipient(Set.of(notices), Optional.empty()));
        return new Requests(Optional.empty(), "", recipients, false, Optional.of(by), Optional.empty());
    }

    private static Requests holdUntil(Duration in) {
        return new Requests(
                Optional.empty(), "", List.of(), false, Optional.empty(), Optional.of(World.START.plus(in)));
    }

    private static boolean notice(RecipientFacts facts) {
        return facts.recipient().toString().equals(FROM);
    }

    private void busy() {
        world.hosts = facts -> {
            if (notice(facts)) {
                return World.delivered();
            }
            tried.add(Duration.between(World.START, facts.now()).toMinutes());
            return World.deferred("busy");
        };
    }

    private List<String> told() {
        return world.notifications().stream()
                .map(ParsedReport::of)
                .map(report -> report.recipients().getFirst())
                .map(fields -> fields.get("action") + " " + fields.get("status"))
                .toList();
    }

    private RecipientState state(QueueId id) throws IOException {
        return world.scheduler().control().show(id).orElseThrow().recipients().getFirst();
    }

    @Test
    void whatIsLateIsReturnedOnTheMinuteAndNotTriedAnyMore() { // RFC 2852 §4.1.4, by-mode R
        busy();
        world.submit(by(Duration.ofMinutes(10), Mode.RETURN), 0, FROM, "bob@b.test");
        world.advance(Duration.ofMinutes(3));
        world.crash();
        world.advance(Duration.ofMinutes(7).minusSeconds(1));
        assertThat(told()).isEmpty();
        world.advance(Duration.ofSeconds(1));
        assertThat(tried).containsExactly(0L, 2L, 7L);
        assertThat(told()).containsExactly("failed 5.4.7");
        assertThat(world.notifications().getFirst().replace("\r\n    ", " "))
                .contains(
                        "The time was over by which the message was to be delivered.",
                        "not delivered by 2026-01-01T00:10:00Z, after which the sender does not want it delivered; last:"
                                + " the host refused",
                        "The host mx.there.test [192.0.2.9] said: \"451 4.2.1 busy\"");
        assertThat(world.spool.durable).isEmpty();
        world.advance(Duration.ofDays(7));
        assertThat(tried).hasSize(3);
    }

    @Test
    void whatComesTooLateIsNotTriedAtAll() {
        busy();
        world.submit(by(Duration.ZERO, Mode.RETURN), 0, FROM, "bob@b.test");
        world.submit(by(Duration.ZERO, Mode.RETURN, Notify.NEVER), 0, FROM, "bob@c.test");
        world.settle();
        assertThat(tried).isEmpty();
        assertThat(told()).containsExactly("failed 5.4.7");
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void whoseTimeIsOverInTheLineOfItsDestinationIsNotTriedEither() {
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            if (facts.recipient().localPart().startsWith("slow")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        for (int i = 0; i < world.perDestination; i++) {
            world.submit(FROM, "slow" + i + "@b.test");
        }
        world.submit(by(Duration.ofMinutes(1), Mode.RETURN), 0, FROM, "bob@b.test");
        world.advance(Duration.ofMinutes(2));
        List.copyOf(gates).forEach(Runnable::run);
        world.settle();
        assertThat(world.story()).hasSize(world.perDestination + 2).contains("bob@b.test failed");
        assertThat(world.jobs.stream().flatMap(job -> job.recipients().stream()))
                .noneMatch(facts -> facts.recipient().toString().equals("bob@b.test"));
        assertThat(told()).containsExactly("failed 5.4.7");
    }

    @Test
    void inTheOtherModeTheSenderIsToldAndDeliveryGoesOn() { // by-mode N
        busy();
        world.submit(by(Duration.ofMinutes(10), Mode.NOTIFY), 0, FROM, "bob@b.test");
        world.advance(Duration.ofMinutes(9));
        assertThat(told()).isEmpty();
        world.advance(Duration.ofMinutes(1));
        assertThat(told()).containsExactly("delayed 4.2.1");
        world.crash();
        world.advance(Duration.ofDays(1).minus(Duration.ofMinutes(11)));
        assertThat(told()).hasSize(1);
        world.advance(Duration.ofMinutes(2));
        assertThat(told()).as("the notice of the first day comes as without it").hasSize(2);
        world.advance(Duration.ofDays(5));
        assertThat(told()).containsExactly("delayed 4.2.1", "delayed 4.2.1", "delayed 4.2.1", "failed 5.2.1");
    }

    @Test
    void theNoticeOfLatenessComesWhereNoDelaysAreAskedForButNeverWhereNothingIs() {
        busy();
        world.submit(by(Duration.ofMinutes(10), Mode.NOTIFY, Notify.FAILURE), 0, FROM, "bob@b.test");
        world.submit(by(Duration.ofMinutes(10), Mode.NOTIFY, Notify.NEVER), 0, FROM, "eve@b.test");
        world.advance(Duration.ofDays(4));
        assertThat(told()).containsExactly("delayed 4.2.1");
        assertThat(world.notifications().getFirst()).contains("bob@b.test");
        world.advance(Duration.ofDays(3));
        assertThat(told()).containsExactly("delayed 4.2.1", "failed 5.2.1");
    }

    @Test
    void whatIsHeldIsTriedWhenItsTimeComesAndItsWaitsCountFromThere() throws IOException { // RFC 4865 §5
        busy();
        world.expire = Conditional.constant(Duration.ofHours(1));
        world.notifyAfter = Conditional.constant(List.of(Duration.ofMinutes(30)));
        QueueId id = world.submit(holdUntil(Duration.ofHours(10)), 0, FROM, "bob@b.test");
        world.advance(Duration.ofHours(1));
        QueuedMessage shown = world.scheduler().control().show(id).orElseThrow();
        assertThat(shown.heldUntil(state(id))).contains(World.START.plus(Duration.ofHours(10)));
        assertThat(state(id).status()).isEqualTo(RecipientStatus.SCHEDULED);
        assertThat(state(id).due()).isEqualTo(World.START.plus(Duration.ofHours(10)));
        assertThat(world.scheduler().load().heldBytes())
                .as("not kept in memory")
                .isZero();
        assertThat(world.scheduler().control().retry(QueueFilter.ALL).recipients())
                .isZero();
        world.crash();
        world.advance(Duration.ofHours(9).minusSeconds(1));
        assertThat(tried).isEmpty();
        world.advance(Duration.ofSeconds(1));
        assertThat(tried).containsExactly(600L);
        assertThat(world.scheduler().control().show(id).orElseThrow().heldUntil(state(id)))
                .isEmpty();
        world.advance(Duration.ofMinutes(59));
        assertThat(told()).containsExactly("delayed 4.2.1");
        world.advance(Duration.ofMinutes(1));
        assertThat(told()).containsExactly("delayed 4.2.1", "failed 5.2.1");
        assertThat(tried).containsExactly(600L, 602L, 607L, 637L, 660L);
    }

    @Test
    void anOperatorMayReleaseItEarly() throws IOException {
        QueueId id = world.submit(holdUntil(Duration.ofHours(10)), 0, FROM, "bob@b.test");
        world.advance(Duration.ofHours(1));
        assertThat(world.story()).isEmpty();
        assertThat(world.scheduler().control().release(QueueFilter.of(id)).recipients())
                .isEqualTo(1);
        world.settle();
        assertThat(world.story()).containsExactly("bob@b.test delivered");
    }

    @Test
    void aTimeThatIsOverHoldsNothing() {
        world.advance(Duration.ofHours(1));
        Instant before = world.now();
        world.submit(holdUntil(Duration.ofMinutes(5)), 0, FROM, "bob@b.test");
        world.settle();
        assertThat(world.story()).containsExactly("bob@b.test delivered");
        assertThat(world.now()).isEqualTo(before);
    }

    @Test
    void aSuccessThatCouldNotBeToldIsToldOnceAfterARestartAndNotDeliveredAgain() {
        for (Handover handover : List.of(Handover.FINAL, Handover.RELAYED)) {
            World one = World.started();
            one.hosts = facts -> notice(facts) ? World.delivered() : World.delivered(handover);
            Requests requests =
                    NotificationTableTest.requests(new Requests.Recipient(Set.of(Notify.SUCCESS), Optional.empty()));
            one.submit(requests, 0, FROM, "bob@b.test");
            one.spool.full = true;
            one.advance(Duration.ofMinutes(5));
            RecipientState state =
                    one.spool.durable.firstEntry().getValue().recipients().getFirst();
            assertThat(state.status())
                    .isEqualTo(
                            handover == Handover.FINAL
                                    ? RecipientStatus.DELIVERED_UNTOLD
                                    : RecipientStatus.RELAYED_UNTOLD);
            assertThat(state.status().word()).isEqualTo("delivered");
            one.crash();
            one.advance(Duration.ofMinutes(5));
            assertThat(one.notifications()).isEmpty();
            one.spool.full = false;
            one.crash();
            one.advance(Duration.ofMinutes(5));
            assertThat(one.notifications()).hasSize(1);
            assertThat(one.jobs).as("the message once, its notification once").hasSize(2);
            assertThat(one.spool.durable).isEmpty();
        }
    }

    @Test
    void anOperatorsHoldEndsAndTheSendersGoesOn() throws IOException {
        QueueId id = world.submit(holdUntil(Duration.ofHours(10)), 0, FROM, "bob@b.test");
        world.settle();
        QueueControl desk = world.scheduler().control();
        assertThat(desk.hold(QueueFilter.ALL).recipients()).isEqualTo(1);
        world.advance(Duration.ofHours(1));
        assertThat(desk.release(QueueFilter.of(id)).recipients()).isEqualTo(1);
        world.settle();
        assertThat(world.story()).isEmpty();
        assertThat(state(id).due()).isEqualTo(World.START.plus(Duration.ofHours(10)));
        assertThat(desk.hold(QueueFilter.ALL).recipients()).isEqualTo(1);
        world.advance(Duration.ofHours(10));
        assertThat(desk.release(QueueFilter.of(id)).recipients()).isEqualTo(1);
        world.settle();
        assertThat(world.story()).containsExactly("bob@b.test delivered");
    }

    @Test
    void aReleaseThatNamesNoMessageLeavesWhatTheSenderHolds() throws IOException { // RFC 4865
        QueueId id = world.submit(holdUntil(Duration.ofHours(10)), 0, FROM, "bob@b.test");
        world.advance(Duration.ofHours(1));
        QueueControl desk = world.scheduler().control();
        assertThat(desk.release(QueueFilter.ALL).recipients()).isZero();
        world.settle();
        assertThat(world.story()).isEmpty();
        assertThat(state(id).due()).isEqualTo(World.START.plus(Duration.ofHours(10)));
    }

    @Test
    void lateIsAlsoWhoWasNotTriedYet() { // RFC 2852 §4.1.4, by-mode N
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            if (facts.recipient().localPart().startsWith("slow")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        for (int i = 0; i < world.perDestination; i++) {
            world.submit(FROM, "slow" + i + "@b.test");
        }
        world.settle();
        world.submit(by(Duration.ofMinutes(10), Mode.NOTIFY), 0, FROM, "bob@b.test");
        world.advance(Duration.ofMinutes(10).minusSeconds(1));
        assertThat(told()).isEmpty();
        world.advance(Duration.ofSeconds(1));
        assertThat(told()).containsExactly("delayed 4.4.7");
        assertThat(world.notifications().getFirst()).contains("not tried yet").doesNotContain("Last-Attempt-Date");
        world.advance(Duration.ofHours(1));
        List.copyOf(gates).forEach(Runnable::run);
        world.settle();
        assertThat(world.story()).contains("bob@b.test delivered");
        assertThat(told()).hasSize(1);
        assertThat(world.spool.durable).isEmpty();
    }

    /** In line, held at the sender's wish, or tried before: who could not be told that it is late is told later. */
    @ParameterizedTest
    @CsvSource({"line, delayed 4.4.7", "held, delayed 4.4.7", "tried, delayed 4.2.1"})
    void aNoticeOfLatenessThatFailsIsTriedAgain(String where, String notice) { // RFC 2852 §4.1.3
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            if (facts.recipient().localPart().startsWith("slow")) {
                world.fibers.block(gates);
            }
            return notice(facts) ? World.delivered() : World.deferred("busy");
        };
        for (int i = 0; where.equals("line") && i < world.perDestination; i++) {
            world.submit(FROM, "slow" + i + "@b.test");
        }
        world.settle();
        Requests.DeliverBy late = new DeliverBy(World.START.plus(Duration.ofMinutes(10)), Mode.NOTIFY, false);
        Optional<Instant> hold =
                where.equals("held") ? Optional.of(World.START.plus(Duration.ofHours(9))) : Optional.empty();
        world.submit(
                new Requests(Optional.empty(), "", List.of(), false, Optional.of(late), hold), 0, FROM, "bob@b.test");
        world.advance(Duration.ofMinutes(9));
        world.spool.full = true;
        world.advance(Duration.ofMinutes(61)); // from 9 min to 70 min
        assertThat(told()).isEmpty();
        assertThat(world.alarms.stream().filter(alarm -> alarm.startsWith("dsn: a delay of message")))
                .as("not all the time")
                .hasSizeBetween(5, 7);
        world.spool.full = false;
        world.advance(Duration.ofMinutes(15));
        assertThat(told()).containsExactly(notice);
        world.advance(Duration.ofHours(2));
        assertThat(told()).as("once").hasSize(1);
        List.copyOf(gates).forEach(Runnable::run);
        world.settle();
    }

    @Test
    void aTimeThatWasOverWhenTheMessageCameIsNotToldByUs() { // RFC 2852 §4.1.4, by-mode N
        busy();
        world.submit(by(Duration.ZERO, Mode.NOTIFY), 0, FROM, "bob@b.test");
        world.submit(by(Duration.ofMinutes(-5), Mode.NOTIFY), 0, FROM, "amy@b.test");
        world.advance(Duration.ofHours(23));
        assertThat(told()).isEmpty();
        world.advance(Duration.ofHours(2));
        assertThat(told()).hasSize(2);
    }

    private static Requests success(int recipients) {
        Requests.Recipient one = new Requests.Recipient(Set.of(Notify.SUCCESS), Optional.empty());
        return NotificationTableTest.requests(
                Collections.nCopies(recipients, one).toArray(Requests.Recipient[]::new));
    }

    @Test
    void afterARestartNobodyWaitsForAnAttemptToBeTold() {
        List<Runnable> gates = new ArrayList<>();
        world.hosts = facts -> {
            if (facts.recipient().toString().equals("bob@b.test")) {
                world.fibers.block(gates);
            }
            return World.delivered();
        };
        world.submit(success(2), 0, FROM, "amy@c.test", "bob@b.test");
        world.settle();
        assertThat(world.notifications()).as("bob is being tried").isEmpty();
        gates.clear();
        world.crash();
        world.settle();
        assertThat(world.notifications()).singleElement().asString().contains("amy@c.test");
        gates.forEach(Runnable::run);
        world.settle();
        assertThat(world.notifications()).hasSize(2);
        assertThat(world.spool.durable).isEmpty();
    }

    @Test
    void aSuccessThatCantBeToldHoldsUpNobody() {
        world.hosts = facts -> {
            if (facts.recipient().toString().equals("bob@b.test")) {
                tried.add(Duration.between(World.START, facts.now()).toMinutes());
                return World.deferred("busy");
            }
            return World.delivered();
        };
        world.submit(success(2), 0, FROM, "amy@c.test", "bob@b.test");
        world.spool.full = true;
        world.advance(Duration.ofMinutes(8));
        assertThat(tried).containsExactly(0L, 2L, 7L);
        assertThat(world.alarms).hasSizeBetween(7, 12);
        assertThat(world.alarms.getFirst())
                .isEqualTo("spool: the sender of message 0000000000001 could not be told what became of it; next try in"
                        + " 60 s: the disk is full");
        world.spool.full = false;
        world.advance(Duration.ofMinutes(1));
        assertThat(world.notifications()).hasSize(1);
        assertThat(world.jobs).hasSize(5);
    }

    @Test
    void anOperatorMayGiveUpTellingOfASuccess() throws IOException {
        QueueId id = world.submit(success(1), 0, FROM, "bob@b.test");
        world.spool.full = true;
        world.settle();
        assertThat(state(id).status()).isEqualTo(RecipientStatus.DELIVERED_UNTOLD);
        assertThat(world.scheduler().control().cancel(QueueFilter.ALL).recipients())
                .isEqualTo(1);
        world.settle();
        assertThat(world.spool.durable).isEmpty();
        world.spool.full = false;
        world.advance(Duration.ofHours(1));
        assertThat(world.notifications()).isEmpty();
        assertThat(world.story()).containsExactly("bob@b.test delivered");
    }
}
