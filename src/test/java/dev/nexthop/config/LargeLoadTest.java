package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Large configurations load in a time that grows with their length. Counts the time of the processor, which others do not change much. */
class LargeLoadTest {
    private static double seconds(int lines) {
        String text = LargeConfiguration.text(lines);
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Loaded loaded = Load.text(text);
        long taken = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        return taken / 1e9;
    }

    @Test
    void sixtyThousandLinesLoad() {
        seconds(4_000);
        double some = seconds(15_000);
        double many = seconds(60_000);
        // Four times the lines: four times the time, and what a busy machine adds.
        assertThat(many).as("seconds; a quarter takes %s", some).isLessThan(Math.max(8 * some, 8));
        assertThat(many).isLessThan(20);
    }

    @Test
    void allInOneLineLoadsToo() {
        StringBuilder text = new StringBuilder("lookup = { routes = {");
        for (int i = 0; i < 60_000; i++) {
            text.append(i == 0 ? "" : ", ").append("\"k").append(i).append("\" = \"v\"");
        }
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertThat(Load.text(text.append("}}\n").toString())).isInstanceOf(Loaded.Ok.class);
        assertThat((ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9)
                .isLessThan(20);
    }
}
