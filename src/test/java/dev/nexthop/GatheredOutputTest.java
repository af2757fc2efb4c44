package dev.nexthop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines are gathered, whole, in order, and none is lost. What wrongly lingers does so for an hour. */
@Timeout(30)
class GatheredOutputTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /** Keeps each write apart. */
    private static final class Writes extends OutputStream {
        private final BlockingQueue<String> writes = new LinkedBlockingQueue<>();
        private final CountDownLatch open;

        Writes(boolean open) {
            this.open = new CountDownLatch(open ? 0 : 1);
        }

        @Override
        public void write(int octet) {
            throw new AssertionError("one octet at a time");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            writes.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
        }
    }

    private static void say(GatheredOutput output, String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        output.write(bytes, 0, bytes.length);
    }

    private static boolean rests(Thread thread) {
        return thread.getState() == Thread.State.WAITING || !thread.isAlive();
    }

    @Test
    void linesLingerAndLeaveTogether() throws Exception {
        Writes writes = new Writes(true);
        GatheredOutput output = new GatheredOutput(writes, HOUR);
        say(output, "a\n");
        say(output, "b\n");
        assertThat(writes.writes).isEmpty();
        output.hurry();
        assertThat(writes.writes.take()).isEqualTo("a\nb\n");
        say(output, "c\n");
        output.close();
        assertThat(writes.writes).containsExactly("c\n");
    }

    @Test
    void theyDoNotLingerForLong() throws Exception {
        Writes writes = new Writes(true);
        try (GatheredOutput output = new GatheredOutput(writes, Duration.ofMillis(1))) {
            say(output, "a\n");
            assertThat(writes.writes.take()).isEqualTo("a\n");
            say(output, "b\n");
            assertThat(writes.writes.take()).isEqualTo("b\n");
        }
    }

    @Test
    void muchLeavesAtOnce() throws Exception {
        Writes writes = new Writes(true);
        try (GatheredOutput output = new GatheredOutput(writes, HOUR)) {
            say(output, "x".repeat(GatheredOutput.CAPACITY * 3));
            assertThat(writes.writes.take()).hasSize(GatheredOutput.CAPACITY * 3);
        }
    }

    @Test
    void whoWritesMoreThanFitsWaitsAndNothingIsLost() throws Exception {
        Writes writes = new Writes(false);
        GatheredOutput output = new GatheredOutput(writes, HOUR);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            String line = (char) ('a' + t) + "y".repeat(999) + "\n";
            threads.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 300; i++) {
                    say(output, line);
                }
            }));
        }
        // One may be done before another begins; four times 300 lines don't fit.
        while (!threads.stream().allMatch(GatheredOutputTest::rests)) {
            assertThat(Thread.interrupted()).isFalse();
            Thread.onSpinWait();
        }
        assertThat(threads).anyMatch(Thread::isAlive);
        writes.open.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        output.close();
        String all = String.join("", writes.writes);
        assertThat(all.lines()).hasSize(1_200).allMatch(line -> line.length() == 1_000 && line.endsWith("yyy"));
        assertThat(writes.writes).allMatch(write -> write.length() <= GatheredOutput.CAPACITY);
    }

    @Test
    void afterAnErrorOfTheDestinationLinesAreWrittenAgain() throws Exception {
        ByteArrayOutputStream good = new ByteArrayOutputStream();
        CountDownLatch failed = new CountDownLatch(1);
        OutputStream bad = new OutputStream() {
            @Override
            public void write(int octet) {
                good.write(octet);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (failed.getCount() > 0) {
                    failed.countDown();
                    throw new IOException("broken pipe");
                }
                good.write(bytes, offset, length);
            }
        };
        GatheredOutput output = new GatheredOutput(bad, Duration.ofMillis(1));
        say(output, "lost\n");
        failed.await();
        say(output, "kept\n");
        output.close();
        assertThat(good.toString(StandardCharsets.UTF_8)).isEqualTo("kept\n");
    }
}
