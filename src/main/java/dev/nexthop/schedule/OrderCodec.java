package dev.nexthop.schedule;

import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stored form of orders and of what is said of held recipients. */
final class OrderCodec {
    private static final int VERSION = 1;

    /** An order with a part that version 1 does not have. One without stays readable for older programs. */
    private static final int VERSION_WITH_QUEUE = 2;

    // The stored number of a part is its place in this list: add at the end, never reorder.
    static final List<OrderScope.Part> PARTS = List.of(
            OrderScope.Part.ID,
            OrderScope.Part.SENDER,
            OrderScope.Part.SENDER_DOMAIN,
            OrderScope.Part.RECIPIENT,
            OrderScope.Part.DOMAIN,
            OrderScope.Part.HOP,
            OrderScope.Part.QUEUE);

    private OrderCodec() {}

    static byte[] encode(Order order) {
        boolean queue = order.scope().parts().containsKey(OrderScope.Part.QUEUE);
        RecordWriter writer = new RecordWriter(queue ? VERSION_WITH_QUEUE : VERSION).number(order.number());
        switch (order.kind()) {
            case Order.Kind.Suspend _ -> writer.flag(false);
            case Order.Kind.Reroute(String hop) -> writer.flag(true).text(hop);
        }
        writer.number(order.scope().parts().size());
        order.scope()
                .parts()
                .forEach((part, text) -> writer.octet(PARTS.indexOf(part)).text(text));
        write(writer, order.terms());
        return writer.record();
    }

    static Order decode(byte[] bytes) throws CorruptRecordException {
        RecordReader reader = new RecordReader("an order of the queue desk", bytes, VERSION, VERSION_WITH_QUEUE);
        try {
            long number = reader.number();
            Order.Kind kind = reader.flag() ? new Order.Kind.Reroute(reader.text()) : new Order.Kind.Suspend();
            Map<OrderScope.Part, String> parts = new EnumMap<>(OrderScope.Part.class);
            int count = reader.elements();
            for (int i = 0; i < count; i++) {
                parts.put(reader.oneOf(PARTS), reader.text());
            }
            Order.Terms terms = read(reader);
            reader.end();
            return new Order(number, kind, new OrderScope(parts), terms);
        } catch (IllegalArgumentException e) {
            throw reader.corrupt(e);
        }
    }

    static byte[] encode(Order.Terms terms) {
        RecordWriter writer = new RecordWriter(VERSION);
        write(writer, terms);
        return writer.record();
    }

    static Order.Terms decodeTerms(byte[] bytes) throws CorruptRecordException {
        RecordReader reader = new RecordReader("what is said of a held recipient", bytes, VERSION);
        try {
            Order.Terms terms = read(reader);
            reader.end();
            return terms;
        } catch (IllegalArgumentException e) {
            throw reader.corrupt(e);
        }
    }

    private static void write(RecordWriter writer, Order.Terms terms) {
        writer.text(terms.reason())
                .text(terms.by())
                .instant(terms.since())
                .flag(terms.until().isPresent());
        terms.until().ifPresent(writer::instant);
    }

    private static Order.Terms read(RecordReader reader) throws CorruptRecordException {
        String reason = reader.text();
        String by = reader.text();
        Instant since = reader.instant();
        Optional<Instant> until = reader.flag() ? Optional.of(reader.instant()) : Optional.empty();
        return new Order.Terms(reason, by, since, until);
    }
}
