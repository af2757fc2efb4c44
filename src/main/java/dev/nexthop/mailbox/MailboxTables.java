package dev.nexthop.mailbox;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.Family;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The families of the local store's database and their keys. */
final class MailboxTables {
    /** Account and id to what the account's copy is: {@link MailRecord}. */
    static final Family MAIL = new Family("mail", Family.Kind.RECORDS);

    /** Id and number to a piece of the message, shared by all accounts that have it. */
    static final Family PIECE = new Family("piece", Family.Kind.BODIES);

    /** Id to the size of a message whose pieces are all there. */
    static final Family WHOLE = new Family("whole", Family.Kind.RECORDS);

    static final List<Family> ALL = List.of(MAIL, PIECE, WHOLE);

    /** Longest account name in octets. */
    static final int MAX_ACCOUNT = 512;

    private MailboxTables() {}

    /** What every key of an account begins with: its name behind its length, so that no name begins another. */
    static byte[] accountKey(String account) throws IOException {
        byte[] name = account.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > MAX_ACCOUNT) {
            throw new IOException("the name of an account has 1 to " + MAX_ACCOUNT + " octets, not " + name.length);
        }
        return ByteBuffer.allocate(Short.BYTES + name.length)
                .putShort((short) name.length)
                .put(name)
                .array();
    }

    static byte[] mailKey(String account, QueueId id) throws IOException {
        byte[] prefix = accountKey(account);
        return ByteBuffer.allocate(prefix.length + Long.BYTES)
                .put(prefix)
                .putLong(id.value())
                .array();
    }

    /** The id at the end of a mail key. */
    static QueueId idOf(byte[] mailKey) {
        return new QueueId(ByteBuffer.wrap(mailKey).getLong(mailKey.length - Long.BYTES));
    }

    /** The first key behind all keys of an account. */
    static byte[] behind(byte[] accountKey) {
        byte[] end = Arrays.copyOf(accountKey, accountKey.length + Long.BYTES + 1);
        Arrays.fill(end, accountKey.length, end.length, (byte) 0xFF);
        return end;
    }

    static byte[] wholeKey(QueueId id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id.value()).array();
    }

    static byte[] sizeValue(long size) {
        return ByteBuffer.allocate(Long.BYTES).putLong(size).array();
    }

    static byte[] pieceKey(QueueId id, int number) {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(id.value())
                .putInt(number)
                .array();
    }
}
