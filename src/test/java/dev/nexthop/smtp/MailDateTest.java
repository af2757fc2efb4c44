package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailDateTest {
    private static final DateTimeFormatter FORMATTER = DateTimeFormatter.ofPattern(
                    "EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2026-11-22T09:05:07.999Z | Sun, 22 Nov 2026 09:05:07 +0000
            2024-02-29T23:59:59Z     | Thu, 29 Feb 2024 23:59:59 +0000
            1970-01-01T00:00:00Z     | Thu, 1 Jan 1970 00:00:00 +0000
            0999-12-31T00:00:00Z     | Tue, 31 Dec 0999 00:00:00 +0000
            """)
    void tells(String instant, String text) {
        assertThat(MailDate.of(Instant.parse(instant))).isEqualTo(text);
    }

    @Test
    void agreesWithTheFormatter() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            Instant instant =
                    Instant.ofEpochSecond(random.nextLong(-5_000_000_000L, 200_000_000_000L), random.nextInt(1_000));
            assertThat(MailDate.of(instant)).isEqualTo(FORMATTER.format(instant));
        }
    }
}
