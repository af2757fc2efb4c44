package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.schedule.ScheduleSettings;
import dev.nexthop.schedule.VirtualQueue;
import dev.nexthop.schedule.VirtualQueues;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Virtual queues as they are written. */
class VirtualReaderTest {
    private static final String BOTH = """
            [queue.outbound]
            queue = [ { if = "sender_domain = 'news.example.org'", then = "'bulk'" },
                      { if = "last_error = 'rate'", then = "'slow-1'" },
                      { else = false } ]
            [queue.schedule]
            expire = "4d"
            [queue.virtual.bulk]
            concurrency = 10
            per-destination = 2
            schedule.retry = "[1h, 6h]"
            schedule.notify = [ { if = "size > 100", then = "[2d]" }, { else = "[1d]" } ]
            [queue.virtual.slow-1]
            schedule.expire = "1d"
            schedule.notify = "[4h]"
            """;

    private static ScheduleSettings schedule(String text) {
        return Load.ok(text).outbound().schedule();
    }

    @Test
    void whatIsWritten() {
        ScheduleSettings schedule = schedule(BOTH);
        VirtualQueues queues = schedule.queues();
        assertThat(queues.any()).isTrue();
        assertThat(queues.all()).extracting(VirtualQueue::id).containsExactly("bulk", "slow-1");
        VirtualQueue bulk = Objects.requireNonNull(queues.get("bulk"));
        assertThat(bulk.concurrency()).isEqualTo(OptionalInt.of(10));
        assertThat(bulk.perDestination()).isEqualTo(OptionalInt.of(2));
        assertThat(Constants.value(bulk.retry())).contains(List.of(Duration.ofHours(1), Duration.ofHours(6)));
        assertThat(bulk.expire()).as("what is left out is that of all mail").isSameAs(schedule.expire());
        assertThat(schedule.key(ScheduleSettings.Wait.RETRY, bulk)).isEqualTo("queue.virtual.bulk.schedule.retry");
        assertThat(schedule.key(ScheduleSettings.Wait.EXPIRE, bulk)).isEqualTo("queue.schedule.expire");
        assertThat(schedule.key(ScheduleSettings.Wait.NOTIFY, null)).isEqualTo("queue.schedule.notify");
        VirtualQueue slow = Objects.requireNonNull(queues.get("slow-1"));
        assertThat(slow.concurrency()).isEmpty();
        assertThat(slow.perDestination()).isEmpty();
        assertThat(Constants.value(slow.expire())).contains(Duration.ofDays(1));
        assertThat(slow.retry()).isSameAs(schedule.retry());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                "[queue.outbound];queue = false",
                "[queue.outbound];queue = false;[queue.virtual.bulk];concurrency = 1",
            })
    void whereAllMailIsOrdinaryNobodyIsAsked(String text) {
        assertThat(schedule(text.replace(";", "\n") + "\n").queues().any()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "queue = \"'bulk'\" | UNKNOWN_ID | none is defined",
                "queue = \"'bulkk'\";[queue.virtual.bulk] | UNKNOWN_ID | did you mean 'bulk'? defined: bulk",
                "queue = [{ if = \"size > 1\", then = \"'mass'\" }, { else = false }];[queue.virtual.bulk] | UNKNOWN_ID | no virtual queue 'mass'",
                "queue = [{ if = \"size > 1\", then = \"size\" }, { else = false }] | RULE_TYPE | can never be the id of a virtual queue",
                "queue = true | RULE_TYPE | not the id of a virtual queue",
                "queue = \"''\" | RULE_TYPE | no virtual queue has that name",
                "queue = 'bulk';[queue.virtual.bulk] | EXPRESSION | own quotes",
                "queue = \"mx\" | EXPRESSION | mx",
                "queue = [{ if = \"hop = 'x'\", then = false }, { else = false }] | EXPRESSION | hop",
                "queue = false;[queue.virtual.false] | RESERVED_ID | meaning of its own",
                "queue = false;[queue.virtual.\"a b\"] | VALUE | at most 64 letters",
                "queue = false;[queue.virtual.\"#\"] | VALUE | at most 64 letters",
                "queue = false;[queue.virtual.bulk];concurency = 1 | UNKNOWN_KEY | concurrency",
                "queue = false;[queue.virtual.bulk];concurrency = 0 | VALUE | from 1 to",
                "queue = false;[queue.virtual.bulk];per-destination = 'x' | VALUE | from 1 to",
                "queue = false;[queue.virtual.bulk];schedule.retry = 'soon' | EXPRESSION | soon",
                "queue = false;[queue.virtual.bulk];schedule.expire = \"mx\" | EXPRESSION | mx",
                "queue = false;[[queue.virtual]];concurrency = 1 | SHAPE | table",
                "queue = false;virtual = 1;[queue.virtual];bulk = 1 | SHAPE | table",
            })
    void whatIsWrongSaysSo(String written, String code, String words) {
        String text = "[queue.outbound]\n" + written.replace(";", "\n") + "\n";
        List<Problem> problems = Load.text(text).problems();
        assertThat(problems).as(problems.toString()).anySatisfy(problem -> {
            assertThat(problem.code().name()).isEqualTo(code);
            assertThat(problem.message() + problem.hint()).contains(words);
        });
    }

    /** The place of an id that nobody defines is that of the id. */
    @Test
    void anUnknownQueueHasItsPlace() {
        assertThat(Load.codes(BOTH.replace("\"'bulk'\"", "\"'bulg'\"")))
                .contains("NH013 2:" + (BOTH.lines().toList().get(1).indexOf("'bulk'\"") + 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schedule.retry = '[5d]' | queue.virtual.bulk.schedule.retry",
                "schedule.retry = '[30h]';schedule.expire = '30h' | queue.virtual.bulk.schedule.retry",
                "schedule.expire = '12h' | queue.virtual.bulk.schedule.notify",
                "schedule.notify = '[4d]';schedule.expire = '3d' | queue.virtual.bulk.schedule.notify",
            })
    void aWaitThatOutlivesTheQueueIsDoubted(String written, String setting) {
        assertThat(Load.text(("[queue.outbound];queue = \"'bulk'\";[queue.virtual.bulk];" + written + ";")
                                .replace(";", "\n"))
                        .problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo(Code.SCHEDULE);
                    assertThat(problem.hint())
                            .contains("raise queue.virtual.bulk.schedule.expire")
                            .contains(setting);
                });
    }

    /** What a queue takes over from all mail is doubted once, there. */
    @Test
    void whatIsTakenOverIsDoubtedOnce() {
        assertThat(Load.codes("""
                        [queue.outbound]
                        queue = "'bulk'"
                        [queue.virtual.bulk]
                        schedule.retry = "[1h]"
                        [queue.schedule]
                        notify = "[6d]"
                        """)).containsExactly("NH212 6:11");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "queue = \"'bulk'\" | mass",
                "queue = false | bulk,mass",
                "queue = [{ if = \"size > 1\", then = \"'bulk'\" }, { else = \"'mass'\" }] | ''",
                "queue = \"key_get('default', sender_domain)\" | ''",
            })
    void aQueueThatNoRuleNamesIsDoubted(String rule, String unused) {
        String text = "[queue.outbound]\n" + rule + "\n[queue.virtual.bulk]\nconcurrency = 1\n[queue.virtual.mass]\n";
        assertThat(Load.text(text).problems().stream()
                        .filter(problem -> problem.code() == Code.UNUSED_QUEUE)
                        .map(problem -> problem.message().replaceAll(".*'(\\w+)'", "$1"))
                        .toList())
                .isEqualTo(unused.isEmpty() ? List.of() : List.of(unused.split(",")));
    }

    @Test
    void aQueueThatComesOrGoesIsOneChange() {
        Configuration with = Load.ok(BOTH);
        Configuration without = Load.ok("[queue.schedule]\nexpire = \"4d\"\n");
        assertThat(Changes.between(without, with).summary())
                .contains("virtual queue bulk added, virtual queue slow-1 added")
                .contains("queue.outbound.queue");
    }
}
