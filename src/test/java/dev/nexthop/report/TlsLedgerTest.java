package dev.nexthop.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Entry;
import dev.nexthop.store.Faults;
import dev.nexthop.store.WriteException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is counted, for how long, and up to what bounds. */
class TlsLedgerTest {
    private static final Instant TOMORROW = Instant.parse("2026-03-06T00:00:00Z");

    private static final int ALL = Integer.MAX_VALUE;

    @TempDir
    private Path folder;

    private World world;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Page page(String domain) {
        return world.ledger.due(TOMORROW.plus(Duration.ofDays(7)), ALL).stream()
                .filter(page -> page.domain.equals(domain))
                .findFirst()
                .orElseThrow();
    }

    private static Budget roomy() {
        return new Budget(TlsLedger.MOST_CHARACTERS);
    }

    private TlsLedger on(Database database) throws IOException {
        return TlsLedger.on(database, world, () -> world.rhythm);
    }

    private static List<Entry> stored(Database database) throws IOException {
        byte[] end = new byte[64];
        Arrays.fill(end, (byte) 0xFF);
        return database.scan(TlsLedger.PAGES, new byte[0], end, 1_000);
    }

    private static TlsEvent heavy(int page, int policy) {
        String domain = "d" + page + ".example";
        List<String> lines = IntStream.range(0, Tally.MOST_LINES)
                .mapToObj(line -> "x".repeat(Detail.LONGEST - 3) + line)
                .toList();
        TlsEvent.Policy text = new TlsEvent.Policy(TlsEvent.Kind.STS, domain, lines, List.of("p" + policy));
        return new TlsEvent(domain, false, text, "", "", "", Optional.empty(), "");
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
        assertThat(world.ledger.due(World.START, ALL)).isEmpty();
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
        assertThat(world.ledger.due(TOMORROW, ALL)).isEmpty();
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
        assertThat(world.ledger.due(TOMORROW, ALL)).hasSize(TlsLedger.MOST_DOMAINS);
    }

    @Test
    void aClosedPageIsForgottenAndItsPeriodIsNot() throws IOException {
        Path place = folder.resolve("closed");
        Instant end;
        try (Database database = new Faults().open(place, List.of(TlsLedger.PAGES))) {
            TlsLedger ledger = on(database);
            ledger.add(World.good("one.example"));
            ledger.add(World.good("two.example"));
            ledger.flush();
            assertThat(stored(database)).hasSize(2);
            for (Page page : ledger.due(TOMORROW, ALL)) {
                ledger.change(page, page::close);
            }
            assertThat(stored(database)).hasSize(1); // the mark
            assertThat(ledger.due(TOMORROW, ALL)).isEmpty();
            ledger.add(World.good("one.example"));
            ledger.add(World.good("three.example"));
            assertThat(ledger.due(TOMORROW, ALL)).isEmpty();
        }
        try (Database database = new Faults().open(place, List.of(TlsLedger.PAGES))) {
            TlsLedger ledger = on(database);
            ledger.add(World.good("one.example"));
            assertThat(ledger.due(TOMORROW, ALL)).isEmpty();
            // A clock that was far ahead and is right again is no reason to count nothing.
            world.now = World.START.minus(TlsLedger.MEMORY).minus(Duration.ofDays(1));
            ledger.add(World.good("one.example"));
            end = ledger.due(TOMORROW, ALL).getFirst().period.end();
        }
        assertThat(end).isBefore(World.START);
    }

    @Test
    void closedPagesOfAnOlderVersionAreDeletedAtTheStart() throws IOException {
        Page old = new Page(Rhythm.DAILY.at(World.START), "one.example", roomy());
        old.close();
        try (Database database = new Faults().open(folder.resolve("old"), List.of(TlsLedger.PAGES))) {
            database.commit(List.of(new Edit.Put(TlsLedger.PAGES, PageCodec.key(old), PageCodec.encode(old))));
            TlsLedger ledger = on(database);
            assertThat(stored(database)).hasSize(1).noneMatch(entry -> Arrays.equals(entry.key(), PageCodec.key(old)));
            ledger.add(World.good("one.example"));
            assertThat(ledger.due(TOMORROW, ALL)).isEmpty();
        }
    }

