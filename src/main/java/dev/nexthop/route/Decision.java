package dev.nexthop.route;

import dev.nexthop.expr.RuleTrace;
import java.util.List;

/**
 * Where a recipient goes, and why.
 *
 * @param hop the next hop
 * @param rules each rule that was looked at, in order; the last one fired unless routing failed
 * @param reason one sentence for people: which rule decided, or the default
 */
public record Decision(NextHop hop, List<RuleTrace> rules, String reason) {
    /** Copies the list. */
    public Decision {
        rules = List.copyOf(rules);
    }
}
