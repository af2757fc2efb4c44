package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.Envelope;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large body is streamed both ways: what it costs in memory does not depend on its size. */
class LargeBodyTest {
    private static final int MEMORY_BODY = 64 * 1024;
    private static final int PIECES = 256;
    private static final byte[] PIECE = Samples.content(1, 64 * 1024);

    /** Far below the body's 16 MiB, far above the few buffers and the classes of a first use. */
    private static final long BOUND = 4L * 1024 * 1024;

    @TempDir
    Path folder;

    @Test
    void whatABodyCostsDoesNotDependOnItsSize() throws Exception {
        Envelope envelope = Samples.envelope("a@example.com", "b@example.net");
        try (RocksSpool spool =
                RocksSpool.open(new SpoolSettings(folder, MEMORY_BODY, 0), Clock.systemUTC(), _ -> {})) {
            QueuedMessage message;
            long before = allocated();
            try (Draft draft = spool.begin()) {
                for (int i = 0; i < PIECES; i++) {
                    draft.write(PIECE, 0, PIECE.length);
                }
                message = draft.commit(envelope, Samples.scheduled(envelope), List.of());
            }
            assertThat(message.body().inMemory()).isNull();
            assertThat(allocated() - before).as("to take it").isLessThan(BOUND);

            before = allocated();
            long read = 0;
            byte[] buffer = new byte[16 * 1024];
            try (InputStream in = message.body().open()) {
                for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                    read += got;
                }
            }
            assertThat(read).isEqualTo((long) PIECES * PIECE.length);
            assertThat(allocated() - before).as("to read it").isLessThan(BOUND);
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
