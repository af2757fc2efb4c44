package dev.nexthop.route;

import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RuleTrace;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Trace;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import dev.nexthop.smtp.Domain;
import java.util.List;

/**
 * Decides where a recipient goes next. Pure: the same facts and look-ups give the same decision. It fails closed: what it
 * can't make sense of is deferred with a reason that names the rule and its place, and never becomes MX delivery.
 */
public final class Router {
    private static final NextHop LOCAL = new NextHop.Local();

    private final RoutingSettings settings;
    private final HopReader hops;

    /** Whether the rule asks for more of a recipient's address than its domain, or wants to be computed for each. */
    private final boolean personal;

    /**
     * A router.
     *
     * @param settings the rule and the hops it may name
     */
    public Router(RoutingSettings settings) {
        this.settings = settings;
        this.hops = new HopReader(settings);
        this.personal = settings.nextHop()
                .map(rules -> rules.ask(Variable.RCPT) || !rules.steady())
                .orElse(false);
    }

    /**
     * Where a recipient goes.
     *
     * @param facts the recipient and what is known about it
     * @param lookups who answers look-ups; may block for a bounded time
     * @return the decision with its trace; a {@link NextHop.Defer} with {@code fault} set when there is no usable answer
     */
    public Decision decide(RecipientFacts facts, Lookups lookups) {
        Domain domain = facts.recipient().domain();
        return settings.nextHop()
                .map(rules -> byRule(rules, facts, lookups))
                .orElseGet(() -> byDefault(domain, lookups));
    }

    /**
     * Whether the decision about one recipient is that about another too: nothing is asked in which they differ.
     *
     * @param one a recipient
     * @param other of the same message, at the same moment
     */
    public boolean alike(RecipientFacts one, RecipientFacts other) {
        return !personal
                && one.recipient().domain().equals(other.recipient().domain())
                && one.history().equals(other.history());
    }

    /**
     * The hop that an operator names.
     *
     * @param name the id of a remote, {@code local} or {@code mx}
     * @param domain whose MX hosts are meant by {@code mx}
     * @return a {@link NextHop.Defer} with {@code fault} set when there is no such hop
     */
    public NextHop hop(String name, Domain domain) {
        if (name.equals("mx")) {
            return new NextHop.Mx(domain);
        }
        return switch (hops.read(new Value.Text(name), domain)) {
            case HopReader.Answer.Nonsense nonsense -> new NextHop.Defer(nonsense.complaint(), true);
            case HopReader.Answer.Hop(NextHop hop, String _)
            when hop instanceof NextHop.Relay || hop instanceof NextHop.Local -> hop;
            case HopReader.Answer.Hop _ ->
                new NextHop.Defer(
                        "gave " + Words.quoted(name) + ", which is no hop; a hop is mx, local or the id of a remote",
                        true);
        };
    }

    /**
     * The hosts of a remote.
     *
     * @param id the id of {@code remote.<id>}
     * @return in the order in which they are tried; none when it is not defined
     */
    public List<RemoteHost> hosts(String id) {
        return settings.remotes().getOrDefault(id, List.of());
    }

    /** RFC 5321 §3.6.1 leaves it to us which domains end here; all others go to the hosts that DNS names (§5.1). */
    private Decision byDefault(Domain domain, Lookups lookups) {
        try {
            if (!lookups.isLocalDomain("", domain.name())) {
                return new Decision(
                        new NextHop.Mx(domain), List.of(), "no rule is set and " + domain + " is not local: by MX");
            }
        } catch (LookupException e) {
            return fault(List.of(), "whether " + domain + " is local could not be found out: " + e.getMessage());
        }
        if (!settings.localStore()) {
            return fault(
                    List.of(),
                    domain + " is a local domain, but the local store is off and no next-hop rule says where its mail"
                            + " goes");
        }
        return new Decision(LOCAL, List.of(), "no rule is set and " + domain + " is local: to the local store");
    }

    private Decision byRule(Rules rules, RecipientFacts facts, Lookups lookups) {
        Trace trace = rules.trace(facts, lookups);
        RuleTrace last = trace.rules().getLast();
        String rule = place(last);
        Value value = trace.value();
        if (value == null) {
            String why = last.failure() == null ? String.valueOf(trace.failure()) : last.failure();
            return fault(trace.rules(), rule + " could not be evaluated: " + Words.clean(why));
        }
        return switch (hops.read(value, facts.recipient().domain())) {
            case HopReader.Answer.Hop hop -> new Decision(hop.hop(), trace.rules(), rule + " " + hop.verb());
            case HopReader.Answer.Nonsense nonsense ->
                fault(trace.rules(), rule + " " + rules.clean(nonsense.complaint()));
        };
    }

    private static Decision fault(List<RuleTrace> rules, String reason) {
        return new Decision(new NextHop.Defer(reason, true), rules, reason);
    }

    private static String place(RuleTrace rule) {
        String number = "rule " + (rule.index() + 1);
        return rule.at().isEmpty() ? number : number + " at " + rule.at();
    }
}
