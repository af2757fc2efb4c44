package dev.nexthop.config;

import dev.nexthop.expr.Settings;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

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
    /** Who logs in, in a URL; perhaps with a password. */
    private static final Pattern USER = Pattern.compile("//[^/@\\s]*@");

    /** Without other settings. */
    Reading(String key, boolean secret, Set<String> hops, Problems problems) {
        this(key, secret, hops, problems, Settings.NONE);
    }

    /** The value as messages may show it. */
    String shown(Node.Scalar scalar) {
        if (secret) {
            return "the secret";
        }
        String text = USER.matcher(scalar.raw()).replaceAll("//…@");
        String cut = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return "'" + cut.replaceAll("\\p{Cntrl}", "·") + "'";
    }

    void wrong(Node node, Code code, String message, String hint) {
        wrong(node, code, message, hint, List.of());
    }

    /** The same with other places that matter. */
    void wrong(Node node, Code code, String message, String hint, List<Problem.Related> related) {
        int at = at(node);
        int width = node instanceof Node.Scalar scalar
                ? scalar.spelling().width(0, scalar.text().length())
                : 1;
        problems.add(new Problem(
                code, problems.source().span(at, Math.min(width, 200), false, secret), message, hint, related));
    }

    /** Where the characters of a value begin, behind its quotes. */
    static int at(Node node) {
        return node instanceof Node.Scalar text ? text.spelling().place(0) : node.at();
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
