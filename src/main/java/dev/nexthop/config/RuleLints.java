package dev.nexthop.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules of one setting that ask the same twice. */
final class RuleLints {
    private final Problems problems;

    RuleLints(Problems problems) {
        this.problems = problems;
    }

    void table(Node.Table table, List<String> path) {
        for (Node.Entry entry : table.entries().values()) {
            List<String> here = new ArrayList<>(path);
            here.add(entry.key());
            switch (entry.node()) {
                case Node.Table inner -> table(inner, here);
                case Node.Items items -> items(items, here);
                case Node.Scalar _, Node.Broken _ -> {}
            }
        }
    }

    private void items(Node.Items items, List<String> path) {
        Map<String, Node.Scalar> conditions = new HashMap<>();
        for (Node item : items.items()) {
            if (item instanceof Node.Table table) {
                Node.Entry condition = table.entries().get("if");
                if (condition != null && condition.node() instanceof Node.Scalar scalar) {
                    condition(scalar, conditions, path);
                } else {
                    table(table, path);
                }
            }
        }
    }

    private void condition(Node.Scalar condition, Map<String, Node.Scalar> before, List<String> path) {
        Node.Scalar first = before.putIfAbsent(condition.text().strip(), condition);
        if (first != null) {
            String key = new KeyPath(path).toString();
            new Reading(key, false, Set.of(), problems)
                    .wrong(
                            condition,
                            Code.SAME_CONDITION,
                            "this rule of " + key + " never applies: one before it has the same condition",
                            "remove one of the two, or ask for something else",
                            List.of(new Problem.Related(
                                    problems.source().origin(first.spelling().place(0)), "first written here")));
        }
    }
}
