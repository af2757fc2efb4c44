package dev.nexthop.dns;

import java.time.Duration;
import java.util.List;
import org.xbill.DNS.Record;

/** What a question came to, before it is read as something about mail. */
sealed interface RawAnswer {
    /**
     * Records of the type asked for, CNAMEs followed.
     *
     * @param records at least one
     * @param ttl how long they may be kept
     */
    record Records(List<Record> records, Duration ttl) implements RawAnswer {}

    /** The name, or the end of its chain of CNAMEs, does not exist (RFC 2308 §2.1). */
    record NoName(String reason, Duration ttl) implements RawAnswer {}

    /** The name exists without records of the type (RFC 2308 §2.2). */
    record NoData(String reason, Duration ttl) implements RawAnswer {}

    /** Nobody could say. Never kept: the next question may fare better. */
    record Trouble(String reason) implements RawAnswer {}

    /** How long the answer may be kept; zero for not at all. */
    default Duration keep() {
        return switch (this) {
            case Records records -> records.ttl();
            case NoName none -> none.ttl();
            case NoData none -> none.ttl();
            case Trouble _ -> Duration.ZERO;
        };
    }
}
