package dev.nexthop.config;

import dev.nexthop.expr.Settings;
import java.util.Set;

/**
 * What a kind of value needs to know when it reads one.
 *
 * @param key the setting's full name
 * @param secret whether the value is never shown
 * @param hops ids of the next hops that rules may name
 * @param problems where to say what is wrong
 * @param settings what rules may read of other settings
 */
record Reading(String key, boolean secret, Set<String> hops, Problems problems, Settings settings) {
    /** Without other settings. */
    Reading(String key, boolean secret, Set<String> hops, Problems problems) {
        this(key, secret, hops, problems, Settings.NONE);
    }

    /** The value as messages may show it. */
    String shown(Node.Scalar scalar) {
        if (secret) {
            return "the secret";
        }
        String text = scalar.raw();
        String cut = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return "'" + cut.replaceAll("\\p{Cntrl}", "·") + "'";
    }

    void wrong(Node node, Code code, String message, String hint) {
        int at = node instanceof Node.Scalar text ? text.spelling().place(0) : node.at();
        int width = node instanceof Node.Scalar scalar
                ? scalar.spelling().width(0, scalar.text().length())
                : 1;
        problems.add(code, at, Math.min(width, 200), message, hint);
    }

    /** The value is not what the setting wants. */
    void refuse(Node.Scalar scalar, String expected) {
        wrong(scalar, Code.VALUE, shown(scalar) + " is not " + expected, "");
    }

    /** A table or list where a single value belongs, or the other way round. */
    void shape(Node node, String expected) {
        wrong(node, Code.SHAPE, key + " is " + expected + ", but here stands " + node.noun(), "");
    }
}
