package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is doubted in conditions and rules, where, and what is not. */
final class FindingTableTest {
    private static final Scope SCOPE =
            new Scope(EnumSet.allOf(Variable.class), Map.of(), Set.of("relay", "relay-eu", "local"));

    /** Condition; the only doubt about it; the text under the caret; the suggestion. */
    private static final String DOUBTED = """
            rcpt_domain = ('gmail.com' || 'hotmail.com') | TEXT_CHOICE | 'gmail.com' || 'hotmail.com' | in ['gmail.com', 'hotmail.com']
            rcpt_domain = 'x.org' || 'y.org'        | TEXT_CHOICE  | 'y.org'         | rcpt_domain in ['x.org', 'y.org']
            size > 5 || rcpt_domain == 'x.org' || 'y.org' | TEXT_CHOICE | 'y.org'    | rcpt_domain in ['x.org', 'y.org']
            'x.org' && size > 5                     | TEXT_AS_TRUTH | 'x.org'        | -
            size > 5 ^ 'x'                          | TEXT_AS_TRUTH | 'x'            | -
            !'false'                                | TEXT_AS_TRUTH | 'false'        | false
            'false'                                 | TEXT_AS_TRUTH | 'false'        | -
            size = 'big'                            | TEXT_NUMBER  | 'big'           | -
            'big' < size                            | TEXT_NUMBER  | 'big'           | -
            rcpt_domain = 5                         | TEXT_NUMBER  | 5               | '5'
            last_status >= 500                      | TEXT_NUMBER  | 500             | '500'
            recipients = 'a@b.org'                  | LIST_SCALAR  | recipients = 'a@b.org' | contains(list, value)
            rcpt > ['a']                            | LIST_SCALAR  | rcpt > ['a']    | -
            (authenticated_as || 'nobody') = 'bob'  | SHORT_CIRCUIT | authenticated_as || 'nobody' | if_then(authenticated_as, authenticated_as, 'nobody')
            starts_with(key_get('', rcpt) && sender, 'a') | SHORT_CIRCUIT | key_get('', rcpt) && sender | -
            1 = 2                                   | CONSTANT_CONDITION | 1 = 2     | -
            false                                   | CONSTANT_CONDITION | false     | -
            false && size > 5                       | CONSTANT_CONDITION | false && size > 5 | -
            size > 5 || true                        | CONSTANT_CONDITION | true      | -
            size > 5 && 1 = 2                       | CONSTANT_CONDITION | 1 = 2     | -
            rcpt_domain = 'Example.ORG'             | IMPOSSIBLE   | 'Example.ORG'   | 'example.org'
            'Example.ORG' != rcpt_domain            | IMPOSSIBLE   | 'Example.ORG'   | 'example.org'
            rcpt_domain = 'user@example.org'        | IMPOSSIBLE   | 'user@example.org' | 'example.org'
            sender_domain = 'example.org.'          | IMPOSSIBLE   | 'example.org.'  | 'example.org'
            rcpt_domain = '*.example.org'           | IMPOSSIBLE   | '*.example.org' | domain_in(rcpt_domain, ['*.example.org'])
            rcpt_domain in ['a.org', 'B.org']       | IMPOSSIBLE   | 'B.org'         | 'b.org'
            contains(['a.org', 'b.org.'], rcpt_domain) | IMPOSSIBLE | 'b.org.'       | 'b.org'
            eq_ignore_case(rcpt_domain, 'a@B.org')  | IMPOSSIBLE   | 'a@B.org'       | 'b.org'
            ends_with(rcpt_domain, '.ORG')          | IMPOSSIBLE   | '.ORG'          | '.org'
            starts_with(rcpt, 'Info')               | IMPOSSIBLE   | 'Info'          | 'info'
            contains(rcpt_domain, '@')              | IMPOSSIBLE   | '@'             | -
            rcpt = 'example.org'                    | IMPOSSIBLE   | 'example.org'   | rcpt_domain = 'example.org'
            rcpt = 'postmaster'                     | IMPOSSIBLE   | 'postmaster'    | -
            sender = '<a@b.org>'                    | IMPOSSIBLE   | '<a@b.org>'     | 'a@b.org'
            'User@b.org' in recipients              | IMPOSSIBLE   | 'User@b.org'    | 'user@b.org'
            last_error = 'foo'                      | IMPOSSIBLE   | 'foo'           | -
            last_error = 'timeouts' || last_error = 'dns ' | IMPOSSIBLE | 'timeouts' | -
            last_error = 'tsl'                      | IMPOSSIBLE   | 'tsl'           | 'tls'
            remote_ip = '10.0.0.0/8'                | IMPOSSIBLE   | '10.0.0.0/8'    | cidr_match(remote_ip, '10.0.0.0/8')
            remote_ip = 'localhost'                 | IMPOSSIBLE   | 'localhost'     | -
            remote_ip = '2001:DB8::1'               | IMPOSSIBLE   | '2001:DB8::1'   | '2001:db8::1'
            retry_num < 0                           | IMPOSSIBLE   | 0               | -
            retry_num >= 0                          | IMPOSSIBLE   | 0               | -
            0 > size                                | IMPOSSIBLE   | 0               | -
            priority > 9                            | IMPOSSIBLE   | 9               | -
            received_via_port = 70000               | IMPOSSIBLE   | 70000           | -
            retry_num = 1.5                         | IMPOSSIBLE   | 1.5             | -
            rcpt_domain = 'a.org' && rcpt_domain = 'b.org' | IMPOSSIBLE | rcpt_domain = 'a.org' && rcpt_domain = 'b.org' | -
            sender = '' && (rcpt_domain = 'a.org' && ends_with(rcpt_domain, '.net')) | IMPOSSIBLE | rcpt_domain = 'a.org' && ends_with(rcpt_domain, '.net') | -
            rcpt_domain != 'a.org' || rcpt_domain != 'b.org' | IMPOSSIBLE | rcpt_domain != 'a.org' || rcpt_domain != 'b.org' | -
            size > 10 && size < 5                   | IMPOSSIBLE   | size > 10 && size < 5 | -
            retry_num > 2 || retry_num < 5          | IMPOSSIBLE   | retry_num > 2 || retry_num < 5 | -
            matches('^gmail.com$', rcpt_domain)     | PATTERN_DOT  | .               | \\.
            matches('^(a|mail.bb)\\.org$', rcpt_domain) | PATTERN_DOT | .             | \\.
            matches('^[^@]+@.+.example\\.org$', rcpt) | PATTERN_DOT | .              | \\.
            matches('gmail\\.com', rcpt_domain)     | UNANCHORED   | 'gmail\\.com'   | '^gmail\\.com$'
            matches('gmail\\.com$', rcpt_domain)    | UNANCHORED   | 'gmail\\.com$'  | '^gmail\\.com$'
            matches('^gmail\\.com', rcpt_domain)    | UNANCHORED   | '^gmail\\.com'  | '^gmail\\.com$'
            matches('^a\\.com$|b\\.com$', rcpt_domain) | UNANCHORED | '^a\\.com$|b\\.com$' | -
            matches('(gmail|googlemail)\\.com$', rcpt_domain) | UNANCHORED | '(gmail|googlemail)\\.com$' | '^(gmail|googlemail)\\.com$'
            matches('^192\\.168\\.1', remote_ip)    | UNANCHORED   | '^192\\.168\\.1' | '^192\\.168\\.1$'
            ends_with(rcpt_domain, 'example.org')   | UNANCHORED   | 'example.org'   | '.example.org'
            ends_with(sender, 'example.org')        | UNANCHORED   | 'example.org'   | '@example.org'
            matches('^Info@', rcpt)                 | PATTERN_NEVER | I              | i
            matches('^(info-EU)@', rcpt)            | PATTERN_NEVER | E              | e
            $1 = 'x'                                | CAPTURE      | $1              | -
            $1 = 'x' && matches('^(.)', rcpt)       | CAPTURE      | $1              | -
            matches('^(.)', rcpt) && $2 = 'x'       | CAPTURE      | $2              | -
            cidr_match(remote_ip, '10.0.0.1/8')     | OTHER        | '10.0.0.1/8'    | -
            size > 5m                               | DURATION     | 5m              | -
            expires_in < 1h                         | DURATION     | 1h              | 3600
            """;

