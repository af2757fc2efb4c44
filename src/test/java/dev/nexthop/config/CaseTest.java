package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests inside a file, {@code [[test]]}: what passes, what fails and how it is told. */
class CaseTest {
    private static final String RULES = """
            [queue.outbound]
            next-hop = [ { if = "is_local_domain('', rcpt_domain)", then = "'local'" },
                         { if = "authenticated_as = 'jane' || priority > 2", then = "'relay'" },
                         { if = "key_get('pg', rcpt_domain) = 'bulk'", then = "['bulk', 'relay']" },
                         { if = "rcpt_domain = 'lost.test'", then = "'defer:no way known'" },
                         { if = "rcpt_domain = 'bad.test'", then = "'reject:550 5.7.1 not here'" },
                         { if = "rcpt_domain = 'void.test'", then = "'discard'" },
                         { if = "retry_num > 3 && last_error = 'connection' && queue_age >= 1h", then = "'bulk'" },
                         { if = "expires_in < 7200 || size > 1048576 || listener = 'sub' && remote_ip = '192.0.2.7'", then = "'relay'" },
                         { else = false } ]
            tls.starttls = [ { if = "rcpt_domain = 'safe.test'", then = "require" }, { else = "optional" } ]
            [remote.relay]
            address = ["one.example.org", "two.example.org"]
            port = 587
            tls.implicit = false
            tls.starttls = "require"
            [remote.bulk]
            address = "bulk.example.org"
            port = 465
            tls.implicit = true
            [directory.memory]
            type = "memory"
            lookup.domains = ["example.org"]
            [store.pg]
            type = "postgresql"
            host = "127.0.0.1"
            database = "mail"
            user = "mail"
            password = "x"
            """;

    /** An answer for the look-up, so that rules behind it are reached. */
    private static final String NOTHING = "answers = { \"key_get('pg', 'a.test')\" = \"\" }\n";

    private static Loaded load(String test) {
        return Load.text(RULES + "[[test]]\n" + test);
    }

    private static List<Problem> errors(Loaded loaded) {
        return loaded.problems().stream()
                .filter(problem -> problem.severity() == Severity.ERROR)
                .toList();
    }

