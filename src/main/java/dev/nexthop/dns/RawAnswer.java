package dev.nexthop.dns;

import java.time.Duration;
import java.util.List;
import org.xbill.DNS.Record;

/** What a question came to, before it is read as something about mail. */
sealed interface RawAnswer {
    /** How long a failure is kept: a dead domain costs one time-out for all messages of the moment (RFC 2308 §7). */
    Duration FAILURE_KEPT = Duration.ofSeconds(5);

    /**
     * How long an answer is kept that came from a server that is not believed about DNSSEC, although another is, which
     * failed: DANE is off for no longer than that once the other answers again.
     */
    Duration UNBELIEVED_KEPT = Duration.ofMinutes(1);

    /** What DNSSEC says about it, CNAMEs on the way included. */
    Security security();

    /**
     * Records of the type asked for, CNAMEs followed.
     *
     * @param records at least one
     * @param ttl how long they may be kept
     */
    record Records(List<Record> records, Duration ttl, Security security) implements RawAnswer {}

    /** The name, or the end of its chain of CNAMEs, does not exist (RFC 2308 §2.1). */
    record NoName(String reason, Duration ttl, Security security) implements RawAnswer {}

    /** The name exists without records of the type (RFC 2308 §2.2). */
    record NoData(String reason, Duration ttl, Security security) implements RawAnswer {}

    /**
     * Nobody could say, or what they say is bogus.
     *
     * @param ttl zero where only this question fared badly, and the next may fare better
     */
    record Trouble(String reason, Duration ttl, Security security) implements RawAnswer {
        /** Trouble of this question alone. */
        Trouble(String reason) {
            this(reason, Duration.ZERO, Security.INDETERMINATE);
        }
    }

    /** How long the answer may be kept; zero for not at all. */
    Duration ttl();

    /** The same, kept no longer than that and worth no more than the other answers on the way to it. */
    default RawAnswer after(Duration least, Security before) {
        Duration kept = least.compareTo(ttl()) < 0 ? least : ttl();
        return switch (this) {
            case Records it -> new Records(it.records(), kept, before.and(it.security()));
            case NoName it -> new NoName(it.reason(), kept, before.and(it.security()));
            case NoData it -> new NoData(it.reason(), kept, before.and(it.security()));
            case Trouble it -> it;
        };
    }
}