    /** Rules, {@code if -> then ; … ; else}; the doubts, {@code rule part KIND}. */
    private static final String RULES = """
            true -> 'a' ; size > 5 -> 'b' ; 'c'                     | 1 IF UNREACHABLE, 2 THEN UNREACHABLE
            rcpt_domain='a.org' -> 'a' ; rcpt_domain == 'a.org' -> 'b' ; 'c' | 1 IF COVERED
            is_local_domain('', rcpt_domain) -> 'a' ; is_local_domain( '',rcpt_domain ) -> 'b' ; 'c' | 1 IF COVERED
            rcpt_domain in ['a.org', 'b.org'] -> 'a' ; rcpt_domain = 'b.org' -> 'b' ; 'c' | 1 IF COVERED
            rcpt_domain = 'a.org' -> 'a' ; rcpt_domain = 'b.org' -> 'b' ; in(rcpt_domain, ['a.org', 'b.org']) -> 'b' ; 'c' | 2 IF COVERED
            ends_with(rcpt_domain, '.org') -> 'a' ; rcpt_domain = 'b.org' -> 'b' ; 'c' | 1 IF COVERED
            ends_with(rcpt_domain, '.org') -> 'a' ; ends_with(rcpt_domain, '.b.org') && size > 5 -> 'b' ; 'c' | 1 IF COVERED
            glob('*.org', rcpt_domain) -> 'a' ; rcpt_domain = 'b.org' && size > 5 -> 'b' ; 'c' | 1 IF COVERED
            matches('^(a|b)\\.org$', rcpt_domain) -> 'a' ; rcpt_domain = 'b.org' -> 'b' ; 'c' | 1 IF COVERED
            rcpt_domain != 'a.org' -> 'a' ; rcpt_domain = 'b.org' -> 'b' ; 'c' | 1 IF COVERED
            size > 5 || rcpt_domain = 'a.org' -> 'a' ; rcpt_domain = 'a.org' && retry_num > 1 -> 'b' ; 'c' | 1 IF COVERED
            retry_num > 1 -> 'a' ; retry_num > 3 -> 'b' ; 'c'       | 1 IF COVERED
            retry_num > 1 -> 'a' ; retry_num >= 2 && sender = '' -> 'b' ; 'c' | 1 IF COVERED
            retry_num <= 1 -> 'a' ; retry_num > 3 -> 'b' ; retry_num != 2 && retry_num != 3 -> 'x' ; 'c' | 2 IF COVERED
            priority = 1 -> 'a' ; priority = 1 -> 'b' ; 'c'         | 1 IF COVERED
            matches('^(.)', rcpt) -> $2 ; 'c'                       | 0 THEN CAPTURE
            size > 5 -> $1 ; 'c'                                    | 0 THEN CAPTURE
            'c' + $1                                                | 0 THEN CAPTURE
            key_get('', rcpt) || 'relay'                            | 0 THEN SHORT_CIRCUIT
            """;

