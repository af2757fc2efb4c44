package dev.nexthop.queue;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The stored form of what never changes about a message. */
final class MessageCodec {
    private static final int VERSION = 1;

    // The stored number of a value is its place in these lists: add at the end, never reorder.
    static final List<BodyType> BODY_TYPES = List.of(BodyType.SEVEN_BIT, BodyType.EIGHT_BIT_MIME);
    static final List<MessageRecord.Place> PLACES = List.of(MessageRecord.Place.DATABASE, MessageRecord.Place.FILE);

    private MessageCodec() {}

    static byte[] encode(MessageRecord message) {
        Envelope envelope = message.envelope();
        Reception reception = envelope.reception();
        MessageRecord.Body body = message.body();
        RecordWriter writer = new RecordWriter(VERSION).instant(message.created());
        switch (envelope.sender()) {
            case ReversePath.Null _ -> writer.flag(false);
            case ReversePath.From from -> writeMailbox(writer.flag(true), from.mailbox());
        }
        writer.number(envelope.recipients().size());
        for (Mailbox recipient : envelope.recipients()) {
            writeMailbox(writer, recipient);
        }
        return writer.octet(BODY_TYPES.indexOf(envelope.body()))
                .flag(envelope.smtpUtf8())
                .text(reception.listener())
                .number(reception.port())
                .text(reception.remoteIp())
                .text(reception.helo())
                .text(reception.authenticatedAs())
                .octet(reception.priority() + PRIORITY_SHIFT)
                .octet(PLACES.indexOf(body.place()))
                .number(body.size())
                .flag(body.eightBit())
                .number(Integer.toUnsignedLong(body.checksum()))
                .record();
    }

    /** Priorities are stored shifted, to fit an octet. */
    private static final int PRIORITY_SHIFT = 128;

    static MessageRecord decode(QueueId id, byte[] bytes) throws CorruptRecordException {
        RecordReader reader = new RecordReader("the record of message " + id, bytes, VERSION);
        try {
            Instant created = reader.instant();
            ReversePath sender = reader.flag() ? new ReversePath.From(readMailbox(reader)) : ReversePath.NULL;
            int count = reader.elements();
            List<Mailbox> recipients = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                recipients.add(readMailbox(reader));
            }
            BodyType type = reader.oneOf(BODY_TYPES);
            boolean smtpUtf8 = reader.flag();
            Reception reception = new Reception(
                    reader.text(),
                    reader.count(),
                    reader.text(),
                    reader.text(),
                    reader.text(),
                    reader.octet() - PRIORITY_SHIFT);
            MessageRecord.Place place = reader.oneOf(PLACES);
            long size = reader.number();
            if (size < 0 || place == MessageRecord.Place.DATABASE && size > Integer.MAX_VALUE) {
                throw reader.corrupt("says the body has " + size + " octets");
            }
            MessageRecord.Body body = new MessageRecord.Body(place, size, reader.flag(), (int) reader.number());
            reader.end();
            return new MessageRecord(created, new Envelope(sender, recipients, type, smtpUtf8, reception), body);
        } catch (IllegalArgumentException e) {
            throw reader.corrupt(e);
        }
    }

    static void writeMailbox(RecordWriter writer, Mailbox mailbox) {
        writer.text(mailbox.localPart()).text(mailbox.domain().name());
    }

    /** Takes the parts as they are: they were checked when they came in, under the rules of then. */
    static Mailbox readMailbox(RecordReader reader) throws CorruptRecordException {
        String localPart = reader.text();
        return new Mailbox(localPart, new Domain(reader.text()));
    }
}
