package dev.nexthop.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs with damage: what is whole comes back in its order, and no step of that can be lost half way. */
class WalSalvageTest {
    private static final Family NAMES = new Family("names", Family.Kind.RECORDS);
    private static final Family BODIES = new Family("bodies", Family.Kind.BODIES);
    private static final int BLOCK = 32 * 1024;

    @TempDir
    Path folder;

    private Path live() {
        return folder.resolve("live");
    }

    private Path image() {
        return folder.resolve("image");
    }

    private static Database open(Path folder) throws IOException {
        return Database.open(folder, "test", List.of(NAMES, BODIES), StoreMemory.SMALL);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Edit put(String key, String value) {
        return new Edit.Put(NAMES, bytes(key), bytes(value));
    }

    /** What a kill would leave of an open database. */
    private void copy() throws IOException {
        Files.createDirectories(image());
        try (Stream<Path> files = Files.list(live())) {
            for (Path file : files.toList()) {
                Files.copy(file, image().resolve(file.getFileName()));
            }
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] octets = Files.readAllBytes(file);
        octets[at] = (byte) ~octets[at];
        Files.write(file, octets);
    }

    private List<Path> logs(Path in) throws IOException {
        return List.copyOf(WalSalvage.logs(in).values());
    }

    /** A piece of a log, as RocksDB writes it. */
    private static byte[] piece(int type, byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(type);
        crc.update(content);
        int masked = Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
        return ByteBuffer.allocate(7 + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked)
                .putShort((short) content.length)
                .put((byte) type)
                .put(content)
                .array();
    }

    private static WalScan.Result scan(byte[] log, List<String> records) throws IOException {
        return WalScan.read(
                (to, at) -> {
                    int length = Math.min(to.remaining(), log.length - (int) at);
                    to.put(log, (int) at, length);
                    return length;
                },
                log.length,
                (record, behind) ->
                        records.add((behind ? "behind " : "") + new String(record, StandardCharsets.UTF_8)));
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void aLengthThatIsWrongDoesNotLeadIntoAMessage() throws Exception {
        byte[] forged = piece(1, bytes("forged"));
        byte[] log = joined(
                piece(1, bytes("first")),
                piece(1, joined(bytes("body"), forged, bytes("body"))),
                piece(1, bytes("last")));
        int length = 7 + 5 + 4;
        log[length] = 4; // the piece seems to end where the forged one begins
        List<String> records = new ArrayList<>();
        assertThat(scan(log, records).damages()).isEqualTo(1);
        assertThat(records).containsExactly("first");
    }

    @Test
    void aDamagedPieceCostsNoMoreThanItselfWhenTheRestOfTheBlockIsWhole() throws Exception {
        byte[] log = joined(piece(1, bytes("first")), piece(1, bytes("second")), piece(1, bytes("third")));
        log[7 + 5 + 7] ^= 1;
        List<String> records = new ArrayList<>();
        assertThat(scan(log, records)).isEqualTo(new WalScan.Result(1, true, WalScan.Tail.WHOLE, 12));
        assertThat(records).containsExactly("first", "behind third");
    }

    @Test
    void leftoverOctetsAndPiecesWithoutABeginningAreDamage() throws Exception {
        byte[] first = piece(1, bytes("first"));
        assertThat(scan(joined(first, new byte[3]), new ArrayList<>()))
                .isEqualTo(new WalScan.Result(1, false, WalScan.Tail.UNFINISHED, first.length));
        assertThat(scan(joined(first, new byte[300]), new ArrayList<>()))
                .isEqualTo(new WalScan.Result(0, false, WalScan.Tail.WHOLE, first.length));
        assertThat(scan(joined(first, piece(4, bytes("end")), first), new ArrayList<>()))
                .isEqualTo(new WalScan.Result(1, true, WalScan.Tail.WHOLE, first.length));
        assertThat(scan(joined(first, new byte[BLOCK - first.length], first), new ArrayList<>()))
                .isEqualTo(new WalScan.Result(1, true, WalScan.Tail.WHOLE, first.length));
    }

    @Test
    void aSectorThatCannotBeReadIsDamageLikeAnyOther() throws Exception {
        try (Database database = open(live())) {
            for (int i = 0; i < 300; i++) {
                database.commit(List.of(put("k" + i, "v".repeat(1_000))));
            }
            copy();
        }
        byte[] log = Files.readAllBytes(logs(image()).getLast());
        int bad = 3 * BLOCK + 9_000;
        List<Boolean> records = new ArrayList<>();
        WalScan.Result result = WalScan.read(
                (to, at) -> {
                    if (at <= bad && bad < at + to.remaining()) {
                        throw new IOException("Input/output error");
                    }
                    int length = Math.min(to.remaining(), log.length - (int) at);
                    to.put(log, (int) at, length);
                    return length;
                },
                log.length,
                (_, behind) -> records.add(behind));
        assertThat(result.behind()).isTrue();
        assertThat(result.goodUntil()).isBetween(3L * BLOCK, (long) bad);
        assertThat(records).hasSizeGreaterThan(260).contains(true, false);
    }

    /** Two logs: in the first, behind damage, a value that the second has changed. */
    private void twoLogs() throws IOException {
        try (Database database = open(live())) {
            database.commit(List.of(put("lost", "x".repeat(100))));
            database.commit(List.of(put("state", "old"), put("behind", "there")));
            byte[] large = new byte[1024 * 1024];
            for (int i = 0; WalSalvage.logs(live()).size() < 2; i++) {
                database.commit(List.of(new Edit.Put(BODIES, bytes("b" + i), large)));
            }
            database.commit(List.of(put("state", "new")));
            copy();
        }
        flip(logs(image()).getFirst(), 60);
    }

    private void whole() throws IOException {
        for (int i = 0; i < 2; i++) {
            try (Database database = open(image())) {
                assertThat(database.get(NAMES, bytes("behind"))).hasValue(bytes("there"));
                assertThat(database.get(NAMES, bytes("state"))).hasValue(bytes("new"));
                assertThat(database.losses()).as("until they are settled").hasSize(1);
            }
        }
    }

    @Test
    void whatIsNewerStaysNewer() throws Exception {
        twoLogs();
        whole();
    }

    @Test
    void nothingIsCutBeforeTheCopiesAreInTheirPlace() throws Exception {
        twoLogs();
        Path first = logs(image()).getFirst();
        byte[] before = Files.readAllBytes(first);
        Path obstacle = Files.createFile(image().resolve("salvage"));
        assertThatThrownBy(() -> open(image())).isInstanceOf(IOException.class);
        assertThat(first).hasBinaryContent(before);
        Files.delete(obstacle);
        whole();
    }

    @Test
    void aCrashWhileCopiesAreMadeLeavesTheLogs() throws Exception {
        twoLogs();
        Path first = logs(image()).getFirst();
        byte[] before = Files.readAllBytes(first);
        WalSalvage.Found _ = WalSalvage.look(image(), WalSalvage.When.START);
        // As if it had come no further than half of the copies.
        Files.move(image().resolve("salvage"), image().resolve("salvage.begun"));
        Files.delete(logs(image().resolve("salvage.begun")).getLast());
        Files.write(first, before);
        whole();
    }

    @Test
    void aCrashAmongTheCutsOrBeforeTheRecordsAreWrittenAgainLosesNothing() throws Exception {
        twoLogs();
        Path first = logs(image()).getFirst();
        byte[] before = Files.readAllBytes(first);
        assertThat(WalSalvage.look(image(), WalSalvage.When.START).copies()).isPresent();
        assertThat(WalSalvage.look(image(), WalSalvage.When.START).losses()).hasSize(1);
        Files.write(first, before);
        assertThat(WalSalvage.look(image(), WalSalvage.When.START).losses()).hasSize(1);
        whole();
    }

    @Test
    void logsAreInTheOrderOfTheirNumbers() throws Exception {
        for (String name : List.of("1000000.log", "999999.log", "000007.log", "LOG", "8.log.old")) {
            Files.createFile(folder.resolve(name));
        }
        assertThat(WalSalvage.logs(folder).keySet()).containsExactly(7L, 999_999L, 1_000_000L);
    }

    @Test
    void nobodyTouchesTheLogsOfADatabaseThatSomebodyHas() throws Exception {
        twoLogs();
        Path first = logs(image()).getFirst();
        byte[] before = Files.readAllBytes(first);
        try (FolderLock _ = FolderLock.take(image())) {
            assertThatThrownBy(() -> open(image())).isInstanceOf(StoreInUseException.class);
            assertThat(first).hasBinaryContent(before);
        }
        whole();
    }

    @Test
    void lossesAreToldUntilTheyAreSettledAlsoOverARevival() throws Exception {
        twoLogs();
        try (Database database = open(image())) {
            assertThat(database.losses()).hasSize(1);
            database.commit(List.of(put("more", "1")));
            database.settleLosses();
            database.engine().revive();
            assertThat(database.losses()).hasSize(1);
            assertThat(database.get(NAMES, bytes("more"))).hasValue(bytes("1"));
        }
        try (Database database = open(image())) {
            assertThat(database.losses()).isEmpty();
        }
    }

    @Test
    void theEndThatAFailedWriteLeftIsNoLossWhenTheDatabaseIsRevived() throws Exception {
        try (Database database = open(live())) {
            database.commit(List.of(put("a", "1")));
            copy();
        }
        Path log = logs(image()).getLast();
        long size = Files.size(log);
        Files.write(log, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
        WalSalvage.Found found = WalSalvage.look(image(), WalSalvage.When.REVIVAL);
        assertThat(found.losses()).isEmpty();
        assertThat(found.copies()).isEmpty();
        assertThat(log).hasSize(size);
        Files.write(log, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
        assertThat(WalSalvage.look(image(), WalSalvage.When.START).losses()).hasSize(1);
    }

    @Test
    void aRecordThatMakesNoSenseIsLeftOut() throws Exception {
        twoLogs();
        Path last = logs(image()).getLast();
        long room = BLOCK - Files.size(last) % BLOCK;
        assertThat(room).isGreaterThan(100);
        Files.write(last, piece(1, bytes("twelve octets and nonsense")), StandardOpenOption.APPEND);
        // RocksDB itself would refuse it, so it must lie behind damage.
        byte[] octets = Files.readAllBytes(last);
        octets[octets.length - 7 - 26 - 1] ^= 1;
        Files.write(last, octets);
        try (Database database = open(image())) {
            assertThat(database.get(NAMES, bytes("behind"))).hasValue(bytes("there"));
            database.commit(List.of(put("more", "1")));
        }
        assertThat(WalBatch.sound(new byte[12])).isTrue();
        assertThat(WalBatch.sound(new byte[13])).isFalse();
        assertThat(WalBatch.sound(new byte[11])).isFalse();
    }

    @Test
    void copiesMakeRoomForThoseOfNewDamage() throws Exception {
        twoLogs();
        for (int number = 1; number <= 3; number++) {
            WalCopiesTest.settled(image(), number, Duration.ofDays(1), 1_000);
        }
        long need = WalSalvage.SCARCE;
        for (Path log : logs(image())) {
            need += Files.size(log);
        }
        assertThat(WalCopiesTest.lookedAt(image(), need - 1_500)).containsExactly("salvage", "salvaged-3");
        whole();
    }

    @Test
    void aCopyThatFailsChangesNothingAndSaysHowMuchRoomIsNeeded() throws Exception {
        twoLogs();
        Path first = logs(image()).getFirst();
        byte[] before = Files.readAllBytes(first);
        long need = 32 * 1024 * 1024;
        for (Path log : logs(image())) {
            need += Files.size(log);
        }
        WalSalvage.Copier full = (log, copy) -> {
            Files.write(copy, new byte[100]);
            throw new IOException(copy + ": No space left on device");
        };
        WalSalvage.Disk disk = new WalSalvage.Disk(full, _ -> 0);
        assertThatThrownBy(() -> WalSalvage.look(image(), WalSalvage.When.START, disk))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the write-ahead log " + first + " is damaged")
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("need " + need + " octets in " + image())
                .hasMessageContaining("Nothing was changed");
        assertThat(first).hasBinaryContent(before);
        assertThat(WalCopiesTest.folders(image())).isEmpty();
        whole();
    }

    /** A log of which the last record begins at the first number and ends at the second. */
    private long[] lastRecord(int size) throws IOException {
        try (Database database = open(live())) {
            database.commit(List.of(put("a", "1")));
            copy();
            Path log = logs(image()).getLast();
            long begin = Files.size(log);
            database.commit(List.of(put("b", "x".repeat(size))));
            Path now = live().resolve(log.getFileName());
            Files.write(log, Files.readAllBytes(now));
            return new long[] {begin, Files.size(log)};
        }
    }

    @Test
    void anEndThatWasNeverWrittenLeavesNoCopyOfTheLog() throws Exception {
        long[] record = lastRecord(40_000);
        Path log = logs(image()).getLast();
        byte[] octets = Files.readAllBytes(log);
        for (long cut : new long[] {record[0] + 1, record[0] + 10, record[0] + 30, record[0] + 20_000, BLOCK}) {
            Files.write(log, Arrays.copyOf(octets, (int) cut));
            WalScan.Result result = WalScan.read(log, null);
            assertThat(result).isEqualTo(new WalScan.Result(1, false, WalScan.Tail.UNFINISHED, record[0]));
            WalSalvage.Found found = WalSalvage.look(image(), WalSalvage.When.START);
            assertThat(found.losses()).singleElement().asString().contains("never finished");
            assertThat(logs(found.copies().orElseThrow())).isEmpty();
            assertThat(log).hasSize(record[0]);
            Files.move(image().resolve("salvage"), image().resolve("salvaged-0"));
            WalSalvage.settle(image());
            assertThat(WalCopiesTest.folders(image())).isEmpty();
        }
        Files.write(log, Arrays.copyOf(octets, (int) record[0] + 100));
        try (Database database = open(image())) {
            assertThat(database.get(NAMES, bytes("a"))).hasValue(bytes("1"));
            assertThat(database.takeLosses()).hasSize(1);
        }
        assertThat(WalCopiesTest.folders(image())).isEmpty();
    }

    @Test
    void anEndThatOnlyLooksTornLeavesACopy() throws Exception {
        long[] record = lastRecord(100);
        Path log = logs(image()).getLast();
        byte[] octets = Files.readAllBytes(log);
        int length = (int) record[0] + 4;
        byte[] longer = octets.clone();
        longer[length + 1] = 1; // the record is there, and seems to be 256 octets longer
        byte[] garbage = octets.clone();
        Arrays.fill(garbage, (int) record[0], octets.length, (byte) 1);
        byte[] middle = joined(octets, Arrays.copyOfRange(octets, (int) record[0], octets.length));
        middle[length + 1] = 1;
        middle[(int) record[0] + 40] ^= 1;
        for (byte[] damaged : List.of(longer, garbage, middle)) {
            Files.write(log, damaged);
            assertThat(WalScan.read(log, null).tail()).isEqualTo(WalScan.Tail.TORN);
        }
        Files.write(log, longer);
        WalSalvage.Found found = WalSalvage.look(image(), WalSalvage.When.START);
        assertThat(logs(found.copies().orElseThrow()))
                .singleElement()
                .satisfies(copy -> assertThat(copy).hasBinaryContent(longer));
    }
}
