package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.dsn.ParsedReport;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Variable;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.DeliverBy;
import dev.nexthop.mail.Requests.Mode;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.mail.Step;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.EnhancedStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Seven days of 1,080 messages with many schedules and fates: every attempt, notice and end, with its time, is as in a file that a
 * person can check against the schedules. {@code -Dnexthop.docs=write} writes it anew.
 */
class WeekTest {
    private static final Path FILE = Path.of("src/test/resources/dev/nexthop/schedule/week.txt");
    private static final int EACH = 40;
    private static final Pattern NAME = Pattern.compile("Our name for the message is ([0-9a-z]+)\\.");
    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");
    private static final Requests NONE = Requests.NONE;

    /**
     * A kind of message.
     *
     * @param what in words
     * @param from the sender
     * @param asks what he asks for, when the message comes
     * @param to the recipients, whose local parts are their fates
     */
    private record Kind(String what, String from, Function<Instant, Requests> asks, List<String> to) {
        static Kind of(String what, String from, String... to) {
            return new Kind(what, from, _ -> NONE, List.of(to));
        }

        Kind asking(Function<Instant, Requests> requests) {
            return new Kind(what, from, requests, to);
        }

        Kind notify(Notify... notices) {
            Requests.Recipient asked = new Requests.Recipient(Set.of(notices), Optional.empty());
            return asking(_ -> NotificationTableTest.requests(asked));
        }
    }

    private static final List<Kind> KINDS = List.of(
            Kind.of("delivered at once", "a@a.test", "ok@default.test"),
            Kind.of("refused at once", "a@a.test", "no@default.test"),
            Kind.of("refused by a rule of ours", "a@a.test", "ok@rejected.test"),
            Kind.of("never taken", "a@a.test", "never@default.test"),
            Kind.of("taken at the fourth attempt", "a@a.test", "after3@default.test"),
            Kind.of("taken after two days", "a@a.test", "after2d@default.test"),
            Kind.of("refused after 30 hours", "a@a.test", "no30h@default.test"),
            Kind.of("never reached", "a@a.test", "down@default.test"),
            Kind.of("never taken, NOTIFY=NEVER", "a@a.test", "never@default.test")
                    .notify(Notify.NEVER),
            Kind.of("never taken, NOTIFY=FAILURE", "a@a.test", "never@default.test")
                    .notify(Notify.FAILURE),
            Kind.of("never taken, NOTIFY=DELAY", "a@a.test", "never@default.test")
                    .notify(Notify.DELAY),
            Kind.of("taken at the fourth attempt, NOTIFY=SUCCESS", "a@a.test", "after3@default.test")
                    .notify(Notify.SUCCESS),
            Kind.of("handed on at once, NOTIFY=SUCCESS", "a@a.test", "relayed@default.test")
                    .notify(Notify.SUCCESS),
            Kind.of("a notification that is never taken", "", "never@default.test"),
            Kind.of("refused at once, and the notification too", "no@default.test", "no@default.test"),
            Kind.of("never taken, BY=3600;R", "a@a.test", "never@default.test").asking(now -> by(now, 1, Mode.RETURN)),
            Kind.of("never taken, BY=3600;N", "a@a.test", "never@default.test").asking(now -> by(now, 1, Mode.NOTIFY)),
            Kind.of("never taken, BY=172800;N", "a@a.test", "never@default.test")
                    .asking(now -> by(now, 48, Mode.NOTIFY)),
            Kind.of("never taken, schedule by sender, BY=108000;N", "a@bulk.test", "never@default.test")
                    .asking(now -> by(now, 30, Mode.NOTIFY)),
            Kind.of("never taken, HOLDFOR=86400", "a@a.test", "never@default.test")
                    .asking(WeekTest::held),
            Kind.of("never taken, quick schedule", "a@a.test", "never@quick.test"),
            Kind.of("never taken, schedule by sender", "a@bulk.test", "never@default.test"),
            Kind.of("never taken, schedule by number of attempts", "a@a.test", "never@count.test"),
            Kind.of("reached after 5 attempts, never taken, schedule by error", "a@a.test", "mixed@adapt.test"),
            Kind.of("one delivered, one never taken", "a@a.test", "ok@default.test", "never@default.test"),
            Kind.of(
                    "one refused, one never taken, one on the quick schedule",
                    "a@a.test",
                    "no@default.test",
                    "never@default.test",
                    "never@quick.test"),
            Kind.of("two never taken", "a@a.test", "never@default.test", "down@default.test"));

