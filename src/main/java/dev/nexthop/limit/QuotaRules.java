package dev.nexthop.limit;

import dev.nexthop.event.Events;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.limit.Claim.Count;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Mailbox;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The quotas of one configuration. Whoever opened them closes them, after a bounded time.
 *
 * @param all those that are enabled
 * @param lookups who answers the look-ups of conditions
 * @param events hears of a condition that fails
 * @param done called by {@link #close}
 */
public record QuotaRules(List<QuotaSettings> all, Lookups lookups, Events events, Runnable done)
        implements AutoCloseable {
    /** Copies the list. */
    public QuotaRules {
        all = List.copyOf(all);
    }

    /** What the counts are of. */
    Set<String> identities() {
        return all.stream().map(QuotaSettings::identity).collect(Collectors.toSet());
    }

    /**
     * What a message counts for.
     *
     * @param count of what
     * @param quotas whose
     * @param members the recipients that make it count; null when all of them do, to the last
     */
    record Share(
            Count count,
            List<QuotaSettings> quotas,
            @Nullable BitSet members) {}

    /** What all of a message counts for. */
    List<Share> shares(QueueId id, Envelope envelope, long size) {
        Map<Count, Part> parts = new LinkedHashMap<>();
        int recipients = envelope.recipients().size();
        for (QuotaSettings quota : all) {
            int asked = quota.ofRecipient() ? recipients : 1;
            for (int i = 0; i < asked; i++) {
                Facts facts = facts(id, envelope, size, envelope.recipients().get(i));
                if (isMeant(quota, facts)) {
                    Part part = parts.computeIfAbsent(count(quota, facts), _ -> new Part());
                    part.quotas.add(quota);
                    part.members.set(i, quota.ofRecipient() ? i + 1 : recipients);
                }
            }
        }
        List<Share> shares = new ArrayList<>(parts.size());
        parts.forEach((count, part) -> shares.add(new Share(
                count, List.copyOf(part.quotas), part.members.cardinality() == recipients ? null : part.members)));
        return shares;
    }

    /** What a message to a recipient, or to anybody, would count for, as far as that is known early. */
    List<Share> early(Envelope envelope, long size, boolean ofRecipient) {
        Map<Count, Part> parts = new LinkedHashMap<>();
        Facts facts =
                facts(new QueueId(0), envelope, size, envelope.recipients().getFirst());
        for (QuotaSettings quota : all) {
            if (quota.ofRecipient() == ofRecipient && quota.early() && isMeant(quota, facts)) {
                parts.computeIfAbsent(count(quota, facts), _ -> new Part())
                        .quotas
                        .add(quota);
            }
        }
        List<Share> shares = new ArrayList<>(parts.size());
        parts.forEach((count, part) -> shares.add(new Share(count, List.copyOf(part.quotas), null)));
        return shares;
    }

    private static final class Part {
        final Set<QuotaSettings> quotas = new HashSet<>();
        final BitSet members = new BitSet();
    }

    private static Count count(QuotaSettings quota, Facts facts) {
        return new Count(
                quota.identity(),
                quota.keys().stream().map(key -> key.of(facts)).collect(Collectors.joining(", ")));
    }

    private static Facts facts(QueueId id, Envelope envelope, long size, Mailbox recipient) {
        Instant now = Instant.EPOCH;
        RecipientFacts.History history = new RecipientFacts.History(now, 0, 0, now, "", ErrorKind.NONE);
        return new RecipientFacts(id, envelope, size, recipient, history, now, RecipientFacts.Host.UNKNOWN);
    }

    /** A condition that can't be computed is taken for true: a quota never grows by mistake. */
    private boolean isMeant(QuotaSettings quota, Facts facts) {
        if (quota.match().condition().isEmpty()) {
            return true;
        }
        try {
            return quota.match().condition().get().value(facts, lookups);
        } catch (EvaluationException e) {
            events.alarm(
                    "quota", "the match of quota '" + quota.id() + "' has no value, so it holds: " + e.getMessage());
            return true;
        }
    }

    @Override
    public void close() {
        done.run();
    }
}
