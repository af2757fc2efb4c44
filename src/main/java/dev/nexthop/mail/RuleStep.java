package dev.nexthop.mail;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one rule was judged when a recipient was routed.
 *
 * @param number its place among the rules, from 1
 * @param state what became of it
 * @param condition the text of its condition; empty for an {@code else}
 * @param then the text of its value
 * @param at where it is written, {@code file:line:column}; empty when that is not known
 * @param operands the variables, captures and calls that were read, each with its value, in the order of reading
 * @param captures the groups of its last {@code matches} that found something, from {@code $0}; empty without one
 * @param why the parts of the condition that decided, one sentence each with the values they saw
 * @param failure why it could not be judged or its value not be computed; empty without a failure
 */
public record RuleStep(
        int number,
        State state,
        String condition,
        String then,
        String at,
        Map<String, String> operands,
        List<String> captures,
        List<String> why,
        String failure) {
    /** Copies the map, keeping its order, and the lists. */
    public RuleStep {
        operands = Collections.unmodifiableMap(new LinkedHashMap<>(operands));
        captures = List.copyOf(captures);
        why = List.copyOf(why);
    }

    /** What became of a rule. */
    public enum State {
        /** Its value was taken. */
        FIRED("fired"),
        /** Its condition was false. */
        PASSED("passed"),
        /** It could not be judged, or its value could not be computed. */
        FAILED("failed"),
        /** A rule before it fired. */
        NOT_REACHED("not reached");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The word for people and programs. */
        public String word() {
            return word;
        }
    }
}