    private static Requests by(Instant now, int hours, Mode mode) {
        DeliverBy by = new DeliverBy(now.plus(Duration.ofHours(hours)), mode, false);
        return new Requests(Optional.empty(), "", List.of(), false, Optional.of(by), Optional.empty());
    }

    private static Requests held(Instant now) {
        Optional<Instant> until = Optional.of(now.plusSeconds(86_400));
        return new Requests(Optional.empty(), "", List.of(), false, Optional.empty(), until);
    }

    private static <T> Conditional<T> rules(Conversion<T> conversion, Set<Variable> variables, String... pairs) {
        List<RuleSource> sources = new ArrayList<>();
        for (String pair : pairs) {
            int arrow = pair.indexOf(" -> ");
            String condition = arrow < 0 ? null : pair.substring(0, arrow);
            sources.add(new RuleSource(condition, arrow < 0 ? pair : pair.substring(arrow + 4), "week:1:1"));
        }
        return switch (Conditional.compile(sources, Scope.of(variables), conversion)) {
            case Compilation.Ok<Conditional<T>> ok -> ok.result();
            case Compilation.Failed<Conditional<T>> failed ->
                throw new AssertionError(failed.problems().toString());
        };
    }

    private static final String[] RETRY = {
        "rcpt_domain = 'quick.test' -> [1m, 1h]",
        "sender_domain = 'bulk.test' -> [6h]",
        "rcpt_domain = 'count.test' && retry_num >= 3 -> [12h]",
        "rcpt_domain = 'adapt.test' && last_error = 'connection' -> [30m]",
        "[2m, 5m, 10m, 15m, 30m, 1h, 2h]"
    };
    private static final String[] NOTIFY = {
        "rcpt_domain = 'quick.test' -> [1h]", "sender_domain = 'bulk.test' -> [12h, 12h, 1d]", "[1d, 3d]"
    };
    private static final String[] EXPIRE = {
        "rcpt_domain = 'quick.test' -> 6h", "sender_domain = 'bulk.test' -> 3d", "5d"
    };

    private static World world() {
        World world = new World(7);
        world.spool.immediate = true;
        world.retry = rules(Conversion.DURATION_LIST, Variable.HOST_SCOPE, RETRY);
        world.notifyAfter = rules(Conversion.DURATION_LIST, Variable.RCPT_SCOPE, NOTIFY);
        world.expire = rules(Conversion.DURATION, Variable.RCPT_SCOPE, EXPIRE);
        world.hosts = facts -> fate(facts, world.now());
        world.boot();
        world.settle();
        return world;
    }

    private static Outcome fate(RecipientFacts facts, Instant now) {
        Duration age = Duration.between(facts.history().created(), now);
        int attempts = facts.history().attempts();
        return switch (facts.recipient().localPart()) {
            case "no" -> World.failed("no such user");
            case "never" -> World.deferred("busy");
            case "after3" -> attempts < 3 ? World.deferred("busy") : World.delivered();
            case "after2d" -> age.toDays() < 2 ? World.deferred("busy") : World.delivered();
            case "no30h" -> age.toHours() < 30 ? World.deferred("busy") : World.failed("no such user");
            case "down" -> unreachable();
            case "mixed" -> attempts < 5 ? unreachable() : World.deferred("busy");
            case "relayed" -> World.delivered(Handover.RELAYED);
            default -> World.delivered();
        };
    }

    private static Outcome unreachable() {
        return new Outcome.Deferred(
                Diagnosis.local(new EnhancedStatus(4, 4, 1), ErrorKind.CONNECTION, "no answer", Step.CONNECT));
    }