    @Test
    void allPeriodsTogetherAreBounded() {
        world.rhythm = Optional.of(Rhythm.HOURLY);
        for (int hour = 0; hour < 3; hour++) {
            for (int i = 0; i < TlsLedger.MOST_DOMAINS; i++) {
                world.ledger.add(World.good("d" + i + ".example"));
            }
            world.now = world.now.plus(Duration.ofHours(1));
        }
        List<Page> due = world.ledger.due(TOMORROW, ALL);
        assertThat(due).hasSize(TlsLedger.MOST_PAGES);
        assertThat(world.ledger.due(TOMORROW, 5)).containsExactlyElementsOf(due.subList(0, 5));
    }

    @Test
    void textIsBoundedOverAllPagesAndSessionsAreStillCounted() throws WriteException {
        for (int page = 0; page < 50; page++) {
            for (int policy = 0; policy < 15; policy++) {
                world.ledger.add(heavy(page, policy));
            }
            world.ledger.add(World.bad("d" + page + ".example", TlsFault.TLSA_INVALID, "y".repeat(300)));
        }
        List<Page> pages = world.ledger.due(TOMORROW, ALL);
        long text = 0;
        long sessions = 0;
        for (Page page : pages) {
            for (Map.Entry<TlsEvent.Policy, Tally.Counts> one :
                    page.tally.policies().entrySet()) {
                sessions += one.getValue().good + one.getValue().failed();
                text += one.getKey().strings().stream()
                        .mapToLong(String::length)
                        .sum();
            }
        }
        assertThat(sessions).isEqualTo(50 * 16);
        assertThat(text).isBetween(TlsLedger.MOST_CHARACTERS / 2, TlsLedger.MOST_CHARACTERS);
        // What a page held is free again when it is closed.
        for (Page page : pages) {
            world.ledger.change(page, page::close);
        }
        world.now = World.START.plus(Duration.ofDays(1));
        world.ledger.add(heavy(1, 1));
        assertThat(page("d1.example").tally.policies().keySet())
                .allMatch(policy -> policy.strings().size() == Tally.MOST_LINES);
    }

    @Test
    void aFlushGoesStepByStepAndAFailedOneIsMadeUpFor() throws IOException {
        Faults faults = new Faults();
        try (Database database = faults.open(folder.resolve("steps"), List.of(TlsLedger.PAGES))) {
            TlsLedger ledger = on(database);
            for (int i = 0; i < 100; i++) {
                ledger.add(heavy(i, 1));
            }
            ledger.flush();
            assertThat(database.counts().commits()).isBetween(3L, 10L); // 3 MB
            assertThat(ledger.unwritten()).isZero();
            ledger.add(World.good("one.example"));
            faults.arm();
            assertThatThrownBy(ledger::flush).isInstanceOf(WriteException.class);
            assertThat(ledger.unwritten()).isEqualTo(1);
            ledger.flush();
            assertThat(ledger.unwritten()).isZero();
            Page page = ledger.due(TOMORROW, 1).getFirst();
            faults.arm();
            assertThatThrownBy(() -> ledger.change(page, page::close)).isInstanceOf(WriteException.class);
            assertThat(ledger.unwritten()).isEqualTo(1);
            ledger.flush();
            assertThat(ledger.unwritten()).isZero();
        }
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
        assertThat(PageCodec.decode(whole, roomy()).domain).isEqualTo("example.org");
        Random random = new Random(9);
        for (int turn = 0; turn < 2_000; turn++) {
            byte[] broken = whole.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            try {
                PageCodec.decode(broken, roomy());
            } catch (CorruptRecordException e) {
                assertThat(e.getMessage()).contains("ledger");
            }
        }
        assertThatThrownBy(() -> PageCodec.decode(new byte[0], roomy())).isInstanceOf(CorruptRecordException.class);
    }
}
