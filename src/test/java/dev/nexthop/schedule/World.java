package dev.nexthop.schedule;

import dev.nexthop.delivery.Attempt;
import dev.nexthop.delivery.HopVerdict;
import dev.nexthop.delivery.Job;
import dev.nexthop.dsn.DsnSettings;
import dev.nexthop.dsn.DsnWriter;
import dev.nexthop.dsn.Languages;
import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Rules;
import dev.nexthop.limit.Refusal;
import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.limit.ThrottleSettings;
import dev.nexthop.limit.Throttles;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Step;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.route.Router;
import dev.nexthop.route.RoutingSettings;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsVerdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A scheduler with everything around it faked: time, threads, disk and hosts. Nothing in it waits. */
final class World implements Events {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Reply OK = Reply.of(250, new EnhancedStatus(2, 0, 0), "taken");

    /** The hosts: what an attempt for a recipient comes to. May change places with other threads. */
    Function<RecipientFacts, Outcome> hosts = facts -> delivered();
    /** What an attempt teaches of its hop. */
    Function<Job, HopVerdict> verdicts = job -> new HopVerdict.Healthy();

    /** Whom the throttles of the hosts refuse, by index in the job. */
    Function<Job, Map<Integer, Refusal>> refusals = job -> Map.of();

    /** What notifications are written in. */
    String language = Languages.DEFAULT;

    int attemptsAtOnce = 10;
    int perDestination = 3;
    int relayConcurrency = 2;
    long heldBytes = 1 << 20;
    Grouping grouping = Grouping.HOP;
    VirtualQueues queues = VirtualQueues.NONE;
    List<ThrottleSettings> throttles = List.of();
    private @Nullable Throttles counts;
    List<RuleSource> rules = List.of(
            new RuleSource("rcpt_domain = 'relay.test'", "'relay'", "nexthop.toml:1:1"),
            new RuleSource("rcpt_domain = 'local.test'", "'local'", "nexthop.toml:2:1"),
            new RuleSource("rcpt_domain = 'lost.test'", "'lots'", "nexthop.toml:3:1"),
            new RuleSource("rcpt_domain = 'rejected.test'", "'reject:550 5.7.1 not here'", "nexthop.toml:4:1"),
            new RuleSource(null, "false", "nexthop.toml:5:1"));
    Conditional<List<Duration>> retry = Conditional.constant(
            List.of(Duration.ofMinutes(2), Duration.ofMinutes(5), Duration.ofMinutes(30), Duration.ofHours(2)));
    Conditional<List<Duration>> notifyAfter = Conditional.constant(List.of(Duration.ofDays(1), Duration.ofDays(3)));
    Conditional<Duration> expire = Conditional.constant(Duration.ofDays(5));

    final Fibers fibers;
    final FakeSpool spool = new FakeSpool(this);
    List<DeliveryEvent> log = new ArrayList<>();
    /** When each event of the log was. */
    final List<Instant> logTimes = new ArrayList<>();

    final List<String> alarms = new ArrayList<>();
    final List<Job> jobs = new ArrayList<>();
    /** The number of the rules of each job. */
    final List<Long> generations = new ArrayList<>();
    /** Rules opened and not closed. */
    int open;
    /** Whenever rules are opened; it may block, as a look-up does. */
    Runnable opening = () -> {};
    /** What else happens, and what goes wrong, where the word says. */
    Consumer<String> meanwhile = word -> {};

    final Map<String, Integer> running = new HashMap<>();
    final Map<String, Integer> mostRunning = new TreeMap<>();
    int total;
    int mostTotal;
    private @Nullable Scheduler scheduler;
    private @Nullable Ruleset current;
    private long number;
    private final PriorityQueue<Alarm> timers = new PriorityQueue<>();
    private Instant now = START;
    private long turn;
    private int life;

