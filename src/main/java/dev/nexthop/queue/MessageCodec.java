package dev.nexthop.queue;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
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

    /** A record with requests behind all that version 1 has. One without them stays readable for older programs. */
    private static final int VERSION_WITH_REQUESTS = 2;

    // The stored number of a value is its place in these lists: add at the end, never reorder.
    static final List<BodyType> BODY_TYPES = List.of(BodyType.SEVEN_BIT, BodyType.EIGHT_BIT_MIME);
    static final List<MessageRecord.Place> PLACES = List.of(MessageRecord.Place.DATABASE, MessageRecord.Place.FILE);

    private MessageCodec() {}

    static byte[] encode(MessageRecord message) {
        Envelope envelope = message.envelope();
        Reception reception = envelope.reception();
        MessageRecord.Body body = message.body();
        RecordWriter writer = new RecordWriter(envelope.requests().any() ? VERSION_WITH_REQUESTS : VERSION)
                .instant(message.created());
        switch (envelope.sender()) {
            case ReversePath.Null _ -> writer.flag(false);
            case ReversePath.From from -> writeMailbox(writer.flag(true), from.mailbox());
        }
        writer.number(envelope.recipients().size());
        for (Mailbox recipient : envelope.recipients()) {
            writeMailbox(writer, recipient);
        }
        writer.octet(BODY_TYPES.indexOf(envelope.body()))
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
                .number(Integer.toUnsignedLong(body.checksum()));
        if (envelope.requests().any()) {
            RequestsCodec.write(envelope.requests(), writer);
        }
        return writer.record();
    }

    /** Priorities are stored shifted, to fit an octet. */
    private static final int PRIORITY_SHIFT = 128;

    static MessageRecord decode(QueueId id, byte[] bytes) throws CorruptRecordException {
        RecordReader reader = new RecordReader("the record of message " + id, bytes, VERSION, VERSION_WITH_REQUESTS);
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
            Requests requests = reader.version() == VERSION_WITH_REQUESTS ? RequestsCodec.read(reader) : Requests.NONE;
            reader.end();
            Envelope envelope = new Envelope(sender, recipients, type, smtpUtf8, reception, requests);
            return new MessageRecord(created, envelope, body);
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
