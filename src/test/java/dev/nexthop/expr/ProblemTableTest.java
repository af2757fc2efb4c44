package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is refused, where, and what is suggested instead. */
final class ProblemTableTest {
    private static final Scope SCOPE = new Scope(
            EnumSet.of(Variable.RCPT, Variable.RCPT_DOMAIN, Variable.SIZE, Variable.RECIPIENTS),
            Map.of(),
            Set.of("relay", "local"),
            Sample.SCOPE.settings());

    /** Expression, the text under the caret, words of the message, the suggestion. */
    private static final String REFUSED = """
            rcpt_domian = 'x'        | rcpt_domian  | unknown word rcpt_domian          | rcpt_domain
            mx = 'x'                 | mx           | not known to this setting         | -
            Rcpt = 'x'               | Rcpt         | unknown word Rcpt                 | rcpt
            rely                     | rely         | unknown word rely                 | relay
            relay.example.org        | relay.example.org | a text needs quotes          | -
            is_local_domian('', rcpt) | is_local_domian | did you mean is_local_domain? | is_local_domain
            hash('x', 2)             | 2            | no algorithm                      | -
            dns_query(rcpt, 'mxx')   | 'mxx'        | no record that dns_query knows    | 'mx'
            hash(rcpt, 'sha3')       | 'sha3'       | it knows md5, sha1, sha256, sha512 | -
            dns_query(rcpt, 'a')     | 'a'          | ip, ipv4, ipv6, mx, txt, ptr      | 'ipv4'
            hop_up('relai')          | 'relai'      | no next hop 'relai' is defined; defined: local, relay | 'relay'
            hop_up('')               | ''           | no next hop                       | -
            hop_up(recipients)       | recipients   | must be a text                    | -
            percent(101, rcpt)       | 101          | a number from 0 to 100            | -
            percent('x', rcpt)       | 'x'          | not a number                      | -
            config_get('server.hostnam') | 'server.hostnam' | unknown setting          | 'server.hostname'
            config_get('remote.relay.auth.secret') | 'remote.relay.auth.secret' | is a secret | -
            config_get(rcpt)         | rcpt         | must be a text in quotes          | -
            counter_incr('', rcpt, 'x') | 'x'       | not a number                      | -
            sql_query('crm', rcpt)   | rcpt         | write ? where a value goes        | -
            sql_query('crm', 'SELECT ' + rcpt) | 'SELECT ' + rcpt | the statement must be a text in quotes | -
            sql_query('crm')         | sql_query('crm') | takes 2 or more arguments, here are 1: sql_query(store, | -
            is_local_domain()        | is_local_domain() | takes 1 or 2 arguments       | -
            size > 5k                | 5k           | nor a size                        | -
            len()                    | len()        | takes 1 argument, here are 0: len(x)      | -
            len(rcpt, 1)             | len(rcpt, 1) | takes 1 argument, here are 2      | -
            substring(rcpt, 1)       | substring(rcpt, 1) | takes 3 arguments           | -
            matches('a')             | matches('a') | takes 2 arguments                 | -
            len                      | len          | is a function                     | -
            1 +                      |              | a value must follow               | -
            (1 + 2                   |              | ) (closing ( at character 1)      | -
            [1, 2                    |              | ] (closing [ at character 1)      | -
            len(rcpt                 |              | ) (closing ( at character 4)      | -
            1 2                      | 2            | expected an operator              | -
            1 )                      | )            | expected an operator              | -
            * 2                      | *            | expected a value                  | -
            1 + * 2                  | *            | expected a value                  | -
            a = 'b                   | 'b           | no closing '                      | -
            rcpt = 'a' # x           | #            | has no meaning                    | -
            rcpt = ‘a’               | ‘            | U+2018                            | -
            {rcpt}                   | {            | has no meaning                    | -
            10.0.0.1                 | 10.0.0.1     | a text needs quotes: '10.0.0.1'   | -
            5x                       | 5x           | neither a number nor a duration   | -
            1.5h                     | 1.5h         | neither a number nor a duration   | -
            99999999999999999999     | 99999999999999999999 | does not fit 64 bits      | -
            999999999999999999d      | 999999999999999999d | neither a number           | -
            $x                       | $x           | no capture                        | -
            $                        | $            | no capture                        | -
            'abc' * 2                | 'abc'        | not a number, which * needs       | -
            5 - 'abc'                | 'abc'        | not a number, which - needs       | -
            recipients * 2           | recipients   | a list cannot be a number         | -
            -recipients              | recipients   | a list cannot be a number         | -
            rcpt[0]                  | rcpt         | only a list has items             | -
            recipients['x']          | 'x'          | not a number                      | -
            starts_with(recipients, 'a') | recipients | must be a text, this is a list  | -
            sort(rcpt, true)         | rcpt         | must be a list, this is a text    | -
            dedup(5)                 | 5            | must be a list                    | -
            rcpt in 'x'              | 'x'          | wants a list                      | -
            substring(rcpt, 'a', 1)  | 'a'          | not a number                      | -
            matches(rcpt, 'a')       | rcpt         | must be a text in quotes          | -
            matches('a(b', rcpt)     | 'a(b'       | missing closing                   | -
            matches('x[z-a]', rcpt)  | z-a          | invalid character class range     | -
            matches('(a{90}){900}', rcpt) | '(a{90}){900}' | too large            | -
            matches('a(?=b)', rcpt)  | (?=          | no look-around                    | -
            matches('(a)\\1', rcpt)  | \\1          | no back-references                | -
            matches('a**', rcpt)     | **           | wrong regular expression          | -
            glob(rcpt, 'a')          | rcpt         | pattern must be a text            | -
            cidr_match(rcpt, '10.0.0.0/33') | '10.0.0.0/33' | not a network             | -
            cidr_match(rcpt, 'x')    | 'x'          | not a network                     | -
            cidr_match(rcpt, rcpt)   | rcpt         | must be written out               | -
            email_part(rcpt, 'host') | 'host'       | 'local' and 'domain'              | -
            """;

