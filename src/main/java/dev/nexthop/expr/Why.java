package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Says which parts of a condition made it true or false, from what was written down while it was evaluated: nothing is asked
 * again. In a chain of &amp;&amp; that is false it is the first false part, in one of || all parts; the other way round when it
 * is true.
 */
final class Why {
    private static final int MAX_PARTS = 20;
    private static final int MAX_VALUES = 10;

    private final Recording recording;
    private final List<String> sentences = new ArrayList<>();

    private Why(Recording recording) {
        this.recording = recording;
    }

    /**
     * The reasons of a condition's truth.
     *
     * @param text the condition as written
     * @param truth how it came out
     * @return a sentence for each part that decided, in the order of the text
     */
    static List<String> of(Node condition, String text, boolean truth, Recording recording) {
        Why why = new Why(recording);
        why.part(condition, text.strip(), truth);
        return List.copyOf(why.sentences);
    }

    private void part(Node node, String text, boolean truth) {
        if (node instanceof Nodes.Chain chain) {
            chain(chain, truth);
        } else if (node instanceof Nodes.Not not) {
            part(not.operand(), not.text(), !truth);
        } else if (sentences.size() < MAX_PARTS) {
            sentences.add(sentence(node, bare(text), truth));
        }
    }

    private void chain(Nodes.Chain chain, boolean truth) {
        List<Node> parts = chain.below();
        for (int i = 0; i < parts.size(); i++) {
            Boolean was = recording.truth(parts.get(i));
            if (was != null && (truth != chain.decisive() || was == chain.decisive())) {
                part(parts.get(i), chain.texts().get(i), was);
            }
        }
    }

    /** A text without the parentheses around the whole of it. */
    private static String bare(String text) {
        String bare = text;
        while (bare.startsWith("(") && closing(bare) == bare.length() - 1) {
            bare = bare.substring(1, bare.length() - 1).strip();
        }
        return bare;
    }

    /** Where the parenthesis closes with which the text begins; -1 when it does not. */
    private static int closing(String text) {
        int depth = 0;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                i += c == '\\' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private String sentence(Node node, String text, boolean truth) {
        if (node instanceof Constant) {
            return text + " is always " + truth;
        }
        if (node instanceof Nodes.Name || node instanceof Nodes.Capture) {
            return shown(node) + ", which counts as " + truth;
        }
        Set<String> values = new LinkedHashSet<>();
        node.below().forEach(below -> values(below, values));
        String because = values.isEmpty() ? "" : " because " + joined(List.copyOf(values));
        return text + " is " + truth + because;
    }

    /** The topmost names, captures and calls that were read. */
    private void values(Node node, Set<String> values) {
        if (values.size() >= MAX_VALUES) {
            return;
        }
        String name = name(node);
        if (!name.isEmpty()) {
            if (recording.value(name) != null) {
                values.add(shown(node));
            }
        } else {
            node.below().forEach(below -> values(below, values));
        }
    }

    private static String name(Node node) {
        return switch (node) {
            case Nodes.Name variable -> variable.keyword();
            case Nodes.Capture capture -> capture.shown();
            case Call call -> call.label();
            default -> "";
        };
    }

    private String shown(Node node) {
        String name = name(node);
        String value = String.valueOf(recording.value(name));
        boolean text = node.type() == Type.TEXT || node.type() == Type.ANY;
        return name + " is " + (text ? "'" + value + "'" : value);
    }

    private static String joined(List<String> values) {
        return values.size() == 1
                ? values.getFirst()
                : String.join(", ", values.subList(0, values.size() - 1)) + " and " + values.getLast();
    }
}
