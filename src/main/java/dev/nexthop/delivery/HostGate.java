package dev.nexthop.delivery;

import dev.nexthop.client.Target;
import dev.nexthop.limit.Claim;
import dev.nexthop.limit.Comer;
import dev.nexthop.limit.Each;
import dev.nexthop.limit.Pass;
import dev.nexthop.limit.Refusal;
import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.limit.Throttles;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RecipientFacts.Host;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The throttles that know the host: asked when an address is about to be connected. Another host may still take the mail. */
final class HostGate {
    private final ThrottleRules rules;
    private final Job job;
    private final Ledger ledger;

    HostGate(ThrottleRules rules, Job job, Ledger ledger) {
        this.rules = rules;
        this.job = job;
        this.ledger = ledger;
    }

    /**
     * Goes to an address with those whom the throttles let go there; the others are booked as refused.
     *
     * @param target the address
     * @param call goes there with those who are pending
     */
    void to(Target target, Runnable call) {
        if (!rules.anyAtHost()) {
            call.run();
            return;
        }
        Host host = new Host(
                target.hop(),
                target.host(),
                target.ip(),
                target.source().map(InetAddress::getHostAddress).orElse(""));
        Map<List<Claim>, List<Integer>> groups = new LinkedHashMap<>();
        for (int index : ledger.pending()) {
            RecipientFacts facts = job.recipients().get(index).at(host);
            groups.computeIfAbsent(rules.atHost(facts), _ -> new ArrayList<>()).add(index);
        }
        List<Pass> passes = new ArrayList<>();
        try {
            groups.forEach((claims, members) -> {
                if (claims.isEmpty()) {
                    return;
                }
                switch (rules.throttles().enter(claims, comer(members))) {
                    case Throttles.Answer.Go(Pass pass) -> passes.add(pass);
                    case Throttles.Answer.No(Refusal refusal) -> ledger.bar(members, refusal);
                }
            });
            if (!ledger.pending().isEmpty()) {
                call.run();
            }
        } finally {
            ledger.unbar();
            Each.of(passes, Pass::close);
        }
    }

    /** Who has waited for a throttle is served before who has just come. */
    private Comer comer(List<Integer> members) {
        boolean waited = members.stream()
                .anyMatch(index -> job.recipients().get(index).history().lastError() == ErrorKind.RATE);
        return new Comer(job.turn(), waited, true);
    }
}