    /** A message, and what became of it. */
    private static final class Story {
        final Kind kind;
        final Instant created;
        final Map<String, List<Duration>> tried = new LinkedHashMap<>();
        final Map<String, String> last = new LinkedHashMap<>();
        final List<String> told = new ArrayList<>();
        String left = "";

        Story(Kind kind, Instant created) {
            this.kind = kind;
            this.created = created;
        }

        /** A sentence with times since the message was accepted. */
        String relative(String reason) {
            return INSTANT.matcher(reason)
                    .replaceAll(found -> words(Duration.between(created, Instant.parse(found.group()))));
        }

        /** Each recipient's attempts as waits, how it ended, and the notices. */
        String text() {
            StringBuilder text = new StringBuilder();
            for (String recipient : kind.to()) {
                List<Duration> times = tried.getOrDefault(recipient, List.of());
                text.append("  ").append(recipient).append("\n    tried  ").append(waits(times));
                text.append("\n    ended  ")
                        .append(last.getOrDefault(recipient, "-"))
                        .append('\n');
            }
            told.forEach(one -> text.append("  told     ").append(one).append('\n'));
            return text.append(left).toString();
        }
    }

    /** {@code at 0s, then after 2m 5m 2h*3}. */
    private static String waits(List<Duration> times) {
        if (times.isEmpty()) {
            return "not at all";
        }
        StringBuilder text = new StringBuilder("at " + words(times.getFirst()));
        for (int i = 1; i < times.size(); ) {
            Duration wait = times.get(i).minus(times.get(i - 1));
            int same = 1;
            while (i + same < times.size()
                    && times.get(i + same).minus(times.get(i + same - 1)).equals(wait)) {
                same++;
            }
            text.append(i == 1 ? ", then after " : " ").append(words(wait)).append(same > 1 ? "*" + same : "");
            i += same;
        }
        return text.append(" (")
                .append(times.size())
                .append(times.size() == 1 ? " attempt)" : " attempts)")
                .toString();
    }

