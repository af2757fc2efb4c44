package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which parts of a condition decided, and what they saw. */
class WhyTest {
    private static RuleTrace trace(String condition) {
        Compilation<Rules> compiled = Rules.compile(
                List.of(new RuleSource(condition, "'yes'", "t:1:1"), new RuleSource(null, "'no'", "t:2:1")),
                Sample.SCOPE);
        Rules rules = ((Compilation.Ok<Rules>) compiled).result();
        return rules.trace(Sample.FACTS, Sample.LOOKUPS).rules().getFirst();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "rcpt_domain = 'a.org' # rcpt_domain = 'a.org' is false because rcpt_domain is 'example.org'",
                "rcpt_domain = 'example.org' # rcpt_domain = 'example.org' is true because rcpt_domain is 'example.org'",
                // The first false part of &&; parts behind it are not looked at.
                "rcpt_domain = 'example.org' && sender_domain = 'x' && retry_num > 5 # sender_domain = 'x' is false because"
                        + " sender_domain is 'sender.test'",
                // All parts of || when it is false, the true one when it is true.
                "rcpt_domain = 'a' || sender_domain = 'b' # rcpt_domain = 'a' is false because rcpt_domain is 'example.org'; "
                        + "sender_domain = 'b' is false because sender_domain is 'sender.test'",
                "rcpt_domain = 'a' || sender_domain = 'sender.test' || retry_num = 9 # sender_domain = 'sender.test' is true"
                        + " because sender_domain is 'sender.test'",
                "rcpt_domain = 'example.org' && sender_domain = 'sender.test' # rcpt_domain = 'example.org' is true because"
                        + " rcpt_domain is 'example.org'; sender_domain = 'sender.test' is true because sender_domain is"
                        + " 'sender.test'",
                // Through parentheses and negations.
                "!(rcpt_domain = 'example.org') # rcpt_domain = 'example.org' is true because rcpt_domain is 'example.org'",
                "!(rcpt_domain = 'example.org' || retry_num = 99) # rcpt_domain = 'example.org' is true because rcpt_domain is"
                        + " 'example.org'",
                "(rcpt_domain = 'a' || !(retry_num < 99)) && sender = 'x' # rcpt_domain = 'a' is false because rcpt_domain is"
                        + " 'example.org'; retry_num < 99 is true because retry_num is 3",
                // Calls, names, numbers.
                "ends_with(rcpt_domain, '.net') # ends_with(rcpt_domain, '.net') is false because rcpt_domain is 'example.org'",
                "len(rcpt_domain) > 20 # len(rcpt_domain) > 20 is false because len(rcpt_domain) is 11",
                "retry_num = 7 # retry_num = 7 is false because retry_num is 3",
                "helo_domain # helo_domain is '', which counts as false",
                "rcpt_domain = sender_domain # rcpt_domain = sender_domain is false because rcpt_domain is 'example.org' and"
                        + " sender_domain is 'sender.test'"
            })
    void aConditionIsExplained(String condition, String why) {
        assertThat(String.join("; ", trace(condition).why())).isEqualTo(why);
    }

    @Test
    void capturesOfTheRuleAreShown() {
        RuleTrace found = trace("matches('^([^@]+)@(.*)\\.org$', rcpt)");
        assertThat(found.captures()).containsExactly("user@example.org", "user", "example");
        assertThat(trace("matches('^nobody', rcpt)").captures()).isEmpty();
        assertThat(trace("rcpt = 'x'").captures()).isEmpty();
    }

    @Test
    void aPartThatWasNotAskedIsNotMentioned() {
        RuleTrace trace = trace("rcpt_domain = 'a' && is_local_domain('', sender_domain)");
        assertThat(trace.operands()).containsOnlyKeys("rcpt_domain");
        assertThat(trace.why()).hasSize(1);
    }

    @Test
    void veryManyPartsAreBounded() {
        StringBuilder condition = new StringBuilder("rcpt = 'x0'");
        for (int i = 1; i < 500; i++) {
            condition.append(" || rcpt = 'x").append(i).append('\'');
        }
        assertThat(trace(condition.toString()).why()).hasSize(20);
    }

    @Test
    void theWhyAgreesWithTheValue() {
        RuleTrace trace = trace("if_then(retry_num > 1, rcpt_domain = 'x', sender = 'y')");
        assertThat(trace.fired()).isFalse();
        assertThat(Objects.requireNonNull(trace.why().getFirst()))
                .isEqualTo("if_then(retry_num > 1, rcpt_domain = 'x', sender = 'y') is false because retry_num is 3 and"
                        + " rcpt_domain is 'example.org'");
    }
}
