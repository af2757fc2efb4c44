package dev.nexthop.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.store.CorruptRecordException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is counted, for how long, and up to what bounds. */
class TlsLedgerTest {
    private static final Instant TOMORROW = Instant.parse("2026-03-06T00:00:00Z");

    private World world;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        world = new World(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Page page(String domain) {
        return world.ledger.due(TOMORROW.plus(Duration.ofDays(7))).stream()
                .filter(page -> page.domain.equals(domain))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "HOURLY, 2026-03-05T12:34:56.789Z, 2026-03-05T12:00:00Z, 2026-03-05T13:00:00Z, PT10M",
        "DAILY,  2026-03-05T23:59:59.999Z, 2026-03-05T00:00:00Z, 2026-03-06T00:00:00Z, PT4H",
        "DAILY,  2026-03-06T00:00:00Z,     2026-03-06T00:00:00Z, 2026-03-07T00:00:00Z, PT4H",
        "WEEKLY, 2026-03-05T12:00:00Z,     2026-03-02T00:00:00Z, 2026-03-09T00:00:00Z, PT4H",
        "WEEKLY, 2026-03-02T00:00:00Z,     2026-03-02T00:00:00Z, 2026-03-09T00:00:00Z, PT4H",
        "WEEKLY, 2026-03-08T23:59:59Z,     2026-03-02T00:00:00Z, 2026-03-09T00:00:00Z, PT4H"
    })
    void periodsAreThoseOfUtc(Rhythm rhythm, Instant moment, Instant start, Instant end, Duration delay) {
        assertThat(rhythm.at(moment)).isEqualTo(new Period(start, end));
        assertThat(rhythm.at(moment).mostDelay()).isEqualTo(delay);
    }

    @Test
    void countsSurviveAStop() throws IOException {
        world.ledger.add(World.good("Example.ORG"));
        world.ledger.add(World.good("example.org"));
        world.ledger.add(World.bad("example.org", TlsFault.CERTIFICATE_EXPIRED, "it expired"));
        world.ledger.add(World.good("bücher.example"));
        world.restart();
        world.ledger.add(World.bad("example.org", TlsFault.CERTIFICATE_EXPIRED, "it expired"));
        Tally tally = page("example.org").tally;
        assertThat(tally.policies().values().stream().mapToLong(counts -> counts.good))
                .containsExactly(1L, 1L);
        Tally.Counts counts = Objects.requireNonNull(tally.policies().get(World.sts("example.org")));
        assertThat(counts.good).isEqualTo(1);
        assertThat(counts.failures.values()).containsExactly(2L);
        assertThat(page("xn--bcher-kva.example").tally.isEmpty()).isFalse();
        assertThat(world.ledger.due(World.START)).isEmpty();
    }

    @Test
    void nothingIsCountedOfReportsNorWhenNoneAreSent() {
        world.ledger.add(
                new TlsEvent("example.org", true, World.sts("example.org"), "mx", "", "", Optional.empty(), ""));
        for (String name : List.of("", "[192.0.2.1]", "a\r\nBcc: x", "a!b", "x".repeat(250))) {
            world.ledger.add(World.good(name));
        }
        world.rhythm = Optional.empty();
        world.ledger.add(World.good("example.org"));
        assertThat(world.ledger.due(TOMORROW)).isEmpty();
    }

    @Test
    void boundsAreKeptAndSaid() {
        for (int i = 0; i < 1_000; i++) {
            world.ledger.add(World.bad("many.example", TlsFault.VALIDATION_FAILURE, "trouble " + i));
            world.ledger.add(World.good("p" + i + ".many.example"));
            world.ledger.add(new TlsEvent(
                    "many.example", false, World.sts("p" + i), "", "", "", Optional.of(TlsFault.TLSA_INVALID), ""));
        }
        Page many = page("many.example");
        assertThat(many.tally.policies()).hasSize(Tally.MOST_POLICIES);
        Tally.Counts first = Objects.requireNonNull(many.tally.policies().get(World.sts("many.example")));
        assertThat(first.failures).hasSize(Tally.MOST_DETAILS + 1);
        assertThat(first.failures.get(Detail.OTHERS)).isEqualTo(1_000L - Tally.MOST_DETAILS);
        assertThat(first.failed()).isEqualTo(1_000);
        long all = many.tally.policies().values().stream()
                .mapToLong(Tally.Counts::failed)
                .sum();
        assertThat(all).isEqualTo(2_000);
        for (int i = 0; i < TlsLedger.MOST_DOMAINS + 10; i++) {
            world.ledger.add(World.good("d" + i + ".example"));
        }
        assertThat(world.ledger.due(TOMORROW)).hasSize(TlsLedger.MOST_DOMAINS);
    }

    @Test
    void longTextsAreCut() {
        String endless = "x".repeat(299) + "😀".repeat(1_000);
        world.ledger.add(World.bad("example.org", TlsFault.VALIDATION_FAILURE, endless));
        Detail detail = page("example.org")
                .tally
                .policies()
                .values()
                .iterator()
                .next()
                .failures
                .keySet()
                .iterator()
                .next();
        assertThat(detail.reason()).isEqualTo("x".repeat(299));
    }

    @Test
    void aBrokenRecordIsRefused() throws CorruptRecordException {
        world.ledger.add(World.bad("example.org", TlsFault.TLSA_INVALID, "none fits"));
        byte[] whole = PageCodec.encode(page("example.org"));
        assertThat(PageCodec.decode(whole).domain).isEqualTo("example.org");
        Random random = new Random(9);
        for (int turn = 0; turn < 2_000; turn++) {
            byte[] broken = whole.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            try {
                PageCodec.decode(broken);
            } catch (CorruptRecordException e) {
                assertThat(e.getMessage()).contains("ledger");
            }
        }
        assertThatThrownBy(() -> PageCodec.decode(new byte[0])).isInstanceOf(CorruptRecordException.class);
    }
}
