package dev.nexthop.queue;

import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.Mode;
import dev.nexthop.mail.Requests.Notify;
import dev.nexthop.mail.Requests.Returned;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The stored form of what a client asked for beyond delivery. */
final class RequestsCodec {
    // The stored number of a value is its place in these lists: add at the end, never reorder.
    static final List<Returned> RETURNED = List.of(Returned.FULL, Returned.HDRS);
    static final List<Notify> NOTIFY = List.of(Notify.NEVER, Notify.SUCCESS, Notify.FAILURE, Notify.DELAY);
    static final List<Mode> MODES = List.of(Mode.RETURN, Mode.NOTIFY);

    private RequestsCodec() {}

    static void write(Requests requests, RecordWriter writer) {
        writer.flag(requests.returned().isPresent());
        requests.returned().ifPresent(returned -> writer.octet(RETURNED.indexOf(returned)));
        writer.text(requests.envelopeId()).number(requests.recipients().size());
        for (Requests.Recipient one : requests.recipients()) {
            int bits = 0;
            for (Notify notify : one.notices()) {
                bits |= 1 << NOTIFY.indexOf(notify);
            }
            writer.octet(bits).flag(one.original().isPresent());
            one.original().ifPresent(original -> writer.text(original.type()).text(original.address()));
        }
        writer.flag(requests.requireTls()).flag(requests.deliverBy().isPresent());
        requests.deliverBy()
                .ifPresent(by ->
                        writer.instant(by.by()).octet(MODES.indexOf(by.mode())).flag(by.trace()));
        writer.flag(requests.holdUntil().isPresent());
        requests.holdUntil().ifPresent(writer::instant);
    }

    static Requests read(RecordReader reader) throws CorruptRecordException {
        Optional<Returned> returned = reader.flag() ? Optional.of(reader.oneOf(RETURNED)) : Optional.empty();
        String envelopeId = reader.text();
        int count = reader.elements();
        List<Requests.Recipient> recipients = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Set<Notify> notify = notify(reader);
            Optional<Requests.Original> original =
                    reader.flag() ? Optional.of(new Requests.Original(reader.text(), reader.text())) : Optional.empty();
            recipients.add(new Requests.Recipient(notify, original));
        }
        boolean requireTls = reader.flag();
        Optional<Requests.DeliverBy> by = reader.flag()
                ? Optional.of(new Requests.DeliverBy(reader.instant(), reader.oneOf(MODES), reader.flag()))
                : Optional.empty();
        Optional<Instant> hold = reader.flag() ? Optional.of(reader.instant()) : Optional.empty();
        return new Requests(returned, envelopeId, recipients, requireTls, by, hold);
    }

    private static Set<Notify> notify(RecordReader reader) throws CorruptRecordException {
        int bits = reader.octet();
        if (bits >> NOTIFY.size() != 0) {
            throw reader.corrupt("holds a NOTIFY that nobody knows");
        }
        Set<Notify> notify = EnumSet.noneOf(Notify.class);
        for (int i = 0; i < NOTIFY.size(); i++) {
            if ((bits & 1 << i) != 0) {
                notify.add(NOTIFY.get(i));
            }
        }
        return notify;
    }
}
