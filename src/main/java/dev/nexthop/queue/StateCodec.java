package dev.nexthop.queue;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.RecordReader;
import dev.nexthop.store.RecordWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stored form of where the recipients of a message stand. */
final class StateCodec {
    private static final int VERSION = 2;

    /** A record with a status that version 2 does not have. One without stays readable for older programs. */
    private static final int VERSION_WITH_UNTOLD = 3;

    /** A record with a status that version 3 does not have. */
    private static final int VERSION_WITH_EXPANDED = 4;

    /** Before, a trace was a row of lines, of which the last one told the decision. */
    private static final int LINES = 1;

    // The stored number of a value is its place in these lists: add at the end, never reorder.
    static final List<RecipientStatus> STATUSES = List.of(
            RecipientStatus.SCHEDULED,
            RecipientStatus.DEFERRED,
            RecipientStatus.HELD,
            RecipientStatus.DELIVERED,
            RecipientStatus.FAILED,
            RecipientStatus.DELIVERED_UNTOLD,
            RecipientStatus.RELAYED_UNTOLD,
            RecipientStatus.EXPANDED_UNTOLD);
    static final List<ErrorKind> ERRORS = List.of(
            ErrorKind.NONE,
            ErrorKind.DNS,
            ErrorKind.UNEXPECTED_REPLY,
            ErrorKind.CONNECTION,
            ErrorKind.TLS,
            ErrorKind.DANE,
            ErrorKind.MTA_STS,
            ErrorKind.RATE,
            ErrorKind.CONCURRENCY,
            ErrorKind.IO);
    static final List<Step> STEPS = List.of(
            Step.ROUTE,
            Step.DNS,
            Step.CONNECT,
            Step.GREETING,
            Step.EHLO,
            Step.TLS,
            Step.AUTH,
            Step.MAIL,
            Step.RCPT,
            Step.DATA,
            Step.END_OF_DATA,
            Step.STORE);

    private StateCodec() {}

    static byte[] encode(List<RecipientState> recipients) {
        RecordWriter writer = new RecordWriter(version(recipients)).number(recipients.size());
        RouteCodec routes = new RouteCodec();
        for (RecipientState state : recipients) {
            MessageCodec.writeMailbox(writer, state.address());
            writer.octet(STATUSES.indexOf(state.status()))
                    .number(state.attempts())
                    .number(state.notices())
                    .instant(state.due())
                    .instant(state.notifyAt())
                    .instant(state.expires())
                    .flag(state.last().isPresent());
            state.last().ifPresent(last -> writeAttempt(writer, last, routes));
        }
        return writer.record();
    }

    /** The oldest version that has all that is in the record. */
    private static int version(List<RecipientState> recipients) {
        if (recipients.stream().anyMatch(state -> state.status() == RecipientStatus.EXPANDED_UNTOLD)) {
            return VERSION_WITH_EXPANDED;
        }
        boolean untold = recipients.stream()
                .anyMatch(state -> !state.status().open() && !state.status().done());
        return untold ? VERSION_WITH_UNTOLD : VERSION;
    }

    private static void writeAttempt(RecordWriter writer, LastAttempt last, RouteCodec routes) {
        Diagnosis diagnosis = last.diagnosis();
        writer.instant(last.at()).text(last.hop());
        writeStatus(writer, diagnosis.status());
        writer.octet(ERRORS.indexOf(diagnosis.error()))
                .text(diagnosis.reason())
                .text(diagnosis.host())
                .text(diagnosis.ip())
                .octet(STEPS.indexOf(diagnosis.step()))
                .flag(diagnosis.reply().isPresent());
        diagnosis.reply().ifPresent(reply -> writeReply(writer, reply));
        routes.write(writer, last.route());
    }

    private static void writeReply(RecordWriter writer, Reply reply) {
        writer.number(reply.code()).flag(reply.enhanced().isPresent());
        reply.enhanced().ifPresent(status -> writeStatus(writer, status));
        RouteCodec.writeTexts(writer, reply.lines());
    }

    private static void writeStatus(RecordWriter writer, EnhancedStatus status) {
        writer.octet(status.category()).number(status.subject()).number(status.detail());
    }

    static List<RecipientState> decode(QueueId id, byte[] bytes) throws CorruptRecordException {
        RecordReader reader = new RecordReader("the state of message " + id, bytes, LINES, VERSION_WITH_EXPANDED);
        try {
            int count = reader.elements();
            List<RecipientState> recipients = new ArrayList<>(count);
            RouteCodec routes = new RouteCodec();
            for (int i = 0; i < count; i++) {
                recipients.add(readState(reader, routes));
            }
            reader.end();
            return List.copyOf(recipients);
        } catch (IllegalArgumentException e) {
            throw reader.corrupt(e);
        }
    }

    private static RecipientState readState(RecordReader reader, RouteCodec routes) throws CorruptRecordException {
        Mailbox address = MessageCodec.readMailbox(reader);
        RecipientStatus status = reader.oneOf(STATUSES);
        int attempts = reader.count();
        int notices = reader.count();
        Instant due = reader.instant();
        Instant notifyAt = reader.instant();
        Instant expires = reader.instant();
        Optional<LastAttempt> last = reader.flag() ? Optional.of(readAttempt(reader, routes)) : Optional.empty();
        return new RecipientState(address, status, attempts, notices, due, notifyAt, expires, last);
    }

    private static LastAttempt readAttempt(RecordReader reader, RouteCodec routes) throws CorruptRecordException {
        Instant at = reader.instant();
        String hop = reader.text();
        EnhancedStatus status = readStatus(reader);
        ErrorKind error = reader.oneOf(ERRORS);
        String reason = reader.text();
        String host = reader.text();
        String ip = reader.text();
        Step step = reader.oneOf(STEPS);
        Optional<Reply> reply = reader.flag() ? Optional.of(readReply(reader)) : Optional.empty();
        Diagnosis diagnosis = new Diagnosis(status, error, reason, reply, host, ip, step);
        return new LastAttempt(at, hop, diagnosis, reader.version() == LINES ? readLines(reader) : routes.read(reader));
    }

    private static RouteTrace readLines(RecordReader reader) throws CorruptRecordException {
        List<String> lines = RouteCodec.readTexts(reader);
        return lines.isEmpty() ? RouteTrace.NONE : new RouteTrace("", lines.getLast(), List.of());
    }

    private static Reply readReply(RecordReader reader) throws CorruptRecordException {
        int code = reader.count();
        Optional<EnhancedStatus> enhanced = reader.flag() ? Optional.of(readStatus(reader)) : Optional.empty();
        return new Reply(code, enhanced, RouteCodec.readTexts(reader));
    }

    private static EnhancedStatus readStatus(RecordReader reader) throws CorruptRecordException {
        return new EnhancedStatus(reader.octet(), reader.count(), reader.count());
    }
}