    private record Alarm(Instant at, long turn, Runnable task) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Long.compare(turn, other.turn);
        }
    }

    World(long seed) {
        fibers = new Fibers(seed);
    }

    static World started() {
        World world = new World(1);
        world.spool.immediate = true;
        world.boot();
        world.settle();
        return world;
    }

    /** A new process over the same disk. */
    void boot() {
        int born = ++life;
        timers.clear();
        total = 0;
        running.clear();
        Executor threads = task -> {
            meanwhile.accept("a thread starts");
            fibers.spawn(alive(born, task));
        };
        Ticker ticker = (when, task) -> {
            meanwhile.accept("a time is set");
            timers.add(new Alarm(when, turn++, task));
        };
        Machinery machinery = new Machinery(clock(), ticker, threads, threads, threads);
        scheduler = null;
        counts = new Throttles(clock(), Path.of("never"));
        reload();
        Scheduler made = new Scheduler(parts(), machinery);
        scheduler = made;
        made.start();
    }

    ScheduleSettings settings() {
        return new ScheduleSettings(retry, notifyAfter, expire, attemptsAtOnce, perDestination, heldBytes, queues);
    }

    SchedulerParts parts() {
        return new SchedulerParts(
                spool,
                () -> {
                    open++;
                    opening.run();
                    return Objects.requireNonNull(current);
                },
                this,
                orders());
    }

    /** The relays that the configuration defines. */
    List<String> relays = List.of("relay");

    /** What operators ordered, as the disk has it. */
    final FakeDesk desk = new FakeDesk();

    private OrderBook orders() {
        try {
            return OrderBook.open(desk);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A reload tells that these mean something else. */
    Set<String> changedHops = Set.of();

    String relayAddress = "192.0.2.1";

    /** Puts in force what the fields say. */
    void reload() {
        current = ruleset(++number);
        if (scheduler != null) {
            scheduler.rulesChanged(changedHops);
        }
    }

    private Ruleset ruleset(long of) {
        RemoteHost relay = new RemoteHost(
                "relay",
                relayAddress,
                25,
                Dialect.SMTP,
                new TlsDemand(false, StartTls.OPTIONAL, CertificateCheck.REQUIRE, Optional.empty(), Optional.empty()),
                Optional.empty(),
                new RemoteHost.Limits(relayConcurrency, 3, 100, Duration.ofSeconds(30)));
        Rules compiled = Virtual.compiled(rules);
        Router router = new Router(new RoutingSettings(
                Optional.of(compiled), relays.isEmpty() ? Map.of() : Map.of("relay", List.of(relay)), true));
        DsnSettings dsn = new DsnSettings(
                Conditional.constant("Mail Delivery Subsystem"),
                Conditional.constant("MAILER-DAEMON@us.test"),
                Conditional.constant("mx.us.test"),
                Conditional.constant(language),
                Languages.builtIn());
        return new Ruleset(
                of,
                router,
                Lookups.NONE,
                job -> attempt(job, of),
                new DsnWriter(dsn, Lookups.NONE),
                new Ruleset.Timing(
                        settings(),
                        grouping,
                        ThrottleRules.of(throttles, Objects.requireNonNull(counts), Lookups.NONE, this)),
                () -> open--);
    }

    Scheduler scheduler() {
        return Objects.requireNonNull(scheduler);
    }

    private Runnable alive(int born, Runnable task) {
        return () -> {
            if (born == life) {
                task.run();
            }
        };
    }

    /** Kills the process: only what is durable stays. */
    void crash() {
        fibers.kill();
        spool.crash();
        boot();
    }

    Instant now() {
        return now;
    }

    InstantSource clock() {
        return () -> now;
    }

    void later(Runnable task) {
        fibers.spawn(alive(life, task));
    }

    /** An attempt takes time. */
    void sleep(Duration time) {
        List<Runnable> wakers = new ArrayList<>();
        timers.add(new Alarm(now.plus(time), turn++, () -> wakers.forEach(Runnable::run)));
        fibers.block(wakers);
    }

    /** Where a thread may be interrupted by others. */
    void pause() {
        fibers.pass();
    }

    void pauses(int times) {
        for (int i = 0; i < times; i++) {
            pause();
        }
    }

    void taken(QueuedMessage message) {
        scheduler().accept(message);
    }

    /** What throttles have counted. */
    Throttles counts() {
        return Objects.requireNonNull(counts);
    }

    /** A client hands in a message. */
    QueueId submit(String from, String... to) {
        return submit(Requests.NONE, 0, from, to);
    }

    /** A client hands in a message, with what it asks for. */
    QueueId submit(Requests requests, int priority, String from, String... to) {
        Envelope envelope = new Envelope(
                ReversePath.of(from),
                Arrays.stream(to).map(Mailbox::parse).toList(),
                BodyType.SEVEN_BIT,
                false,
                new Reception("internal", 0, "", "", "", priority),
                requests);
        StartingState starting = new StartingState(settings(), Lookups.NONE, this);
        byte[] bytes = "From: <a@from.test>\r\nSubject: hello\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);
        try (Draft draft = spool.begin()) {
            draft.write(bytes, 0, bytes.length);
            List<RecipientState> states = envelope.recipients().stream()
                    .map(mailbox -> starting.initial(envelope, draft.id(), draft.size(), mailbox, now))
                    .toList();
            return draft.commit(envelope, states, List.of()).id();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs everything that can run now. */
    void settle() {
        while (fibers.step()) {
            // on
        }
    }

    /** Lets time pass, with everything that falls due meanwhile. */
    void advance(Duration time) {
        Instant end = now.plus(time);
        settle();
        while (!timers.isEmpty() && !timers.peek().at().isAfter(end)) {
            tick();
        }
        now = end;
        settle();
    }

    /** Sets the clock; alarms ring after as long as they would have. */
    void setClock(Duration by) {
        now = now.plus(by);
        List<Alarm> all = List.copyOf(timers);
        timers.clear();
        all.forEach(one -> timers.add(new Alarm(one.at().plus(by), one.turn(), one.task())));
    }

    /** Jumps to the next alarm. */
    boolean tick() {
        boolean rang = ring();
        settle();
        return rang;
    }

    /** Fires an alarm without letting anybody run yet. */
    boolean ring() {
        Alarm next = timers.poll();
        if (next == null) {
            return false;
        }
        now = next.at().isAfter(now) ? next.at() : now;
        next.task().run();
        return true;
    }

    private Attempt attempt(Job job, long of) {
        jobs.add(job);
        generations.add(of);
        String key = String.valueOf(Destination.key(job.hop()));
        total++;
        mostTotal = Math.max(mostTotal, total);
        running.merge(key, 1, Integer::sum);
        mostRunning.merge(key, running.get(key), Math::max);
        List<Outcome> outcomes = new ArrayList<>();
        for (RecipientFacts facts : job.recipients()) {
            outcomes.add(
                    switch (job.hop()) {
                        case NextHop.Defer defer ->
                            new Outcome.Deferred(Diagnosis.local(
                                    defer.fault() ? new EnhancedStatus(4, 3, 5) : new EnhancedStatus(4, 7, 1),
                                    ErrorKind.IO,
                                    defer.reason(),
                                    Step.ROUTE));
                        case NextHop.Reject reject ->
                            new Outcome.Failed(Diagnosis.local(
                                    new EnhancedStatus(5, 7, 1),
                                    ErrorKind.NONE,
                                    reject.reply().text(),
                                    Step.ROUTE));
                        case NextHop.Mx _, NextHop.Relay _, NextHop.Local _ -> hosts.apply(facts);
                        case NextHop.Discard _ -> delivered();
                    });
        }
        HopVerdict verdict = verdicts.apply(job);
        running.merge(key, -1, Integer::sum);
        total--;
        return new Attempt(outcomes, verdict, new TlsVerdict.Clear(), DeliveryEvent.Delays.NONE, refusals.apply(job));
    }

    @Override
    public void delivery(DeliveryEvent event) {
        log.add(event);
        logTimes.add(now);
    }

    @Override
    public void accepted(AcceptedEvent event) {
        meanwhile.accept("a message is told of");
    }

    @Override
    public void tls(TlsEvent event) {}

    @Override
    public void alarm(String subject, String text) {
        alarms.add(subject + ": " + text);
    }

    @Override
    public void relief(String subject, String text) {
        alarms.add("over, " + subject + ": " + text);
    }

    static Outcome delivered() {
        return delivered(Handover.FINAL);
    }

    static Outcome delivered(Handover handover) {
        Diagnosis diagnosis = new Diagnosis(
                new EnhancedStatus(2, 0, 0),
                ErrorKind.NONE,
                "",
                Optional.of(OK),
                "mx.there.test",
                "192.0.2.9",
                Step.END_OF_DATA);
        return new Outcome.Delivered(diagnosis, handover);
    }

    static Outcome deferred(String why) {
        return new Outcome.Deferred(diagnosis(new EnhancedStatus(4, 2, 1), 451, why));
    }

    static Outcome failed(String why) {
        return new Outcome.Failed(diagnosis(new EnhancedStatus(5, 1, 1), 550, why));
    }

    private static Diagnosis diagnosis(EnhancedStatus status, int code, String why) {
        return new Diagnosis(
                status,
                ErrorKind.UNEXPECTED_REPLY,
                "the host refused",
                Optional.of(Reply.of(code, status, why)),
                "mx.there.test",
                "192.0.2.9",
                Step.RCPT);
    }

    static HopVerdict unreachable() {
        return new HopVerdict.Unreachable(
                Diagnosis.local(new EnhancedStatus(4, 4, 1), ErrorKind.CONNECTION, "connection refused", Step.CONNECT));
    }

    /** The log in short: who, what. */
    List<String> story() {
        return log.stream()
                .map(event -> event.recipient() + " "
                        + event.outcome().getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The notifications queued so far, as text. */
    List<String> notifications() {
        return spool.committed.stream()
                .filter(message -> message.envelope().sender() instanceof ReversePath.Null)
                .filter(message -> message.envelope().recipients().size() == 1)
                .map(World::text)
                .filter(text -> text.contains("report-type=delivery-status"))
                .toList();
    }

    private static String text(QueuedMessage message) {
        byte[] bytes = message.body().inMemory();
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
