package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.Job;
import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Variable;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is foretold is what the scheduler then does. */
class ForecastTest {
    private static final String[] DOMAINS = {"a.test", "b.test", "relay.test", "local.test", "rejected.test"};

    private static List<Duration> waits(Random random, int unit) {
        return Stream.generate(() -> Duration.ofMinutes(1 + random.nextInt(unit)))
                .limit(1 + random.nextInt(5))
                .toList();
    }

    private static Supposed message(Supposed.Past past, String from, String... to) {
        Envelope envelope = new Envelope(
                ReversePath.of(from),
                Stream.of(to).map(Mailbox::parse).toList(),
                BodyType.SEVEN_BIT,
                false,
                Reception.INTERNAL);
        return new Supposed(envelope, new QueueId(0), 0, past);
    }

    private static Forecast.Course course(World world, Supposed message) {
        Forecast forecast = new Forecast(world.settings(), Lookups.NONE);
        Mailbox first = message.envelope().recipients().getFirst();
        return forecast.of(message.facts(first, World.START, forecast));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void attemptsNoticesAndExpiryComeAsForetold(long seed) {
        Random random = new Random(seed);
        World world = new World(seed);
        world.spool.immediate = true;
        world.hosts = _ -> World.deferred("later");
        world.retry = Conditional.constant(waits(random, 600));
        world.notifyAfter = Conditional.constant(waits(random, 2_000));
        world.expire = Conditional.constant(Duration.ofHours(10 + random.nextInt(100)));
        world.boot();
        world.settle();
        Forecast.Course course = course(world, message(Supposed.Past.NEW, "a@from.test", "bob@b.test"));

        world.submit("a@from.test", "bob@b.test");
        world.settle();
        world.advance(Duration.ofDays(10));

        List<Instant> attempts = world.jobs.stream()
                .map(Job::recipients)
                .map(List::getFirst)
                .filter(facts -> facts.recipient().toString().equals("bob@b.test"))
                .map(RecipientFacts::now)
                .toList();
        assertThat(course.more()).isEqualTo(attempts.size() > Forecast.MAX_ATTEMPTS);
        assertThat(attempts.subList(0, course.attempts().size())).isEqualTo(course.attempts());
        assertThat(course.attempts().getLast()).isEqualTo(course.expires());
        assertThat(delays(world)).isEqualTo(course.notices());
        assertThat(course.troubles()).isEmpty();
    }

    private static List<Instant> delays(World world) {
        return world.spool.committed.stream()
                .filter(message -> new String(
                                Objects.requireNonNull(message.body().inMemory()), StandardCharsets.UTF_8)
                        .contains("Action: delayed"))
                .map(QueuedMessage::created)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Grouping.class)
    void recipientsGoOutTogetherAsForetold(Grouping grouping) {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            World world = new World(seed);
            world.spool.immediate = true;
            world.grouping = grouping;
            world.boot();
            world.settle();
            Set<String> to = new LinkedHashSet<>();
            for (int i = random.nextInt(1, 15); i > 0; i--) {
                to.add("user" + random.nextInt(6) + "@" + DOMAINS[random.nextInt(DOMAINS.length)]);
            }
            Supposed message = message(Supposed.Past.NEW, "a@from.test", to.toArray(String[]::new));
            List<Transactions.Place> places = new ArrayList<>();
            Forecast forecast = new Forecast(world.settings(), Lookups.NONE);
            for (Mailbox mailbox : message.envelope().recipients()) {
                RecipientFacts facts = message.facts(mailbox, World.START, forecast);
                places.add(new Transactions.Place(
                        mailbox,
                        world.parts()
                                .rules()
                                .open()
                                .router()
                                .decide(facts, Lookups.NONE)
                                .hop()));
            }
            Set<Set<Mailbox>> foretold = new LinkedHashSet<>();
            for (Transactions.Transaction one : Transactions.of(grouping, places)) {
                Set<Mailbox> members = new LinkedHashSet<>();
                one.members().forEach(index -> members.add(places.get(index).recipient()));
                foretold.add(members);
            }

            world.submit("a@from.test", to.toArray(String[]::new));
            world.settle();

            Set<Set<Mailbox>> made = new LinkedHashSet<>();
            for (Job job : world.jobs) {
                if (job.envelope().sender() instanceof ReversePath.From) {
                    Set<Mailbox> members = new LinkedHashSet<>();
                    job.recipients().forEach(facts -> members.add(facts.recipient()));
                    made.add(members);
                }
            }
            assertThat(made).as("seed %d", seed).isEqualTo(foretold);
        }
    }

    @Test
    void theWaitsGoOnWhereSoManyAttemptsLeftThem() {
        World world = new World(1); // 2m, 5m, 30m, 2h
        Supposed.Past third = new Supposed.Past(
                Duration.ofHours(1), 2, 0, Optional.of(Duration.ofHours(4)), "", ErrorKind.CONNECTION);
        Forecast.Course course = course(world, message(third, "a@from.test", "bob@b.test"));
        assertThat(course.attempts())
                .containsExactly(
                        World.START,
                        World.START.plus(Duration.ofMinutes(30)),
                        World.START.plus(Duration.ofMinutes(150)),
                        World.START.plus(Duration.ofHours(4)));
        assertThat(course.notices()).isEmpty();
    }

    @Test
    void nobodyIsToldWithoutASender() {
        World world = new World(1);
        assertThat(course(world, message(Supposed.Past.NEW, "", "bob@b.test")).notices())
                .isEmpty();
        assertThat(course(world, message(Supposed.Past.NEW, "a@from.test", "bob@b.test"))
                        .notices())
                .containsExactly(World.START.plus(Duration.ofDays(1)), World.START.plus(Duration.ofDays(4)));
    }

    @Test
    void shortWaitsAreCutAndRulesThatErrAreTold() {
        World world = new World(1);
        world.retry = Conditional.constant(List.of(Duration.ofSeconds(1)));
        Forecast.Course course = course(world, message(Supposed.Past.NEW, "a@from.test", "bob@b.test"));
        assertThat(course.more()).isTrue();
        assertThat(course.attempts()).hasSize(Forecast.MAX_ATTEMPTS);

        world.retry = ((Compilation.Ok<Conditional<List<Duration>>>) Conditional.compile(
                        List.of(new RuleSource(null, "key_get('down', rcpt)", "t.toml:1:1")),
                        Scope.of(Variable.RCPT_SCOPE),
                        Conversion.DURATION_LIST))
                .result();
        Forecast.Course erring = course(world, message(Supposed.Past.NEW, "a@from.test", "bob@b.test"));
        assertThat(erring.troubles())
                .singleElement()
                .asString()
                .startsWith("queue.schedule.retry could not be evaluated, trying again in 15 minutes");
        assertThat(erring.attempts().get(1)).isEqualTo(World.START.plus(NextState.DEFAULT_RETRY));
    }
}
