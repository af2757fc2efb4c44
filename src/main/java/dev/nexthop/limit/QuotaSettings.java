package dev.nexthop.limit;

import dev.nexthop.expr.Variable;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One table of {@code queue.quota}.
 *
 * @param id its name for people
 * @param keys what has a count of its own; empty: all mail together
 * @param match whom it is for
 * @param messages how many messages the queue may hold; empty: any number
 * @param size how many octets; empty: any number
 */
public record QuotaSettings(String id, List<LimitKey> keys, Match match, OptionalLong messages, OptionalLong size) {
    private static final Set<Variable> OF_RECIPIENT = EnumSet.of(Variable.RCPT, Variable.RCPT_DOMAIN);

    /** What only the whole message shows. */
    private static final Set<Variable> OF_MESSAGE =
            EnumSet.of(Variable.RECIPIENTS, Variable.SIZE, Variable.MESSAGE_ID, Variable.PRIORITY);

    /** Copies the list. */
    public QuotaSettings {
        keys = List.copyOf(keys);
    }

    /** What its counts are of; the same after a reload that changes only its numbers. */
    String identity() {
        return keys.stream().map(LimitKey::word).collect(Collectors.joining(",")) + "|" + match.text();
    }

    /** Whether it is another count for each recipient. */
    boolean ofRecipient() {
        return keys.stream().anyMatch(LimitKey::ofRecipient)
                || match.variables().stream().anyMatch(OF_RECIPIENT::contains);
    }

    /** Whether it can be asked before the whole message is there. */
    boolean early() {
        return match.variables().stream().noneMatch(OF_MESSAGE::contains);
    }
}
