package dev.nexthop.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which copies of damaged logs stay, and which give way. */
class WalCopiesTest {
    private static final Family NAMES = new Family("names", Family.Kind.RECORDS);

    @TempDir
    Path image;

    private static Database open(Path folder) throws IOException {
        return Database.open(folder, "test", List.of(NAMES), StoreMemory.SMALL);
    }

    static List<String> folders(Path image) throws IOException {
        try (Stream<Path> files = Files.list(image)) {
            return files.filter(Files::isDirectory)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void onlyTheNewestCopiesStayAndThoseWhoseLossesNobodyHasActedOn() throws Exception {
        for (String name : List.of("3", "7", "12", "12-2", "12-10", "100")) {
            Path kept = Files.createDirectories(image.resolve("salvaged-" + name));
            Files.write(kept.resolve("000012.log"), new byte[10]);
            Files.writeString(kept.resolve(name.equals("3") ? "losses.txt" : "settled.txt"), "told\n");
            Files.setLastModifiedTime(kept, FileTime.from(Instant.now().minus(WalSalvage.YOUNG)));
        }
        Files.createDirectory(image.resolve("salvaged-by-hand"));
        try (Database database = open(image)) {
            assertThat(folders(image))
                    .containsExactly(
                            "salvaged-100", "salvaged-12-10", "salvaged-12-2", "salvaged-3", "salvaged-by-hand");
            assertThat(database.takeLosses()).containsExactly("told");
            assertThat(folders(image))
                    .containsExactly(
                            "salvaged-100", "salvaged-12-10", "salvaged-12-2", "salvaged-3", "salvaged-by-hand");
        }
    }

    /** A copy that was settled so long ago; its log has so many octets, and takes no room. */
    static void settled(Path image, int number, Duration ago, long octets) throws IOException {
        Path kept = Files.createDirectories(image.resolve("salvaged-" + number));
        Files.writeString(kept.resolve("settled.txt"), "told\n");
        try (RandomAccessFile log =
                new RandomAccessFile(kept.resolve("000012.log").toFile(), "rw")) {
            log.setLength(octets);
        }
        Files.setLastModifiedTime(kept, FileTime.from(Instant.now().minus(ago)));
    }

    @Test
    void aWeekOfDamageIsKeptFromItsFirstCopyOnAsFarAsThereIsRoom() throws Exception {
        Duration day = Duration.ofDays(1);
        settled(image, 1, day.multipliedBy(8), 10);
        for (int number = 2; number <= 8; number++) {
            settled(image, number, day, 10);
        }
        WalSalvage.settle(image);
        assertThat(folders(image)).hasSize(7).doesNotContain("salvaged-1");
        settled(image, 7, day, WalSalvage.MOST_YOUNG);
        WalSalvage.settle(image);
        assertThat(folders(image)).containsExactly("salvaged-6", "salvaged-7", "salvaged-8");
    }

    static List<String> lookedAt(Path image, long free) throws IOException {
        WalSalvage.Disk disk = new WalSalvage.Disk(WalScan::copy, _ -> free);
        WalSalvage.Found _ = WalSalvage.look(image, WalSalvage.When.START, disk);
        return folders(image);
    }

    /** Copies of damage that somebody has acted on don't keep a start from its room. */
    @Test
    void copiesGoFromTheOldestOnWhenTheDiskIsNearlyFull() throws Exception {
        Files.createDirectories(image);
        for (int number = 1; number <= 5; number++) {
            settled(image, number, Duration.ofDays(1), 1_000);
        }
        Path unsettled = Files.createDirectories(image.resolve("salvaged-0"));
        Files.write(unsettled.resolve("000012.log"), new byte[10]);
        Files.writeString(unsettled.resolve("losses.txt"), "told\n");
        assertThat(lookedAt(image, WalSalvage.SCARCE)).hasSize(6);
        assertThat(lookedAt(image, WalSalvage.SCARCE - 1_001))
                .containsExactly("salvaged-0", "salvaged-3", "salvaged-4", "salvaged-5");
        assertThat(lookedAt(image, WalSalvage.SCARCE - 2_000)).containsExactly("salvaged-0", "salvaged-5");
        assertThat(lookedAt(image, 0)).as("nobody has acted on it").containsExactly("salvaged-0");
    }

    @Test
    void anOpeningAndAnAcknowledgementMayPruneAtOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            for (int number = 1; number <= 20; number++) {
                settled(image, number, WalSalvage.YOUNG, 10);
            }
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
                try {
                    WalSalvage.settle(image);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(WalSalvage.look(image, WalSalvage.When.REVIVAL).losses()).isEmpty();
            other.get(10, TimeUnit.SECONDS);
            WalSalvage.settle(image);
            assertThat(folders(image)).containsExactly("salvaged-18", "salvaged-19", "salvaged-20");
        }
    }
}
