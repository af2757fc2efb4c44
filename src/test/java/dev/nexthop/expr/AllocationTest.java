package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Simple rules are decided without making any object, compiled by the machine or not. */
final class AllocationTest {
    private static final int TIMES = 1_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TestFactory
    Stream<DynamicTest> aSimpleRuleMakesNoObject() {
        return Stream.of(
                        "rcpt_domain = 'example.org'",
                        "retry_num > 2 && last_error = 'tls'",
                        "rcpt_domain in ['a.test', 'example.org']",
                        "received_via_port in [25, 587]",
                        "domain_in(['example.net', '.example.org'])",
                        "percent(5, rcpt)",
                        "starts_with(rcpt, 'user@') || ends_with(rcpt, '.net')",
                        "size > 25mb",
                        "contains(recipients, rcpt)",
                        "is_local_domain('', rcpt_domain)",
                        "is_local_domain(rcpt_domain)",
                        "hop_up('relay') && !is_empty(sender)",
                        "key_exists('', 'word')",
                        "if_then(retry_num > 2, 'relay-eu', 'relay')",
                        "config_get('server.hostname')",
                        "relay")
                .map(source -> DynamicTest.dynamicTest(source, () -> {
                    Expression expression = Sample.compiled(source);
                    Evaluation evaluation = new Evaluation(Sample.FACTS, Sample.LOOKUPS);
                    long least = Long.MAX_VALUE;
                    for (int round = 0; round < 20; round++) {
                        least = Math.min(least, octets(expression, evaluation));
                    }
                    assertThat(least).as("octets of %d evaluations", TIMES).isLessThan(TIMES);
                }));
    }

    private static long octets(Expression expression, Evaluation evaluation) throws EvaluationException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < TIMES; i++) {
            expression.evaluate(evaluation);
            expression.test(evaluation);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
