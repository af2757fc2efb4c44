package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.UnreadableRecordException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files of messages that are done serve the next ones, and what becomes of all others. */
class SpareFilesTest {
    private static final QueueId ID = new QueueId(7);
    private static final QueueId OTHER = new QueueId(8);

    @TempDir
    Path root;

    private Path folder;
    private BodyFiles files;

    @BeforeEach
    void open() throws IOException {
        folder = root.resolve("bodies");
        files = BodyFiles.open(folder, (_, _) -> BodyFiles.Owner.MESSAGE);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** One that this process has made. */
    private void make(QueueId id) throws IOException {
        SpareFiles.Begun begun = files.begin(id);
        try (FileChannel channel = begun.channel()) {
            channel.write(ByteBuffer.wrap(new byte[100]));
            header(id).write(channel);
        }
        files.syncFolder(begun);
        files.add(begun, id);
    }

    private static BodyHeader header(QueueId id) {
        CRC32C checksum = new CRC32C();
        checksum.update(new byte[100]);
        return new BodyHeader(Optional.of(id), 100, (int) checksum.getValue());
    }

    /** The message that a file says it is the body of. */
    private Optional<QueueId> owner(QueueId first) throws IOException {
        return BodyNames.owner(folder.resolve("body-" + first.value()));
    }

    @Test
    void oneOfThisProcessServesTheNext() throws Exception {
        make(ID);
        assertThat(owner(ID)).contains(ID);
        files.remove(ID);
        assertThat(owner(ID)).isEmpty();
        make(OTHER);
        assertThat(names()).hasSize(1);
        assertThat(owner(ID)).contains(OTHER);
        assertThat(files.contains(ID)).isFalse();
        assertThatThrownBy(() -> files.open(ID)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void oneThatIsReadIsNeverWrittenOver() throws Exception {
        make(ID);
        try (FileChannel reader = files.open(ID)) {
            files.remove(ID);
            make(OTHER);
            assertThat(owner(OTHER)).as("a file of its own").contains(OTHER);
            assertThat(reader.read(ByteBuffer.allocate(200)))
                    .as("the old octets")
                    .isEqualTo(100);
        } finally {
            files.left(ID);
        }
        assertThat(names()).hasSize(1);
    }

    @Test
    void oneThatSaysItIsAnothersIsNotRead() throws Exception {
        make(ID);
        try (FileChannel channel = FileChannel.open(files.path(ID), StandardOpenOption.WRITE)) {
            header(OTHER).write(channel);
        }
        assertThatThrownBy(() -> files.open(ID))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("the body of " + OTHER + ", not of " + ID);
    }

    @Test
    void anIdIsGivenOnce() throws Exception {
        make(ID);
        assertThatThrownBy(() -> make(ID)).isInstanceOf(FileAlreadyExistsException.class);
        make(OTHER);
        files.remove(OTHER);
        assertThatThrownBy(() -> make(ID)).hasMessageContaining("was given twice");
        try (FileChannel body = files.open(ID)) {
            assertThat(body.size()).isEqualTo(BodyHeader.SIZE + 100);
        } finally {
            files.left(ID);
        }
    }

    @Test
    void filesAreFoundAgainByWhatTheySay() throws Exception {
        make(ID);
        make(OTHER);
        files.remove(ID);
        make(new QueueId(9));
        files.close();
        open();
        assertThat(files.ids()).containsExactly(OTHER, new QueueId(9));
        assertThat(files.path(new QueueId(9)).getFileName()).hasToString("body-" + ID.value());
        assertThat(files.highest()).isEqualTo(9);
        assertThat(BodyFiles.ids(folder)).containsExactlyInAnyOrder(OTHER, new QueueId(9));
        assertThat(BodyFiles.ids(root.resolve("missing"))).isEmpty();
    }

    /** As format 1 of the spool had it. */
    @Test
    void oneNamedByItsMessageIsReadAndNeverWrittenOver() throws Exception {
        files.close();
        Files.write(folder.resolve(ID.toString()), new byte[100]);
        open();
        try (FileChannel body = files.open(ID)) {
            assertThat(body.position()).isZero();
        } finally {
            files.left(ID);
        }
        files.remove(ID);
        assertThat(names()).isEmpty();
    }

    @Test
    void whatDoesNotSayWhoseItIsStaysAndIsTold() throws Exception {
        make(ID);
        make(OTHER);
        files.close();
        Path damaged = files.path(ID);
        try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}), 12);
        }
        Path twice = Files.copy(files.path(OTHER), folder.resolve("body-99"));
        open();
        assertThat(files.ids()).containsExactly(OTHER);
        assertThat(files.untold().reasons()).containsKey(damaged).hasSize(2);
        assertThat(files.untold().unsure()).isFalse();
        assertThat(twice).exists();
        assertThatCode(() -> files.find(ID)).doesNotThrowAnyException();
    }

    /** Tools that bring a failing disk to a new one write zeros for what they can't read. */
    @Test
    void aHeaderOfZerosIsALostOne() throws Exception {
        make(ID);
        files.close();
        Path file = files.path(ID);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(BodyHeader.SIZE), 0);
        }
        open();
        assertThat(file).exists();
        assertThat(files.untold().reasons()).containsOnlyKeys(file);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyWhoseHeaderIsDamagedComesBackByItsLengthAndChecksum(boolean restarted) throws Exception {
        make(ID);
        make(OTHER);
        Path file = files.path(ID);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 3);
        }
        assertThatThrownBy(() -> files.open(ID)).hasMessageContaining("does not say whose body it is");
        try (FileChannel body = files.salvage(ID)) {
            assertThat(body.position()).as("what an export takes").isEqualTo(BodyHeader.SIZE);
        } finally {
            files.left(ID);
        }
        if (restarted) {
            files.close();
            open();
        }
        BodyHeader like = header(ID);
        MessageRecord.Body longer = new MessageRecord.Body(MessageRecord.Place.FILE, 101, false, like.checksum());
        files.take(ID, longer);
        assertThat(files.contains(ID)).isEqualTo(!restarted);
        MessageRecord.Body unlike = new MessageRecord.Body(MessageRecord.Place.FILE, 100, false, 1);
        files.take(ID, unlike);
        assertThat(files.contains(ID)).as("what was known before").isEqualTo(!restarted);
        if (!restarted) {
            files.salvage(ID).close(); // an export takes it still
            files.left(ID);
        }
        files.take(ID, new MessageRecord.Body(MessageRecord.Place.FILE, 100, false, like.checksum()));
        assertThat(files.path(ID)).isEqualTo(file);
        assertThat(owner(ID)).contains(ID);
        assertThat(files.untold().reasons()).isEmpty();
    }

    @Test
    void oneThatIsGoneIsNotInTheWayOfOthers() throws Exception {
        make(ID);
        make(OTHER);
        files.close();
        for (QueueId id : List.of(ID, OTHER)) {
            try (FileChannel channel = FileChannel.open(files.path(id), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(BodyHeader.SIZE), 0);
            }
        }
        open();
        Files.delete(folder.resolve("body-" + ID.value()));
        MessageRecord.Body body = new MessageRecord.Body(
                MessageRecord.Place.FILE, 100, false, header(OTHER).checksum());
        files.take(OTHER, body);
        assertThat(files.contains(OTHER)).isTrue();
        files.take(ID, body);
        assertThat(files.contains(ID)).isFalse();
        assertThat(files.untold().reasons()).isEmpty();
        assertThat(BodyNames.whole(folder)).as("what can't be read").isFalse();
    }

    /** A folder in the place of a file is what a file system gives for one that it can't read. */
    @Test
    void oneThatTheDiskGivesAnErrorForIsLookedAtLater() throws Exception {
        make(ID);
        files.close();
        Path file = files.path(ID);
        Path aside = Files.move(file, root.resolve("aside"));
        Files.createDirectory(file);
        open();
        assertThat(files.ids()).isEmpty();
        assertThat(files.untold().reasons()).containsOnlyKeys(file);
        assertThat(files.untold().unsure()).isTrue();
        assertThatThrownBy(() -> files.find(ID))
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageContaining(file.toString());
        Files.delete(file);
        Files.move(aside, file);
        files.find(ID);
        assertThat(files.ids()).containsExactly(ID);
        assertThat(files.untold().reasons()).isEmpty();
        assertThat(files.untold().unsure()).isFalse();
        assertThat(files.untold().everUnsure())
                .as("a check that was under way has not asked about it")
                .isTrue();
    }

    /** As when a folder came back with another owner: each message asks, and each look at them all would take long. */
    @Test
    void aLookAtManyThatCanNotBeReadEndsAndComesToEachInTime() throws Exception {
        make(ID);
        files.close();
        Path file = files.path(ID);
        Path aside = Files.move(file, root.resolve("aside"));
        Files.createDirectory(file);
        for (int i = 0; i < 200; i++) {
            Files.createDirectory(folder.resolve("body-" + (1_000 + i)));
        }
        open();
        Files.delete(file);
        Files.move(aside, file);
        for (int looks = 0; looks < 100 && !files.contains(ID); looks++) {
            files.readAgain();
        }
        assertThat(files.contains(ID)).isTrue();
    }

    /** A power cut may leave a new file without anything. */
    @Test
    void aHeaderIsWholeOrDamagedOrNotThereYet() throws Exception {
        make(ID);
        byte[] whole = Files.readAllBytes(files.path(ID));
        Path file = root.resolve("cut");
        for (int length = 0; length < BodyHeader.SIZE; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(BodyHeader.read(file)).as("%d octets", length).isEqualTo(BodyHeader.NOBODYS);
        }
        for (int at = 0; at < 32; at++) {
            byte[] flipped = Arrays.copyOf(whole, BodyHeader.SIZE);
            flipped[at] ^= 4;
            Files.write(file, flipped);
            assertThatThrownBy(() -> BodyHeader.read(file))
                    .as("octet %d", at)
                    .isInstanceOf(CorruptRecordException.class);
        }
        Files.write(file, whole);
        assertThat(BodyNames.whole(file)).isTrue();
        whole[BodyHeader.SIZE + 50] ^= 1;
        Files.write(file, whole);
        assertThat(BodyNames.whole(file)).as("octets of another message").isFalse();
    }

    @Test
    void theirRoomIsGivenBack() throws Exception {
        make(ID);
        files.remove(ID);
        files.release();
        assertThat(names()).isEmpty();
    }

    /** The kernel tells of a lost write once: a name that was given before it told may be lost, whatever it says later. */
    @Test
    void aSyncThatFailedIsHeardOfByAllWhoGaveANameBefore() throws Exception {
        Path missing = root.resolve("missing");
        FolderSync sync = new FolderSync(missing);
        long first = sync.now();
        long second = sync.now();
        assertThatThrownBy(() -> sync.sync(second)).isInstanceOf(IOException.class);
        Files.createDirectory(missing);
        assertThatThrownBy(() -> sync.sync(first)).hasMessageContaining("has just failed");
        long later = sync.now();
        assertThatCode(() -> sync.sync(later)).doesNotThrowAnyException();
    }
}
