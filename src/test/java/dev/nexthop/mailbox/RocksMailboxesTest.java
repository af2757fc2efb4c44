package dev.nexthop.mailbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.Faults;
import dev.nexthop.store.StoreMemory;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RocksMailboxesTest {
    private static final QueueId ID = new QueueId(1L << 41);
    private static final byte[] HEADERS = "Return-Path: <a@example.org>\r\nDelivered-To: john\r\n".getBytes(UTF_8);
    private static final byte[] MAIL = """
            From: =?utf-8?q?J=C3=B6rg?=\r
             <joerg@example.org>\r
            Subject:  A tale\r
            \tof two\r
              cities\r
            \r
            From: nobody\r
            """.getBytes(UTF_8);

    @TempDir
    Path folder;

    private Instant now = Instant.parse("2026-11-22T16:00:00Z");
    private RocksMailboxes mailboxes;

    @BeforeEach
    void open() throws IOException {
        Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
        mailboxes = RocksMailboxes.open(folder.resolve("mail"), clock);
    }

    @AfterEach
    void close() {
        mailboxes.close();
    }

    private byte[] stored(String account, QueueId id) throws IOException {
        try (InputStream in =
                mailboxes.read(account, id.toString()).orElseThrow().open()) {
            return in.readAllBytes();
        }
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] all = java.util.Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        return all;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void headersAndMessageComeBackByteForByteAfterAStart() throws Exception {
        mailboxes.deliver(ID, List.of("john", "jane"), HEADERS, MessageBody.of(MAIL));
        close();
        open();
        assertThat(stored("john", ID)).isEqualTo(joined(HEADERS, MAIL));
        assertThat(stored("jane", ID)).isEqualTo(joined(HEADERS, MAIL));
        assertThat(mailboxes.read("joe", ID.toString())).isEmpty();
        assertThat(mailboxes.read("john", "no-such-id")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                RocksMailboxes.PIECE - 1,
                RocksMailboxes.PIECE,
                RocksMailboxes.PIECE + 1,
                RocksMailboxes.PIECE * 2,
                RocksMailboxes.PIECE * 5 + 77
            })
    void everySizeComesBack(int size) throws Exception {
        byte[] mail = random(size);
        mailboxes.deliver(ID, List.of("john"), HEADERS, MessageBody.of(mail));
        assertThat(stored("john", ID)).isEqualTo(joined(HEADERS, mail));
        MessageBody body = mailboxes.read("john", ID.toString()).orElseThrow();
        assertThat(body.size()).isEqualTo(HEADERS.length + size);
        assertThat(body.eightBit()).isEqualTo(MessageBody.of(mail).eightBit());
        try (InputStream in = body.open()) {
            for (byte b : HEADERS) {
                assertThat((byte) in.read()).isEqualTo(b);
            }
            assertThat(in.readAllBytes()).isEqualTo(mail);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void theSameMessageTwiceLeavesOneCopy() throws Exception {
        mailboxes.deliver(ID, List.of("john"), HEADERS, MessageBody.of(MAIL));
        Instant first = now;
        now = now.plusSeconds(60);
        mailboxes.deliver(ID, List.of("john", "jane", "jane"), HEADERS, MessageBody.of(MAIL));
        assertThat(mailboxes.list("john", 10))
                .singleElement()
                .extracting(Mailboxes.StoredMessage::received)
                .isEqualTo(first);
        assertThat(mailboxes.list("jane", 10)).hasSize(1);
    }

    @Test
    void aListIsOldestFirstAndSaysWhatEachIs() throws Exception {
        for (int i = 0; i < 600; i++) {
            mailboxes.deliver(
                    new QueueId(ID.value() + i), List.of("john"), HEADERS, MessageBody.of(new byte[] {'\r', '\n'}));
        }
        mailboxes.deliver(new QueueId(1), List.of("john"), HEADERS, MessageBody.of(MAIL));
        List<Mailboxes.StoredMessage> all = mailboxes.list("john", 1_000);
        assertThat(all).hasSize(601);
        assertThat(all).isSortedAccordingTo(java.util.Comparator.comparing(Mailboxes.StoredMessage::id));
        assertThat(all.getFirst())
                .isEqualTo(new Mailboxes.StoredMessage(
                        new QueueId(1).toString(),
                        now,
                        HEADERS.length + MAIL.length,
                        "=?utf-8?q?J=C3=B6rg?= <joerg@example.org>",
                        "A tale\tof two  cities".replace('\t', ' ')));
        assertThat(mailboxes.list("john", 300)).isEqualTo(all.subList(0, 300));
        assertThat(mailboxes.list("john", 0)).isEmpty();
    }

    @Test
    void accountsWhoseNamesBeginAlikeAreApart() throws Exception {
        mailboxes.deliver(ID, List.of("jo"), HEADERS, MessageBody.of(MAIL));
        mailboxes.deliver(new QueueId(2), List.of("john", "jo\0hn", "\u00fc"), HEADERS, MessageBody.of(MAIL));
        assertThat(mailboxes.list("jo", 10)).hasSize(1);
        assertThat(mailboxes.list("john", 10)).hasSize(1);
        assertThat(mailboxes.list("j", 10)).isEmpty();
        assertThatThrownBy(() -> mailboxes.list("", 10)).isInstanceOf(IOException.class);
    }

    @Test
    void aBodyThatBreaksOffIsStoredForNobody() throws Exception {
        MessageBody broken = broken();
        assertThatThrownBy(() -> mailboxes.deliver(ID, List.of("john"), HEADERS, broken))
                .hasMessageContaining("were promised");
        assertThat(mailboxes.list("john", 10)).isEmpty();
        byte[] mail = random(RocksMailboxes.PIECE);
        mailboxes.deliver(ID, List.of("john"), HEADERS, MessageBody.of(mail));
        assertThat(stored("john", ID)).isEqualTo(joined(HEADERS, mail));
    }

    @Test
    void aCopyIsNeverWrittenOver() throws Exception {
        byte[] mail = random(RocksMailboxes.PIECE * 3);
        mailboxes.deliver(ID, List.of("john"), HEADERS, MessageBody.of(mail));
        mailboxes.deliver(ID, List.of("jane"), HEADERS, broken());
        assertThat(stored("john", ID)).isEqualTo(joined(HEADERS, mail));
        assertThat(stored("jane", ID)).isEqualTo(joined(HEADERS, mail));
        assertThatThrownBy(() -> mailboxes.deliver(ID, List.of("joe"), HEADERS, MessageBody.of(MAIL)))
                .hasMessageContaining("another message");
    }

    /** Pieces were acknowledged, and then the disk did not keep them. */
    @Test
    void aPieceThatTheDiskLostBeforeTheEndIsStoredAgain() throws Exception {
        close();
        Faults disk = new Faults();
        mailboxes = RocksMailboxes.over(disk.open(folder.resolve("mail"), MailboxTables.ALL), Clock.systemUTC());
        byte[] mail = random(RocksMailboxes.PIECE * 3);
        disk.lose();
        InputStream end = new ByteArrayInputStream(mail, RocksMailboxes.PIECE * 2, RocksMailboxes.PIECE);
        InputStream late = new FilterInputStream(end) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                disk.awaitLoss();
                return super.read(into, offset, length);
            }
        };
        InputStream pausing =
                new SequenceInputStream(new ByteArrayInputStream(mail, 0, RocksMailboxes.PIECE * 2), late);
        assertThatThrownBy(() -> mailboxes.deliver(ID, List.of("john"), HEADERS, body(mail.length, pausing)))
                .hasMessageContaining("stored again with the next attempt");
        assertThat(mailboxes.list("john", 10)).isEmpty();
        mailboxes.deliver(ID, List.of("john"), HEADERS, MessageBody.of(mail));
        assertThat(stored("john", ID)).isEqualTo(joined(HEADERS, mail));
    }

    /** A body that ends before its size, as on a damaged disk. */
    private static MessageBody broken() {
        return body(RocksMailboxes.PIECE * 3L, new ByteArrayInputStream(new byte[RocksMailboxes.PIECE * 2]));
    }

    private static MessageBody body(long size, InputStream octets) {
        return new MessageBody() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public boolean eightBit() {
                return false;
            }

            @Override
            public byte @Nullable [] inMemory() {
                return null;
            }

            @Override
            public InputStream open() {
                return octets;
            }
        };
    }

    @Test
    void manyDeliveriesAtOnceAreAllStored() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                QueueId id = new QueueId(ID.value() + i);
                all.add(threads.submit(() -> {
                    mailboxes.deliver(id, List.of("john"), HEADERS, MessageBody.of(MAIL));
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(mailboxes.list("john", 1_000)).hasSize(200);
    }

    @Test
    void aDamagedRecordIsReportedAndTheOthersGoOn() throws Exception {
        QueueId bad = new QueueId(ID.value() + 1);
        QueueId hollow = new QueueId(ID.value() + 2);
        for (QueueId id : List.of(ID, bad, hollow)) {
            mailboxes.deliver(id, List.of("john"), HEADERS, MessageBody.of(MAIL));
        }
        close();
        try (Database database = Database.open(folder.resolve("mail"), "test", MailboxTables.ALL, StoreMemory.SMALL)) {
            database.commit(List.of(
                    new Edit.Put(MailboxTables.MAIL, MailboxTables.mailKey("john", bad), new byte[] {9}),
                    new Edit.Put(MailboxTables.PIECE, MailboxTables.pieceKey(hollow, 0), new byte[1])));
        }
        open();
        assertThat(mailboxes.list("john", 10))
                .extracting(Mailboxes.StoredMessage::id)
                .containsExactly(ID.toString(), hollow.toString());
        assertThatThrownBy(() -> mailboxes.read("john", bad.toString())).isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> stored("john", hollow)).isInstanceOf(CorruptRecordException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\r\n", "no colon", "Subject", "subject:", "X: y\r\n\r\nSubject: body\r\n", " Subject: x"})
    void noFieldIsTheEmptyText(String mail) {
        assertThat(HeaderPeek.field(mail.getBytes(UTF_8), "Subject")).isEmpty();
    }

    @Test
    void aFieldIsCutAndCanNotMoveACursor() {
        assertThat(HeaderPeek.field("SUBJECT: a\u001b[2J\u202eb\u0000\r\n".getBytes(UTF_8), "Subject"))
                .isEqualTo("a [2J b");
        assertThat(HeaderPeek.field(("Subject: " + "\ud83d\ude00".repeat(300)).getBytes(UTF_8), "Subject"))
                .isEqualTo("\ud83d\ude00".repeat(128));
        assertThat(HeaderPeek.field(("Subject: x" + "\ud83d\ude00".repeat(300)).getBytes(UTF_8), "Subject"))
                .hasSize(255);
    }
}
