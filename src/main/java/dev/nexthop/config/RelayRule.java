package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.Value;
import dev.nexthop.mail.Reception;
import dev.nexthop.server.PolicyException;
import dev.nexthop.server.RelayPolicy;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;

/** {@code session.rcpt.relay} and {@code session.rcpt.elsewhere}: who may send to whom we don't have. */
public final class RelayRule implements RelayPolicy {
    private final Conditional<Boolean> rule;
    private final Conditional<Boolean> elsewhere;
    private final Lookups lookups;

    /**
     * A policy.
     *
     * @param rule for domains that are not local
     * @param elsewhere for recipients of local domains without an account
     * @param lookups who answers look-ups of the rule
     */
    public RelayRule(Conditional<Boolean> rule, Conditional<Boolean> elsewhere, Lookups lookups) {
        this.rule = rule;
        this.elsewhere = elsewhere;
        this.lookups = lookups;
    }

    @Override
    public boolean mayRelay(Reception reception, ReversePath sender, Mailbox recipient) throws PolicyException {
        return ask(rule, SettingsSession.RELAY, facts(reception, sender, recipient));
    }

    @Override
    public boolean livesElsewhere(Reception reception, ReversePath sender, Mailbox recipient) throws PolicyException {
        return ask(elsewhere, SettingsSession.ELSEWHERE, facts(reception, sender, recipient));
    }

    private boolean ask(Conditional<Boolean> asked, Setting<?> setting, Facts facts) throws PolicyException {
        try {
            return asked.value(facts, lookups);
        } catch (EvaluationException e) {
            throw new PolicyException(setting.key() + " can't say: " + e.getMessage());
        }
    }

    private static Facts facts(Reception reception, ReversePath sender, Mailbox recipient) {
        return variable -> switch (variable) {
            case RCPT -> Value.of(lower(recipient.toString()));
            case RCPT_DOMAIN -> Value.of(recipient.domain().name());
            case SENDER -> Value.of(lower(sender.address()));
            case SENDER_DOMAIN -> Value.of(domain(lower(sender.address())));
            case REMOTE_IP -> Value.of(reception.remoteIp());
            case LISTENER -> Value.of(reception.listener());
            case RECEIVED_VIA_PORT -> Value.of(reception.port());
            case AUTHENTICATED_AS -> Value.of(reception.authenticatedAs());
            case HELO_DOMAIN -> Value.of(reception.helo());
            case PRIORITY -> Value.of(reception.priority());
            case RECIPIENTS,
                    SIZE,
                    MESSAGE_ID,
                    RETRY_NUM,
                    NOTIFY_NUM,
                    EXPIRES_IN,
                    LAST_STATUS,
                    LAST_ERROR,
                    QUEUE_AGE,
                    MX,
                    LOCAL_IP,
                    HOP -> null;
        };
    }

    private static String domain(String address) {
        return address.substring(address.lastIndexOf('@') + 1);
    }

    private static String lower(String text) {
        return Mailbox.folded(text);
    }
}