    private static String lines(String keys) {
        return keys.replace("; ", "\n") + "\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "to = 'a@example.org'; hop = 'local'",
                "to = 'a@example.org'; hop = \"'local'\"; kind = 'local'",
                "to = 'a@a.test'; authenticated_as = 'jane'; hop = 'relay'; kind = 'relay'; host = 'one.example.org'",
                "to = 'a@a.test'; authenticated_as = 'jane'; host = 'TWO.example.org'; port = 587; tls = 'require'",
                "to = 'a@a.test'; priority = 3; reason = 'rule 2'",
                "to = ['a@a.test', 'b@a.test']; authenticated_as = 'jane'; hop = ['relay']",
                "rcpt = 'a@a.test'; sender = 'x@y.test'; sender_domain = 'y.test'; rcpt_domain = 'A.test';"
                        + " priority = 3; hop = 'relay'"
            })
    void passes(String keys) {
        Loaded loaded = load(lines(keys));
        assertThat(errors(loaded)).extracting(Problem::render).isEmpty();
        assertThat(loaded.tests()).isEqualTo(new Loaded.Tests(1, 1, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind = 'mx'; hop = false",
                "kind = 'mx'; hop = 'mx'; port = 25; tls = 'optional'",
                "retry_num = 4; last_error = 'connection'; queue_age = '90m'; hop = 'bulk'; tls = 'implicit'; port = 465",
                "retry_num = 4; last_error = 'connection'; queue_age = 3599999; hop = 'mx'",
                "retry_num = 4; last_error = 'connection'; queue_age = 3600000; hop = 'bulk'",
                "expires_in = '1h'; hop = 'relay'",
                "expires_in = 7199; hop = 'relay'",
                "expires_in = 7200; hop = 'mx'",
                "size = '2mb'; hop = 'relay'",
                "size = 1048576; hop = 'mx'",
                "listener = 'sub'; remote_ip = '192.0.2.7'; hop = 'relay'",
                "listener = 'sub'; remote_ip = '192.0.2.8'; hop = 'mx'",
                "queue_age = '119h'; hop = 'relay'",
                "message_id = '01jdz6m8k4000'; received_via_port = 25; notify_num = 1; last_status = 'x'; hop = 'mx'"
            })
    void passesWhenTheLookUpFindsNothing(String keys) {
        Loaded loaded = load("to = 'a@a.test'\n" + NOTHING + lines(keys));
        assertThat(errors(loaded)).extracting(Problem::render).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "to = 'a@example.org'; hop = 'relay' | expected hop 'relay', got 'local'",
                "to = 'a@a.test'; priority = 3; hop = 'bulk'; port = 25 | expected hop 'bulk', got 'relay'; and port 25, got 587",
                "to = 'a@a.test'; priority = 3; hop = ['relay', 'bulk'] | expected hop 'relay, bulk', got 'relay'",
                "to = 'a@a.test'; priority = 3; host = 'relay.example.org' | expected host 'relay.example.org', got"
                        + " 'one.example.org, two.example.org'",
                "to = 'a@a.test'; priority = 3; tls = 'optional' | expected tls 'optional', got 'require'",
                "to = 'a@a.test'; priority = 3; kind = 'mx' | expected kind 'mx', got 'relay'",
                "to = 'a@example.org'; port = 25 | expected port 25, got none",
                "to = 'a@example.org'; host = 'x.test' | expected host 'x.test', got none",
                "to = 'a@example.org'; tls = 'require' | expected tls 'require', got none",
                "to = 'a@example.org'; reason = 'moon' | expected a reason with 'moon', got 'rule 1 at t.toml:2:21 chose the"
                        + " local store'"
            })
    void fails(String keys, String message) {
        Loaded loaded = load("name = 'x'\n" + lines(keys));
        assertThat(errors(loaded)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(Code.TEST_FAILED);
            assertThat(problem.message()).startsWith("test 'x' fails for a@").endsWith(": " + message);
            assertThat(problem.origin()).isEqualTo(new Origin("t.toml", 30, 1));
        });
        assertThat(loaded).isInstanceOf(Loaded.Failed.class);
        assertThat(loaded.tests()).isEqualTo(new Loaded.Tests(1, 1, 1));
    }

    @Test
    void everyRecipientMustPassAndTheTraceIsShown() {
        Loaded loaded = load("""
                to = ['a@example.org', 'b@lost.test']
                hop = 'local'
                answers = { "key_get('pg','lost.test')" = 'x' }
                """);
        assertThat(errors(loaded)).singleElement().extracting(Problem::render).isEqualTo("""
                t.toml:30:1: error NH020: test 1 fails for b@lost.test: expected hop 'local', got 'defer'
                  30 | [[test]]
                     | ^^^^^^^^
                     = decided: rule 4 at t.toml:5:21 defers: no way known
                     = t.toml:2:21: rule 1 passed: if is_local_domain('', rcpt_domain): is_local_domain('', rcpt_domain) is false \
                because rcpt_domain is 'lost.test'
                     = t.toml:3:21: rule 2 passed: if authenticated_as = 'jane' || priority > 2: authenticated_as = 'jane' is false \
                because authenticated_as is ''; priority > 2 is false because priority is 0
                     = t.toml:4:21: rule 3 passed: if key_get('pg', rcpt_domain) = 'bulk': key_get('pg', rcpt_domain) = 'bulk' is \
                false because key_get('pg', rcpt_domain) is 'x'
                     = t.toml:5:21: rule 4 fired: if rcpt_domain = 'lost.test', so 'defer:no way known' [rcpt_domain = 'lost.test']
                     = t.toml:6:21: rule 5 not reached: if rcpt_domain = 'bad.test'
                     = t.toml:7:21: rule 6 not reached: if rcpt_domain = 'void.test'
                     = t.toml:8:21: rule 7 not reached: if retry_num > 3 && last_error = 'connection' && queue_age >= 1h
                     = t.toml:9:21: rule 8 not reached: if expires_in < 7200 || size > 1048576 || listener = 'sub' && remote_ip = \
                '192.0.2.7'
                     = t.toml:10:23: rule 9 not reached: else""");
    }

    @Test
    void kindsThatGoNowhereCanBeExpected() {
        for (String kind : List.of("defer", "reject", "discard")) {
            String domain = Map.of("defer", "lost.test", "reject", "bad.test", "discard", "void.test")
                    .get(kind);
            Loaded loaded = load("to = 'a@" + domain + "'\nkind = '" + kind + "'\nhop = '" + kind + "'\n"
                    + "answers.\"key_get('pg','" + domain + "')\" = 'x'\n");
            assertThat(errors(loaded)).as(kind).extracting(Problem::render).isEmpty();
        }
    }

    @Test
    void anAnswerStandsForALookUp() {
        String answers = "answers = { \"key_get(\\\"pg\\\", 'big.test')\" = 'bulk' }\n";
        assertThat(errors(load("to = 'a@big.test'\nhop = ['bulk', 'relay']\nhost = 'one.example.org'\nport = 587\n"
                        + answers)))
                .isEmpty();
        assertThat(errors(load("to = 'a@big.test'\nhop = 'bulk'\nport = 465\ntls = 'implicit'\n" + answers)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kind = 'mx'", "kind = 'defer'", "reason = 'rule 3'"})
    void aLookUpThatErrsFailsTheTestWhateverItExpects(String expectation) {
        Loaded loaded = load("to = 'a@big.test'\n" + expectation + "\n");
        assertThat(errors(loaded)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(Code.TEST_FAILED);
            assertThat(problem.message())
                    .startsWith("test 1 fails for a@big.test: the rules gave no answer: rule 3 at t.toml:4:21 could"
                            + " not be evaluated: key_get(");
            assertThat(problem.render()).contains("rule 3 failed: if key_get('pg', rcpt_domain) = 'bulk': key_get(");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "to = 'a@b.test' | NH021 30:1 | expects nothing",
                "hop = 'relay' | NH011 30:1 | test.0.to is not set",
                "to = 'nonsense'; hop = 'mx' | NH007 31:7 | is not an address",
                "to = []; hop = 'mx' | NH022 31:6 | without recipients",
                "to = 'a@b.test'; rctp_domain = 'x'; hop = 'mx' | NH005 32:1 | there is no setting",
                "to = 'a@b.test'; helo_domain = 'x'; hop = 'mx' | NH005 32:1 | there is no setting",
                "to = 'a@b.test'; hop = 'realy' | NH022 32:8 | no next hop 'realy' is defined",
                "to = 'a@b.test'; hop = true | NH022 32:7 | no next hop 'true' is defined",
                "to = 'a@b.test'; kind = 'smtp' | NH007 32:9 | is not one of mx, relay, local",
                "to = 'a@b.test'; tls = 'maybe' | NH007 32:8 | is not one of implicit",
                "to = 'a@b.test'; port = 0 | NH007 32:8 | is not a whole number",
                "to = 'a@b.test'; hop = 'relay'; kind = 'mx' | NH022 33:9 | never goes with this hop",
                "to = 'a@b.test'; hop = false; host = 'x.test' | NH022 33:9 | has no host",
                "to = 'a@b.test'; kind = 'local'; port = 25 | NH022 33:8 | has no port",
                "to = 'a@b.test'; kind = 'reject'; tls = 'require' | NH022 33:8 | has no tls",
                "to = 'a@b.test'; rcpt = 'c@b.test'; hop = 'mx' | NH022 32:9 | rcpt and to differ",
                "to = 'a@b.test'; rcpt_domain = 'c.test'; hop = 'mx' | NH022 32:16 | is not the domain of 'to'",
                "to = 'a@b.test'; from = ''; sender = 'x@y.test'; hop = 'mx' | NH022 33:11 | sender and from differ",
                "to = 'a@b.test'; from = 'a@b.test'; sender_domain = 'y.test'; hop = 'mx' | NH022 33:18 | not the domain of 'from'",
                "to = 'a@b.test'; priority = 10; hop = 'mx' | NH007 32:12 | from -9 to 9",
                "to = 'a@b.test'; last_error = 'moon'; hop = 'mx' | NH007 32:15 | is not one of none, dns",
                "to = 'a@b.test'; remote_ip = 'moon'; hop = 'mx' | NH007 32:14 | an IP address",
                "to = 'a@b.test'; answers = { now = 'x' }; hop = 'mx' | NH007 32:20 | is a call with texts"
            })
    void whatCanNeverPassIsAnErrorAndNothingRuns(String keys, String place, String message) {
        Loaded loaded = load(lines(keys));
        assertThat(errors(loaded)).singleElement().satisfies(problem -> {
            assertThat(problem.code().id() + " " + problem.origin().line() + ":"
                            + problem.origin().column())
                    .isEqualTo(place);
            assertThat(problem.message()).contains(message);
        });
        assertThat(loaded.tests()).isEqualTo(new Loaded.Tests(1, 0, 0));
    }

    @Test
    void aMisspeltVariableIsMet() {
        assertThat(errors(load("to = 'a@b.test'\nauthenticated = 'x'\nhop = 'mx'\n")))
                .singleElement()
                .extracting(Problem::hint)
                .asString()
                .startsWith("did you mean test.")
                .endsWith("authenticated_as?");
    }

    @Test
    void aFileWithAnotherErrorRunsNoTest() {
        Loaded loaded = Load.text("[[test]]\nto = 'a@b.test'\nkind = 'relay'\n[queue.outbound]\nnext-hop = 'moon'\n");
        assertThat(errors(loaded)).extracting(Problem::code).containsExactly(Code.EXPRESSION);
        assertThat(loaded.tests()).isEqualTo(new Loaded.Tests(1, 0, 0));
    }

    @Test
    void theyAreNotTooMany() {
        String one = "[[test]]\nto = 'a@b.test'\nkind = 'mx'\n";
        assertThat(Load.text(one.repeat(TestReader.MAX_TESTS)).tests())
                .isEqualTo(new Loaded.Tests(TestReader.MAX_TESTS, TestReader.MAX_TESTS, 0));
        assertThat(errors(Load.text(one.repeat(TestReader.MAX_TESTS + 1))))
                .extracting(Problem::code)
                .containsExactly(Code.TEST_LIMIT);
        String many = "\"a@b.test\", ".repeat(TestReader.MAX_RECIPIENTS + 1);
        assertThat(errors(Load.text("[[test]]\nto = [" + many + "]\nkind = 'mx'\n")))
                .extracting(Problem::code)
                .containsExactly(Code.TEST_LIMIT);
    }

    @Test
    void theyDoNotTakeTooLong() {
        byte[] octets = "[[test]]\nto = 'a@b.test'\nkind = 'mx'\n".repeat(5).getBytes(StandardCharsets.UTF_8);
        ConfigFile.Parsed parsed = ConfigFile.parse("t.toml", octets);
        Values values = new Values(parsed.root(), parsed.problems());
        Configuration configuration = Load.ok("");
        List<TestCase> cases = new TestReader(values, configuration).read();
        AtomicLong clock = new AtomicLong();
        TestRun run = new TestRun(
                values,
                configuration,
                () -> clock.getAndAdd(Duration.ofSeconds(2).toNanos()));
        assertThat(run.run(cases)).isEqualTo(new Loaded.Tests(5, 2, 0));
        assertThat(parsed.problems().sorted()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(Code.TEST_LIMIT);
            assertThat(problem.message()).isEqualTo("the tests took more than 5 s; this one and 2 more did not run");
            assertThat(problem.origin().line()).isEqualTo(7);
        });
    }

    @Test
    void secretsStayOutOfTheTrace() {
        String text = """
                [queue.outbound]
                next-hop = "'relay'"
                [remote.relay]
                address = "relay.example.org"
                port = 587
                tls.implicit = false
                auth.username = "us"
                auth.secret = "hush-hush"
                [[test]]
                to = "a@b.test"
                kind = "mx"
                """;
        Loaded loaded = Load.text(text, Map.of(), Path.of("/nowhere"));
        assertThat(errors(loaded)).hasSize(1);
        assertThat(loaded.toString() + errors(loaded).getFirst().render()).doesNotContain("hush-hush");
    }
}