    private static String words(Duration time) {
        StringBuilder text = new StringBuilder();
        add(text, time.toDays(), "d");
        add(text, time.toHoursPart(), "h");
        add(text, time.toMinutesPart(), "m");
        add(text, time.toSecondsPart(), "s");
        add(text, time.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void add(StringBuilder text, long count, String unit) {
        if (count > 0) {
            text.append(count).append(unit);
        }
    }

    /** Plays the week; kills the process every so often, when told to. */
    private static Map<QueueId, Story> play(World world, int each, Duration life) {
        Map<QueueId, Story> stories = new TreeMap<>(Comparator.comparingLong(QueueId::value));
        Instant end = World.START.plus(Duration.ofDays(7));
        for (int i = 0; i < each; i++) {
            for (Kind kind : KINDS) {
                Requests requests = kind.asks().apply(world.now());
                QueueId id = world.submit(requests, 0, kind.from(), kind.to().toArray(String[]::new));
                stories.put(id, new Story(kind, world.now()));
                world.advance(Duration.ofMillis(7_331));
            }
        }
        for (Instant kill = World.START.plus(life); kill.isBefore(end); kill = kill.plus(life)) {
            if (kill.isAfter(world.now())) {
                world.advance(Duration.between(world.now(), kill));
                world.crash();
                world.settle();
            }
        }
        world.advance(Duration.between(world.now(), end));
        return stories;
    }

    private static void tell(World world, Map<QueueId, Story> stories) {
        for (int i = 0; i < world.log.size(); i++) {
            DeliveryEvent event = world.log.get(i);
            Story story = stories.get(event.id());
            if (story != null) {
                Duration at = Duration.between(story.created, world.logTimes.get(i));
                story.tried
                        .computeIfAbsent(event.recipient(), _ -> new ArrayList<>())
                        .add(at);
                String word = event.outcome().getClass().getSimpleName().toLowerCase(Locale.ROOT);
                Diagnosis diagnosis = event.outcome().diagnosis();
                String end =
                        words(at) + " " + word + " " + diagnosis.status() + " " + story.relative(diagnosis.reason());
                story.last.put(event.recipient(), end.strip());
            }
        }
        for (QueuedMessage message : world.spool.committed) {
            about(message, stories).ifPresent(story -> story.told.add(notice(message, text(message), story.created)));
        }
        for (QueuedMessage message : world.spool.durable.values()) {
            for (RecipientState state : message.recipients()) {
                String left = "  left     " + state.status().word() + ": ";
                Story story = stories.get(message.id());
                if (story != null) {
                    story.left += left + "the message for " + state.address() + "\n";
                }
                about(message, stories)
                        .ifPresent(told -> told.left += left + "the notice for " + state.address() + "\n");
            }
        }
    }

    private static String text(QueuedMessage message) {
        return new String(Objects.requireNonNull(message.body().inMemory()), StandardCharsets.UTF_8);
    }

    /** The message that a notice is about. */
    private static Optional<Story> about(QueuedMessage message, Map<QueueId, Story> stories) {
        Matcher name = NAME.matcher(text(message));
        return name.find()
                ? Optional.of(Objects.requireNonNull(stories.get(QueueId.parse(name.group(1)))))
                : Optional.empty();
    }

    private static String notice(QueuedMessage message, String text, Instant created) {
        StringBuilder told = new StringBuilder(words(Duration.between(created, message.created())));
        for (Map<String, String> fields : ParsedReport.of(text).recipients()) {
            told.append(' ').append(fields.get("action")).append(' ').append(fields.get("status"));
            told.append(" of ")
                    .append(Objects.requireNonNull(fields.get("final-recipient"))
                            .substring("rfc822; ".length()));
        }
        return told.toString();
    }

    /** The page; where all of a kind went the same way there are as many as in the file, however many were played. */
    private static String page(Map<QueueId, Story> stories, int each) {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        rules(page, "retry", RETRY);
        rules(page, "notify", NOTIFY);
        rules(page, "expire", EXPIRE);
        for (Kind kind : KINDS) {
            Map<String, Integer> counts = new TreeMap<>();
            stories.values().stream()
                    .filter(story -> story.kind.equals(kind))
                    .forEach(story -> counts.merge(story.text(), 1, Integer::sum));
            counts.forEach((text, count) -> page.append('\n')
                    .append(count == each ? EACH : count)
                    .append(" messages from <")
                    .append(kind.from())
                    .append(">: ")
                    .append(kind.what())
                    .append('\n')
                    .append(text));
        }
        return page.toString();
    }

    private static void rules(StringBuilder page, String name, String... rules) {
        page.append('\n').append(name).append('\n');
        Arrays.stream(rules).forEach(rule -> page.append("  ").append(rule).append('\n'));
    }

    @Test
    void everyAttemptNoticeAndEndIsAsInTheFile() throws IOException {
        World world = world();
        Map<QueueId, Story> stories = play(world, EACH, Duration.ofDays(30));
        tell(world, stories);
        String page = page(stories, EACH);
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            Files.writeString(FILE, page);
        }
        assertThat(stories).hasSize(1_080);
        assertThat(page).as(FILE + " (run the test with -Dnexthop.docs=write)").isEqualTo(Files.readString(FILE));
        assertThat(world.alarms)
                .as("what the postmaster hears of")
                .hasSize(2 * EACH)
                .allMatch(alarm -> alarm.startsWith("double-bounce: "));
    }

    /** The same week for fewer messages, with a process that dies in the middle of it, and with one that dies again and again. */
    @ParameterizedTest
    @ValueSource(ints = {84 * 60, 19 * 60 + 7})
    void aRestartChangesNothing(int minutes) throws IOException {
        World world = world();
        Map<QueueId, Story> stories = play(world, 5, Duration.ofMinutes(minutes));
        tell(world, stories);
        assertThat(page(stories, 5)).isEqualTo(Files.readString(FILE));
    }

    private static final String INTRODUCTION = """
            What becomes of 1,080 messages in seven days: of each kind 40, which came one after the other, 7.331 s apart.

            Times count from the moment at which a message was accepted. "then after 2m 5m 2h*3" are the waits between attempts. What is
            told is a notice to the sender: action, status, recipient. "left" is what the queue still has after seven days.
            The rules are these, the first that applies:
            """;
}
