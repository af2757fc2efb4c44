package dev.nexthop.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.queue.RocksSpool;
import dev.nexthop.queue.SpoolSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /api/queue/verify} and its parameters. */
class SpoolApiTest {
    private static final String ID = "01jdz6m8k4000";

    @TempDir
    Path folder;

    @Test
    void oneRequestDoesOneThing() throws Exception {
        SpoolSettings settings = new SpoolSettings(folder.resolve("spool"), 65_536, 0);
        try (RocksSpool spool = RocksSpool.open(settings, Clock.systemUTC(), _ -> {})) {
            SpoolApi api = new SpoolApi(Optional.of(spool.inspection()));
            Answer both = api.verify(Map.of("drop", ID, "export", ID));
            assertThat(both.status()).isEqualTo(400);
            assertThat(new String(both.content(), StandardCharsets.UTF_8)).contains("from, export, restore, drop");
            assertThat(api.verify(Map.of("restore", ID, "from", ID)).status()).isEqualTo(400);
            assertThat(api.verify(Map.of("restore", ID)).status()).isEqualTo(404);
            assertThat(api.verify(Map.of("drop", ID)).status()).isEqualTo(404);
            assertThat(api.verify(Map.of()).status()).isEqualTo(200);
        }
    }
}
