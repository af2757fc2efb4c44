package dev.nexthop.mailbox;

import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import java.time.Instant;

/**
 * An account's copy of a message: what is its own. The message itself is stored once for all accounts.
 *
 * @param received when it was stored
 * @param headers the fields put before the message
 * @param size octets of the message without them
 * @param eightBit whether any octet of the message is above 127
 * @param from the From field, for lists
 * @param subject the Subject field, for lists
 */
record MailRecord(Instant received, byte[] headers, long size, boolean eightBit, String from, String subject) {
    private static final int VERSION = 1;

    byte[] encode() {
        return new RecordWriter(VERSION)
                .instant(received)
                .bytes(headers)
                .number(size)
                .flag(eightBit)
                .text(from)
                .text(subject)
                .record();
    }

    static MailRecord decode(String what, byte[] bytes) throws CorruptRecordException {
        RecordReader reader = new RecordReader(what, bytes, VERSION);
        MailRecord record = new MailRecord(
                reader.instant(), reader.bytes(), reader.number(), reader.flag(), reader.text(), reader.text());
        reader.end();
        if (record.size < 0) {
            throw reader.corrupt("says the message has " + record.size + " octets");
        }
        return record;
    }
}