    /** What is accepted, but perhaps not as it was meant. */
    private static final String GUESSED = """
            relay                    | relay        | read as the next hop 'relay'      | 'relay'
            ['a', local]             | local        | read as the next hop              | 'local'
            'false' || size > 1      | 'false'      | always counts as true             | false
            !'x'                     | 'x'          | always counts as true             | -
            size = 'big'             | 'big'        | counts as 0                       | -
            recipients = 'a'         | recipients = 'a' | a list is compared            | contains(list, value)
            cidr_match(rcpt, '10.0.0.1/8') | '10.0.0.1/8' | bits set behind its prefix  | -
            """;

    @TestFactory
    Stream<DynamicTest> everyRowIsRefusedAtItsPlace() {
        return rows(REFUSED)
                .map(row -> DynamicTest.dynamicTest(row[0], () -> {
                    Compiled compiled = Expression.compile(row[0], SCOPE);
                    assertThat(compiled).isInstanceOf(Compiled.Failed.class);
                    check(row, ((Compiled.Failed) compiled).problems());
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyGuessIsNamed() {
        return rows(GUESSED)
                .map(row -> DynamicTest.dynamicTest(row[0], () -> {
                    Compiled compiled = Expression.compile(row[0], SCOPE);
                    assertThat(compiled).isInstanceOf(Compiled.Ok.class);
                    check(row, ((Compiled.Ok) compiled).guesses());
                }));
    }

    private static Stream<String[]> rows(String table) {
        return Arrays.stream(table.split("\n")).map(row -> {
            String[] cells = row.split(" \\|(?!\\|)");
            return Arrays.stream(cells).map(String::strip).toArray(String[]::new);
        });
    }

    private static void check(String[] row, List<ExpressionProblem> problems) {
        assertThat(problems).as(row[0]).anySatisfy(problem -> {
            int end = problem.offset() + problem.length();
            assertThat(row[0].substring(problem.offset(), end)).isEqualTo(row[1]);
            assertThat(problem.message()).contains(row[2]);
            assertThat(problem.suggestion()).isEqualTo(row[3].equals("-") ? null : row[3]);
        });
    }

    @Test
    void allProblemsAreReportedTogetherInTheOrderOfTheText() {
        Compiled.Failed failed =
                (Compiled.Failed) Expression.compile("foo(rcpt) && bar = 5x || matches('(', zap) && len()", SCOPE);

        assertThat(failed.problems()).extracting(ExpressionProblem::offset).containsExactly(0, 13, 19, 33, 38, 46);
    }

    @Test
    void anUnknownWordNamesWhatExists() {
        Compiled.Failed failed = (Compiled.Failed) Expression.compile("nonsense", SCOPE);

        assertThat(failed.problems().getFirst().message())
                .isEqualTo("unknown word nonsense; a text needs quotes: 'nonsense'. Variables here: "
                        + "rcpt, rcpt_domain, recipients, size. Next hops: local, relay");
    }

    @Test
    void anEmptyExpressionIsRefused() {
        for (String empty : List.of("", "   ", "\t\r\n")) {
            assertThat(Expression.compile(empty, SCOPE)).as("'%s'", empty).isInstanceOf(Compiled.Failed.class);
        }
    }

    @Test
    void nothingNestsDeeperThanTheLimitAndTheStackHolds() {
        List<String> bombs = List.of(
                "(".repeat(30_000) + "1" + ")".repeat(30_000),
                "(".repeat(60_000),
                "[".repeat(60_000),
                "!".repeat(60_000) + "1",
                "-".repeat(60_000) + "1",
                "len(".repeat(15_000) + "1" + ")".repeat(5_000),
                "1" + "+1".repeat(30_000) + "+rcpt".repeat(200),
                "rcpt" + "+rcpt".repeat(12_000),
                "1" + "[0]".repeat(20_000),
                "recipients" + "[0]".repeat(20_000),
                "1 || ".repeat(10_000) + "(".repeat(200) + "1" + ")".repeat(200),
                "matches('" + "(".repeat(30_000) + "', rcpt)",
                "matches('" + "(".repeat(2000) + "a" + ")".repeat(2000) + "', rcpt)");
        for (String bomb : bombs) {
            String name = bomb.substring(0, 20);
            assertThat(Expression.compile(bomb, SCOPE)).as(name).isInstanceOf(Compiled.Failed.class);
        }
    }

    @Test
    void theDepthLimitHasItsOwnMessageAndIsNotTooTight() {
        Compiled.Failed failed = (Compiled.Failed) Expression.compile("(".repeat(200) + "1" + ")".repeat(200), SCOPE);

        assertThat(failed.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.message()).contains("nested too deeply").contains("100");
            assertThat(problem.offset()).isBetween(40, 110);
        });
        assertThat(Expression.compile("(".repeat(30) + "1" + ")".repeat(30), SCOPE))
                .isInstanceOf(Compiled.Ok.class);
        assertThat(Expression.compile("rcpt" + " + rcpt".repeat(80), SCOPE)).isInstanceOf(Compiled.Ok.class);
    }

    /**
     * On three quarters of the stack that threads have by default. What the first compiler makes of the library takes the most
     * of it: half would do for 569 optional characters in one another, and 600 are allowed.
     */
    @Test
    void noPatternTakesTheWholeStackOrAllMemory() throws InterruptedException {
        List<String> patterns = List.of(
                "((a{0,100}){0,100}){0,100}",
                "(?:(?:(?:a?){30}){30}){30}",
                "((((a{1000})))){1000}",
                "a{0,1000}",
                "a{0,1000}".repeat(400),
                "a{0,598}",
                "a*".repeat(599),
                "(a?)".repeat(298),
                "(a|)*".repeat(198),
                "(?:(?:|a){9}){32}",
                "(?:a|(?:b|(?:c|(?:d|(?:e|f)*)*)*)*)*{30}",
                "(a?)".repeat(1000),
                "(a|)*".repeat(800),
                "a*".repeat(2000),
                "(?:|a)".repeat(600),
                "(\\pL{30}){30}|".repeat(100),
                "\\Q(((\\E".repeat(500),
                "[]({9}a?{]{2}".repeat(300));
        for (String pattern : patterns) {
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            Runnable match = () -> {
                Compiled compiled = Expression.compile("matches('" + pattern + "', rcpt)", SCOPE);
                if (compiled instanceof Compiled.Ok ok) {
                    try {
                        Value many = Value.of("a".repeat(2000));
                        var _ = ok.expression().test(new Evaluation(_ -> many, Lookups.NONE));
                    } catch (EvaluationException e) {
                        failure.set(e);
                    }
                }
            };
            Thread thread = new Thread(null, match, "small stack", 768 << 10);
            thread.setUncaughtExceptionHandler((_, e) -> failure.set(e));
            thread.start();
            thread.join();
            assertThat(failure.get()).as(pattern).isNull();
        }
        assertThat(Expression.compile("matches('((a{0,100}){0,100}){0,100}', rcpt)", SCOPE))
                .isInstanceOf(Compiled.Failed.class);
        assertThat(Expression.compile("matches('(" + "[a-z]+\\.example|".repeat(200) + "x)', rcpt)", SCOPE))
                .isInstanceOf(Compiled.Ok.class);
        assertThat(Expression.compile("matches('^[0-9a-f]{64}(-[a-z]{2,63}){1,8}$', rcpt)", SCOPE))
                .isInstanceOf(Compiled.Ok.class);
    }

    @Test
    void aChainOfAThousandAlternativesIsNotDeep() throws EvaluationException {
        String chain = "rcpt = 'a' || ".repeat(3000) + "rcpt = 'user@example.org'";

        assertThat(Sample.compiled(chain).test(new Evaluation(Sample.FACTS, Sample.LOOKUPS)))
                .isTrue();
    }

    @Test
    void anExpressionMayBeLongButNotWithoutEnd() {
        assertThat(Expression.compile("'" + "x".repeat(60_000) + "'", SCOPE)).isInstanceOf(Compiled.Ok.class);
        Compiled.Failed failed = (Compiled.Failed) Expression.compile("'" + "x".repeat(70_000) + "'", SCOPE);
        assertThat(failed.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("65536"));
    }

    @Test
    void theVariablesOfASettingAreThoseOfItsScope() {
        assertThat(Variable.SENDER_SCOPE).doesNotContain(Variable.RCPT, Variable.MX, Variable.HOP);
        assertThat(Variable.RCPT_SCOPE)
                .contains(Variable.RCPT, Variable.RCPT_DOMAIN, Variable.RECIPIENTS, Variable.LAST_ERROR)
                .doesNotContain(Variable.MX, Variable.HOP, Variable.HELO_DOMAIN);
        assertThat(Variable.MX_SCOPE).contains(Variable.MX, Variable.HOP).doesNotContain(Variable.LOCAL_IP);
        assertThat(Variable.HOST_SCOPE).contains(Variable.LOCAL_IP, Variable.REMOTE_IP);
        assertThat(Expression.compile("hop", Scope.of(Variable.RCPT_SCOPE))).isInstanceOf(Compiled.Failed.class);
        assertThat(Expression.compile("hop", Scope.of(Variable.MX_SCOPE))).isInstanceOf(Compiled.Ok.class);
    }
}
