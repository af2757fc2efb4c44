package dev.nexthop.route;

import dev.nexthop.expr.Rule;
import dev.nexthop.expr.RuleTrace;
import dev.nexthop.expr.Rules;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.RuleStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decisions as people and the queue keep them: bounded, without control characters. */
public final class Traces {
    /** Most characters of one stored trace, beside those of its last rules. */
    public static final int MAX_STORED = 12_000;

    private static final int TAIL = 4;
    private static final int MAX_OPERANDS = 20;
    private static final int MAX_TEXTS = 20;
    private static final int LONG = 400;
    private static final int SHORT = 200;

    private Traces() {}

    /**
     * A decision as the queue keeps it. Of a long one the middle is left out, never the rule that decided.
     *
     * @param decision the decision
     * @return its trace, of bounded size
     */
    public static RouteTrace stored(Decision decision) {
        List<RuleStep> all = looked(decision.rules());
        int tail = Math.max(0, all.size() - TAIL);
        List<RuleStep> kept = new ArrayList<>();
        int used = 0;
        for (RuleStep step : all.subList(0, tail)) {
            used += size(step);
            if (used > MAX_STORED) {
                break;
            }
            kept.add(step);
        }
        kept.addAll(all.subList(tail, all.size()));
        return new RouteTrace(decision.hop().kind(), Words.clean(decision.reason()), kept);
    }

    /**
     * Every rule of a setting: those that were looked at, and those that were not reached.
     *
     * @param traces the rules that were looked at
     * @param rules all rules of the setting; empty when nobody wrote any
     * @return a step for each rule, in order
     */
    public static List<RuleStep> all(List<RuleTrace> traces, Optional<Rules> rules) {
        List<RuleStep> steps = new ArrayList<>(looked(traces));
        List<Rule> written = rules.map(Rules::rules).orElse(List.of());
        for (Rule rule : written.subList(Math.min(traces.size(), written.size()), written.size())) {
            String condition = rule.condition() == null ? "" : rule.condition().source();
            steps.add(new RuleStep(
                    rule.index() + 1,
                    RuleStep.State.NOT_REACHED,
                    Words.clean(condition),
                    Words.clean(rule.then().source()),
                    rule.at(),
                    Map.of(),
                    List.of(),
                    List.of(),
                    ""));
        }
        return steps;
    }

    private static List<RuleStep> looked(List<RuleTrace> traces) {
        return traces.stream().map(Traces::step).toList();
    }

    private static RuleStep step(RuleTrace rule) {
        Map<String, String> operands = new LinkedHashMap<>();
        rule.operands().entrySet().stream()
                .limit(MAX_OPERANDS)
                .forEach(operand ->
                        operands.put(Words.clean(operand.getKey(), SHORT), Words.clean(operand.getValue(), SHORT)));
        RuleStep.State state = rule.failure() != null
                ? RuleStep.State.FAILED
                : rule.fired() ? RuleStep.State.FIRED : RuleStep.State.PASSED;
        return new RuleStep(
                rule.index() + 1,
                state,
                rule.condition() == null ? "" : Words.clean(rule.condition()),
                Words.clean(rule.then()),
                rule.at(),
                operands,
                cleaned(rule.captures(), SHORT),
                cleaned(rule.why(), LONG),
                rule.failure() == null ? "" : Words.clean(rule.failure()));
    }

    private static List<String> cleaned(List<String> texts, int longest) {
        return texts.stream()
                .limit(MAX_TEXTS)
                .map(text -> Words.clean(text, longest))
                .toList();
    }

    private static int size(RuleStep step) {
        int size = step.condition().length() + step.then().length() + step.at().length() + 10;
        for (Map.Entry<String, String> operand : step.operands().entrySet()) {
            size += operand.getKey().length() + operand.getValue().length();
        }
        size += step.captures().stream().mapToInt(String::length).sum();
        return size + step.why().stream().mapToInt(String::length).sum();
    }
}
