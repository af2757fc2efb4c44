package dev.nexthop.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Reads one response: follows the CNAMEs inside it (RFC 1034 §3.6.2) and tells no name from no data (RFC 2308 §2).
 * Only records whose owner is on the way from the question count; whatever else a server sends along is ignored.
 */
final class ResponseReader {
    /** Most CNAMEs between a question and its answer. */
    static final int MAX_CHAIN = 8;

    /** The longest that any answer is kept. */
    static final Duration MAX_TTL = Duration.ofDays(1);

    /** The longest that "there is none" is kept: a mended zone should be seen soon (RFC 2308 §5 allows hours). */
    static final Duration MAX_NEGATIVE_TTL = Duration.ofMinutes(15);

    /** What one response says. */
    sealed interface Reading {
        /** The end of the way. */
        record Final(RawAnswer answer) implements Reading {}

        /**
         * The response leads on to a name that it says nothing about.
         *
         * @param target the name to ask about
         * @param links CNAMEs followed in this response
         * @param ttl how long they may be kept
         */
        record Onward(Name target, int links, Duration ttl) implements Reading {}
    }

    private final Message message;
    private final Security security;
    private final Question question;
    private Name at;
    private long ttl = MAX_TTL.toSeconds();
    private int links;

    private ResponseReader(Asker.Reply reply, Question question) {
        this.message = reply.message();
        this.security = reply.security();
        this.question = question;
        this.at = question.name();
    }

    /**
     * Reads a response whose code is NOERROR or NXDOMAIN.
     *
     * @param reply the response
     * @param question what was asked
     * @param allowed how many CNAMEs may still be followed
     */
    static Reading read(Asker.Reply reply, Question question, int allowed) {
        return new ResponseReader(reply, question).read(allowed);
    }

    private Reading read(int allowed) {
        while (true) {
            List<Record> found = answers(question.type());
            if (!found.isEmpty()) {
                return new Reading.Final(new RawAnswer.Records(found, Duration.ofSeconds(ttl), security));
            }
            List<Record> alias = answers(Type.CNAME);
            if (alias.isEmpty()) {
                return none();
            }
            if (++links > allowed) {
                return new Reading.Final(
                        new RawAnswer.Trouble("the CNAMEs of " + question.name().toString(true)
                                + " lead in a circle or through more than " + MAX_CHAIN + " names"));
            }
            at = ((CNAMERecord) alias.getFirst()).getTarget();
        }
    }

    private List<Record> answers(int type) {
        List<Record> found = new ArrayList<>();
        long least = ttl;
        for (Record record : message.getSection(Section.ANSWER)) {
            if (record.getType() == type
                    && record.getDClass() == DClass.IN
                    && record.getName().equals(at)) {
                found.add(record);
                least = Math.min(least, Math.max(0, record.getTTL()));
            }
        }
        if (!found.isEmpty()) {
            ttl = least;
        }
        return found;
    }

    private Reading none() {
        SOARecord soa = soa();
        if (links == 0 && ofOthersAlone()) {
            // No word about what was asked: read as "there is none" it would send mail to another host, or back.
            return new Reading.Final(
                    new RawAnswer.Trouble("the answer to the " + question + " has only records of other names"));
        }
        if (message.getRcode() == Rcode.NXDOMAIN) {
            return new Reading.Final(new RawAnswer.NoName(at.toString(true) + " does not exist", negative(soa), security));
        }
        if (links > 0 && soa == null) {
            return new Reading.Onward(at, links, Duration.ofSeconds(ttl));
        }
        String reason = at.toString(true) + " has no " + Type.string(question.type()) + " record";
        return new Reading.Final(new RawAnswer.NoData(reason, negative(soa), security));
    }

    private boolean ofOthersAlone() {
        List<Record> answer = message.getSection(Section.ANSWER);
        return !answer.isEmpty()
                && answer.stream().noneMatch(record -> record.getName().equals(at));
    }

    private @Nullable SOARecord soa() {
        for (Record record : message.getSection(Section.AUTHORITY)) {
            if (record instanceof SOARecord soa && at.subdomain(soa.getName())) {
                return soa;
            }
        }
        return null;
    }

    /** RFC 2308 §5: the lesser of the SOA's own TTL and its minimum; without a SOA nothing may be kept (§2.2.1). */
    private Duration negative(@Nullable SOARecord soa) {
        if (soa == null) {
            return Duration.ZERO;
        }
        long allowed = Math.max(0, Math.min(soa.getTTL(), soa.getMinimum()));
        return Duration.ofSeconds(Math.min(ttl, Math.min(allowed, MAX_NEGATIVE_TTL.toSeconds())));
    }
}
