package dev.nexthop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TextLinesTest {
    private final LoggerContext context = new LoggerContext();
    private final TextLines lines = new TextLines();

    private String line(String time, String logger, Level level, String message, @Nullable Throwable thrown) {
        Logger named = context.getLogger(logger);
        LoggingEvent event = new LoggingEvent("test", named, level, message, thrown, null);
        event.setInstant(Instant.parse(time));
        return new String(lines.encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void mailAndClassesHaveTheirNames() {
        assertThat(line("2026-01-02T03:04:05.006Z", "nexthop.delivery", Level.INFO, "event=accepted", null))
                .isEqualTo("2026-01-02T03:04:05.006Z INFO  mail event=accepted\n");
        assertThat(line("2026-01-02T03:04:05.060Z", "dev.nexthop.schedule.Feeder", Level.WARN, "gr\u00fc\u00df", null))
                .isEqualTo("2026-01-02T03:04:05.060Z WARN  Feeder gr\u00fc\u00df\n");
        assertThat(line("2026-01-02T03:05:00Z", "short", Level.ERROR, "x", null))
                .isEqualTo("2026-01-02T03:05:00.000Z ERROR short x\n");
        assertThat(line("2026-01-02T03:05:00.600Z", "short", Level.DEBUG, "x", null))
                .isEqualTo("2026-01-02T03:05:00.600Z DEBUG short x\n");
    }

    @Test
    void whatWasThrownFollows() {
        IllegalStateException thrown = new IllegalStateException("why", new java.io.IOException("because"));
        assertThat(line("2026-01-02T03:04:05Z", "a.B", Level.ERROR, "trouble", thrown))
                .startsWith("2026-01-02T03:04:05.000Z ERROR B trouble\njava.lang.IllegalStateException: why\n\tat ")
                .contains("Caused by: java.io.IOException: because\n");
    }
}
