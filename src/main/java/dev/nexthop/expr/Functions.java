package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All functions of the language, in the groups of the manual. */
final class Functions {
    /** What functions are for. */
    enum Group {
        TEXTS("Texts"),
        PIECES("Pieces of texts"),
        PATTERNS("Patterns"),
        LISTS("Lists"),
        ADDRESSES("Mail addresses and domains"),
        NETWORK("IP addresses and networks"),
        LOOKUPS("Look-ups"),
        ROUTING("Routing and choice");

        final String title;

        Group(String title) {
            this.title = title;
        }
    }

    static final Map<Group, List<Function>> GROUPS = groups();

    private static final Map<String, Function> ALL = byName();

    private Functions() {}

    private static Map<Group, List<Function>> groups() {
        Map<Group, List<Function>> groups = new EnumMap<>(Group.class);
        groups.put(Group.TEXTS, TextTable.all());
        groups.put(Group.PIECES, PieceTable.all());
        groups.put(Group.PATTERNS, AddressTable.patterns());
        groups.put(Group.LISTS, ListTable.all());
        groups.put(Group.ADDRESSES, AddressTable.mail());
        groups.put(Group.NETWORK, AddressTable.network());
        groups.put(Group.LOOKUPS, LookupTable.all());
        groups.put(Group.ROUTING, RoutingTable.all());
        return Collections.unmodifiableMap(groups);
    }

    private static Map<String, Function> byName() {
        Map<String, Function> all = new TreeMap<>();
        GROUPS.values().forEach(group -> group.forEach(function -> all.put(function.name(), function)));
        return Collections.unmodifiableMap(all);
    }

    /** All names that can be called, in the order of the alphabet. */
    static Set<String> names() {
        return ALL.keySet();
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    static @Nullable Function find(String name) {
        return ALL.get(name);
    }

    @SafeVarargs
    static List<Function> joined(List<Function>... parts) {
        List<Function> all = new ArrayList<>();
        for (List<Function> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }

    static String text(Evaluation evaluation, Node argument) throws EvaluationException {
        return argument.evaluate(evaluation).asText();
    }

    static long whole(Evaluation evaluation, Node argument) throws EvaluationException {
        return whole(argument.evaluate(evaluation));
    }

    /** A value as a whole number: its fraction cut off, 0 for what is no number. */
    static long whole(Value value) {
        return switch (Numbers.of(value)) {
            case Value.Int(long number) -> number;
            case Value.Real(double number) -> (long) number;
            case Value.Text _, Value.Array _ -> 0;
        };
    }
}
