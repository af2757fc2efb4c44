package dev.nexthop.config;

import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.Variable;
import dev.nexthop.schedule.Grouping;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/** Which recipients may share a transaction, by what the settings of a connection ask for. */
final class Groups {
    /** What two recipients of one message at one domain may differ in. */
    private static final Set<Variable> OF_RECIPIENT = EnumSet.of(
            Variable.RCPT,
            Variable.RETRY_NUM,
            Variable.NOTIFY_NUM,
            Variable.EXPIRES_IN,
            Variable.LAST_STATUS,
            Variable.LAST_ERROR);

    private Groups() {}

    static Grouping of(OutboundSettings settings) {
        OutboundSettings.Timeouts timeouts = settings.timeouts();
        Set<Variable> read = EnumSet.noneOf(Variable.class);
        Stream.of(
                        settings.hostname(),
                        settings.maxMx(),
                        settings.maxAddresses(),
                        settings.ipStrategy(),
                        settings.sources().v4(),
                        settings.sources().v6(),
                        settings.startTls(),
                        settings.certificates(),
                        settings.strength().least(),
                        settings.conversion(),
                        timeouts.connect(),
                        timeouts.greeting(),
                        timeouts.ehlo(),
                        timeouts.tls(),
                        timeouts.mail(),
                        timeouts.rcpt(),
                        timeouts.data())
                .forEach(setting -> read.addAll(variables(setting)));
        // These are for MX hosts alone, and a job for MX hosts has one domain anyway.
        OutboundSettings.Policies policies = settings.policies();
        Stream.of(policies.dane(), policies.mtaSts(), policies.fetch())
                .flatMap(setting -> variables(setting).stream())
                .filter(variable -> variable != Variable.RCPT_DOMAIN)
                .forEach(read::add);
        if (read.stream().anyMatch(OF_RECIPIENT::contains)) {
            return Grouping.RECIPIENT;
        }
        return read.contains(Variable.RCPT_DOMAIN) ? Grouping.DOMAIN : Grouping.HOP;
    }

    private static Set<Variable> variables(Conditional<?> setting) {
        Set<Variable> read = EnumSet.noneOf(Variable.class);
        for (Rule rule : setting.rules().rules()) {
            read.addAll(rule.then().variables());
            if (rule.condition() != null) {
                read.addAll(rule.condition().variables());
            }
        }
        return read;
    }
}
