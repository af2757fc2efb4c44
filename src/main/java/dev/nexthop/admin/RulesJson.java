package dev.nexthop.admin;

import dev.nexthop.mail.RuleStep;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Rules and what became of them, in the one shape that {@code explain} and {@code queue show} give to programs. */
public final class RulesJson {
    private RulesJson() {}

    /**
     * The rules of a decision or a setting.
     *
     * @param rules the rules
     * @return {@code [{"index", "state", "if", "value", "operands", "captures", "why", "then", "at"}]}: the index counts from 1,
     *     {@code if} is null for an else, {@code value} tells whether the rule fired and is null when it was not judged
     */
    public static ArrayNode of(List<RuleStep> rules) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (RuleStep rule : rules) {
            ObjectNode node = list.addObject();
            node.put("index", rule.number());
            node.put("state", rule.state().word());
            node.put("if", rule.condition().isEmpty() ? null : rule.condition());
            switch (rule.state()) {
                case FIRED -> node.put("value", true);
                case PASSED -> node.put("value", false);
                case FAILED, NOT_REACHED -> node.putNull("value");
            }
            ObjectNode operands = node.putObject("operands");
            rule.operands().forEach(operands::put);
            ObjectNode captures = node.putObject("captures");
            for (int i = 0; i < rule.captures().size(); i++) {
                captures.put("$" + i, rule.captures().get(i));
            }
            ArrayNode why = node.putArray("why");
            rule.why().forEach(why::add);
            node.put("then", rule.then());
            node.put("at", rule.at());
            if (!rule.failure().isEmpty()) {
                node.put("failure", rule.failure());
            }
        }
        return list;
    }
}
