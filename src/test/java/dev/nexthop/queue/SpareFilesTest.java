package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of messages that are done serve the next ones, and what becomes of all others. */
class SpareFilesTest {
    private static final QueueId ID = new QueueId(7);

    @TempDir
    Path root;

    private Path folder;
    private BodyFiles files;

    @BeforeEach
    void open() throws IOException {
        folder = root.resolve("bodies");
        files = BodyFiles.open(folder, _ -> BodyFiles.Owner.MESSAGE);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** One that this process has made. */
    private void make(QueueId id) throws IOException {
        SpareFiles.Begun begun = files.begin();
        try (var channel = begun.channel()) {
            channel.write(ByteBuffer.wrap(new byte[100]));
        }
        files.syncFolder(files.name(begun, id));
    }

    @Test
    void oneOfThisProcessServesTheNext() throws Exception {
        make(ID);
        files.remove(ID);
        assertThat(names()).singleElement().asString().startsWith(SpareFiles.PREFIX);
    }

    /** A backup may hold the same file by a link, and who brought it back may have given it other permissions. */
    @Test
    void oneThatWasThereBeforeIsNeverWrittenOver() throws Exception {
        make(ID);
        files.close();
        Files.createLink(root.resolve("backup"), files.path(ID));
        open();
        files.remove(ID);
        assertThat(names()).isEmpty();
        make(new QueueId(8));
        assertThat(root.resolve("backup")).hasBinaryContent(new byte[100]);
    }

    @Test
    void oneThatSomebodyHasPutBackIsNeverWrittenOver() throws Exception {
        make(ID);
        files.take(ID);
        files.remove(ID);
        assertThat(names()).isEmpty();
    }

    @Test
    void oneThatCannotBeOpenedHindersNobody() throws Exception {
        make(ID);
        files.remove(ID);
        Path spare = folder.resolve(names().getFirst());
        Files.delete(spare);
        Files.createDirectory(spare);
        make(new QueueId(8));
        assertThat(names()).containsExactly(new QueueId(8).toString());
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