    /** What a careful person writes. */
    private static final String CLEAN = """
            is_local_domain('', rcpt_domain) -> 'local' ; 'relay'
            is_local_domain('', rcpt_domain) -> 'local' ; false
            is_local_address('', rcpt) -> 'local' ; rcpt_domain = 'example.org' -> 'old' ; false
            matches('^(.+)@(eu|us)\\.example\\.org$', rcpt) -> 'relay-' + $2 ; 'relay'
            in(rcpt_domain, ['gmail.com', 'googlemail.com']) -> 'bulk' ; sender_domain = 'news.example.org' -> 'bulk' ; false
            matches("^([^@]+)@.*\\.internal$", rcpt) -> 'inside' ; false
            retry_num > 2 -> 'relay2' ; 'relay1'
            retry_num > 5 -> 'b' ; retry_num > 2 -> 'a' ; 'c'
            retry_num > 0 && last_error = 'tls' -> 'b' ; retry_num > 0 -> 'a' ; 'c'
            rcpt_domain = 'example.org' || ends_with(rcpt_domain, '.test') -> 'a' ; false
            rcpt_domain = 'a.example.org' -> 'x' ; ends_with(rcpt_domain, '.example.org') -> 'y' ; false
            rcpt_domain = 'a.org' && size > 5 -> 'x' ; rcpt_domain = 'a.org' -> 'y' ; false
            rcpt_domain = 'a.org' -> 'x' ; rcpt_domain in ['a.org', 'b.org'] -> 'y' ; false
            sender = '' -> 'bounces' ; false
            sender_domain = '' || authenticated_as -> 'x' ; false
            authenticated_as && size > 10000000 -> 'x' ; false
            !is_empty(authenticated_as) || cidr_match(remote_ip, ['10.0.0.0/8', '2001:db8::/32']) -> true ; false
            remote_ip = '192.0.2.1' || remote_ip = '2001:db8::1' -> 'x' ; false
            priority > 2 -> 'x' ; priority < 0 -> 'y' ; priority = 0 -> 'z' ; false
            size > 10485760 && retry_num = 0 -> 'x' ; false
            queue_age > 1h || expires_in < 3600 -> 'x' ; false
            listener = 'Submission' || helo_domain = 'Foo.Example' -> 'x' ; false
            last_status != '' && contains_ignore_case(last_status, 'Greylist') -> 'x' ; false
            matches('^v(\\d+)@', rcpt) && $1 > 5 -> 'x' ; false
            !matches('^(.)', rcpt) -> 'x' ; $1
            matches('bulk', sender) -> 'x' ; matches('^(mx|mail)', mx) -> 'y' ; false
            matches('(^|\\.)gmail\\.com$', rcpt_domain) -> 'x' ; matches('@(a|b)\\.org$', rcpt) -> 'y' ; false
            matches('(?i)^Info@', sender) -> 'x' ; matches('^[A-Z]?x', rcpt) -> 'y' ; false
            matches('^10\\.', remote_ip) || matches('\\.eu$', rcpt_domain) -> 'x' ; false
            matches('4.7.1', last_status) -> 'x' ; false
            ends_with(rcpt, '@example.org') || ends_with(mx, '.google.com') -> 'x' ; false
            domain_in(['Example.ORG', '*.example.net']) -> 'x' ; false
            glob('*@Example.org', rcpt) -> 'x' ; eq_ignore_case(sender, 'Info@Example.org') -> 'y' ; false
            'user@example.org' in recipients && count(recipients) > 50 -> 'x' ; false
            rcpt_domain != 'a.org' && rcpt_domain != 'b.org' -> 'x' ; false
            key_exists('bulk', rcpt_domain) -> 'x' ; key_exists('slow', rcpt_domain) -> 'y' ; false
            key_get('routes', rcpt_domain) = 'x' -> 'x' ; false
            if_then(size > 5, 'a', 'b')
            """;

