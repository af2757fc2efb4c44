package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.util.List;
import java.util.Optional;

/**
 * What a check of the spool found, or of a part of it.
 *
 * @param messages whole messages
 * @param recipients of these
 * @param octets of their bodies
 * @param bodyFiles bodies that are files
 * @param quarantined what is in quarantine, oldest first, at most {@link #MOST}
 * @param faults at most {@link #MOST}
 * @param repaired what was done about them, a sentence each
 * @param next where to go on; empty when all was looked at
 */
public record VerifyReport(
        long messages,
        long recipients,
        long octets,
        long bodyFiles,
        List<Quarantined> quarantined,
        List<Fault> faults,
        List<String> repaired,
        Optional<QueueId> next) {
    /** Faults told of; a check stops at so many. */
    public static final int MOST = 1_000;

    /** Copies the lists. */
    public VerifyReport {
        quarantined = List.copyOf(quarantined);
        faults = List.copyOf(faults);
        repaired = List.copyOf(repaired);
    }
}
