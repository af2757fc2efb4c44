package dev.nexthop.route;

import dev.nexthop.expr.RuleTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The trace of a decision in lines for people, as the queue keeps it. */
public final class TraceText {
    /** Most lines of one trace. */
    public static final int MAX_LINES = 64;

    private static final int MAX_LINE = 400;
    private static final int TAIL = 8;

    private TraceText() {}

    /**
     * Renders a decision: a line for each rule that was looked at, in order, and last the reason. Of a long trace the middle
     * is left out, never the rule that decided.
     *
     * @param decision the decision
     * @return at least one line and at most {@link #MAX_LINES}, each without control characters and bounded in length
     */
    public static List<String> lines(Decision decision) {
        List<RuleTrace> rules = decision.rules();
        List<String> lines = new ArrayList<>(Math.min(rules.size() + 1, MAX_LINES));
        int skipped = rules.size() + 1 > MAX_LINES ? rules.size() + 2 - MAX_LINES : 0;
        int firstSkipped = rules.size() - TAIL - skipped;
        for (int i = 0; i < rules.size(); i++) {
            if (skipped > 0 && i == firstSkipped) {
                lines.add("… " + skipped + " more rules, none of them taken");
                i += skipped - 1;
            } else {
                lines.add(line(rules.get(i)));
            }
        }
        lines.add(Words.clean("so: " + decision.reason(), MAX_LINE));
        return List.copyOf(lines);
    }

    private static String line(RuleTrace rule) {
        StringBuilder line = new StringBuilder(120);
        line.append("rule ").append(rule.index() + 1);
        if (!rule.at().isEmpty()) {
            line.append(" at ").append(rule.at());
        }
        if (rule.condition() == null) {
            line.append(": else");
        } else {
            line.append(": if ").append(rule.condition()).append(" is ");
            line.append(rule.fired() ? "true" : rule.failure() == null ? "false" : "not known");
        }
        if (rule.fired()) {
            line.append(" → ").append(rule.then());
        }
        if (rule.failure() != null) {
            line.append(" FAILED: ").append(rule.failure());
        }
        String gap = " [";
        for (Map.Entry<String, String> operand : rule.operands().entrySet()) {
            line.append(gap)
                    .append(operand.getKey())
                    .append(" = '")
                    .append(operand.getValue())
                    .append('\'');
            gap = ", ";
        }
        if (!rule.operands().isEmpty()) {
            line.append(']');
        }
        return Words.clean(line.toString(), MAX_LINE);
    }
}