    @TestFactory
    Stream<DynamicTest> everyDoubtHasItsKindAndPlace() {
        return DOUBTED.lines()
                .map(FindingTableTest::cells)
                .map(row -> DynamicTest.dynamicTest(row[0], () -> {
                    List<RuleProblem> doubts = doubts(row[0] + " -> 'a' ; 'b'").stream()
                            .filter(doubt -> doubt.problem().finding() != Finding.UNREACHABLE)
                            .toList();
                    RuleProblem doubt = doubts.getFirst();
                    int from = doubt.problem().offset();

                    assertThat(doubts)
                            .allSatisfy(
                                    each -> assertThat(each.problem().finding()).hasToString(row[1]));
                    assertThat(row[0].substring(from, from + doubt.problem().length()))
                            .isEqualTo(row[2]);
                    assertThat(doubt.problem().suggestion()).isEqualTo(row[3].equals("-") ? null : row[3]);
                    assertThat(doubt.part()).isEqualTo(RuleProblem.Part.IF);
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyDoubtAboutRulesNamesTheRule() {
        return RULES.lines()
                .map(FindingTableTest::cells)
                .map(row -> DynamicTest.dynamicTest(row[0], () -> {
                    String doubts = doubts(row[0]).stream()
                            .map(doubt -> doubt.rule() + " " + doubt.part() + " "
                                    + doubt.problem().finding())
                            .collect(Collectors.joining(", "));
                    assertThat(doubts).isEqualTo(row[1]);
                }));
    }

    @TestFactory
    Stream<DynamicTest> sensibleRulesAreNotDoubted() {
        return CLEAN.lines()
                .map(String::strip)
                .map(row -> DynamicTest.dynamicTest(
                        row, () -> assertThat(doubts(row)).isEmpty()));
    }

    @Test
    void everyKindIsInTheTables() {
        EnumSet<Finding> missing = EnumSet.allOf(Finding.class);
        missing.removeIf(finding -> DOUBTED.contains(finding.name()) || RULES.contains(finding.name()));
        assertThat(missing).containsExactly(Finding.BARE_HOP);
    }

    @Test
    void manyRulesAreLookedAtInNoTime() {
        List<RuleSource> sources = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            String domain = "c" + i + ".example'";
            sources.add(new RuleSource(
                    "rcpt_domain = '" + domain + " || ends_with(rcpt_domain, '." + domain + ") && size > " + i,
                    "'x'",
                    ""));
        }
        sources.add(new RuleSource(null, "'x'", ""));
        long start = System.nanoTime();
        assertThat(Rules.compile(sources, SCOPE)).isInstanceOf(Compilation.Ok.class);
        assertThat((System.nanoTime() - start) / 1_000_000).as("milliseconds").isLessThan(20_000);
    }

    @Test
    void hostileChainsAreLookedAtInNoTime() {
        String inner = "rcpt_domain = 'a.org'" + " || sender = 'a@b.org' && size > 1".repeat(150);
        StringBuilder deep = new StringBuilder(inner);
        for (int i = 0; i < 20; i++) {
            deep.insert(0, "(")
                    .append(") && rcpt_domain = 'x")
                    .append(i)
                    .append(".org' || (")
                    .append(inner)
                    .append(')');
        }
        String source = deep.substring(0, Math.min(deep.length(), Parser.MAX_LENGTH));
        long start = System.nanoTime();
        assertThat(Expression.compile(source, SCOPE)).isNotNull();
        assertThat((System.nanoTime() - start) / 1_000_000).as("milliseconds").isLessThan(20_000);
    }

    private static String[] cells(String row) {
        return Arrays.stream(row.split(" +\\|(?!\\|) +")).map(String::strip).toArray(String[]::new);
    }

    private static List<RuleProblem> doubts(String rules) {
        List<RuleSource> sources = new ArrayList<>();
        for (String rule : rules.split(" ; ")) {
            String[] parts = rule.split(" -> ");
            sources.add(new RuleSource(parts.length == 1 ? null : parts[0], parts[parts.length - 1], ""));
        }
        return switch (Rules.compile(sources, SCOPE)) {
            case Compilation.Ok<Rules> ok -> ok.guesses();
            case Compilation.Failed<Rules> failed -> throw new AssertionError(rules + ": " + failed.problems());
        };
    }
}
