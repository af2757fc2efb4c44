package dev.nexthop.expr;

import com.google.re2j.Matcher;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one rule read while it was judged. Exists only while somebody wants a trace. */
final class Recording {
    private static final int MAX_OPERANDS = 100;
    private static final int MAX_CAPTURES = 20;

    private final Map<String, String> operands = new LinkedHashMap<>();
    private final IdentityHashMap<Node, Boolean> truths = new IdentityHashMap<>(8);
    private final Hidden hidden;
    private List<String> captures = List.of();

    /** What was read, without what macros yielded. */
    Recording(Hidden hidden) {
        this.hidden = hidden;
    }

    void operand(String name, String value) {
        if (operands.size() < MAX_OPERANDS) {
            operands.put(name, name.startsWith("$") ? hidden.capture(value) : hidden.value(name, value));
        }
    }

    void judged(Node part, boolean truth) {
        truths.put(part, truth);
    }

    /** A {@code matches} has found something; null = it found nothing. */
    void captured(@Nullable Matcher found) {
        List<String> groups = new ArrayList<>();
        for (int i = 0; found != null && i <= Math.min(found.groupCount(), MAX_CAPTURES); i++) {
            String text = found.group(i);
            groups.add(text == null ? "" : Value.of(hidden.capture(text)).describe());
        }
        captures = List.copyOf(groups);
    }

    /** How a part of a chain came out; null = nobody asked, because the chain was decided before. */
    @Nullable
    Boolean truth(Node part) {
        return truths.get(part);
    }

    /** What was read under a name; null = it was not read. */
    @Nullable
    String value(String name) {
        return operands.get(name);
    }

    Map<String, String> operands() {
        return operands;
    }

    List<String> captures() {
        return captures;
    }
}
