package dev.nexthop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import dev.nexthop.config.Surroundings;
import dev.nexthop.event.DeliveryLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A server says at its start which of its databases lost something. */
class LossesTest {
    private static final String TEXT = """
            [server]
            hostname = "mx.example.org"
            [server.listener.in]
            bind = "127.0.0.1:0"
            protocol = "smtp"
            [store.db]
            type = "rocksdb"
            path = "data"
            [storage]
            data = "db"
            """;

    @TempDir
    Path folder = Path.of("");

    private void run() throws IOException {
        Loaded.Ok loaded = (Loaded.Ok) Configuration.parse(
                "nexthop.toml",
                TEXT.getBytes(StandardCharsets.UTF_8),
                folder,
                new Surroundings(_ -> null, () -> "mx.example.org"));
        Node.start(loaded.configuration(), () -> loaded, Duration.ofSeconds(2)).close();
    }

    private void damage(String database) throws IOException {
        byte[] garbage = new byte[5_000];
        Arrays.fill(garbage, (byte) 0x5A);
        try (Stream<Path> files = Files.list(folder.resolve("data").resolve(database))) {
            for (Path log :
                    files.filter(file -> file.toString().endsWith(".log")).toList()) {
                Files.write(log, garbage, StandardOpenOption.APPEND);
            }
        }
    }

    @Test
    void eachDatabaseHasAnAlarmOfItsOwn() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(DeliveryLog.LOGGER);
        ListAppender<ILoggingEvent> seen = new ListAppender<>();
        seen.start();
        logger.addAppender(seen);
        try {
            run();
            assertThat(seen.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .noneMatch(one -> one.contains("subject=store"));
            for (String database : List.of("mailbox", "desk", "report", "mta-sts")) {
                damage(database);
            }
            run();
        } finally {
            logger.detachAppender(seen);
        }
        assertThat(seen.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(one -> one.contains("event=alarm subject=store"))
                .hasSize(4)
                .anyMatch(one -> one.contains("of mailboxes"))
                .anyMatch(one -> one.contains("of operators' orders"))
                .anyMatch(one -> one.contains("of TLS reports"))
                .anyMatch(one -> one.contains("of MTA-STS policies"));
    }
}
