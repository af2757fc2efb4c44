package dev.nexthop.expr;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which values a variable can have at all, so that a comparison with any other is found before it fails to match. */
final class Possible {
    private Possible() {}

    /**
     * Why a comparison decides nothing.
     *
     * @param message what can occur
     * @param suggestion what was perhaps meant; null = no idea
     */
    record Doubt(String message, @Nullable String suggestion) {}

    /** Why a variable, or an item of it, never equals a text; null = it may. */
    static @Nullable Doubt equal(Variable variable, String text) {
        Content content = variable.content();
        String name = variable.keyword();
        if (text.isEmpty()) {
            return null; // What is not known is the empty text.
        }
        if (!content.words().isEmpty() && !content.words().contains(text)) {
            String near = Names.nearest(text, content.words());
            return new Doubt(
                    name + " is one of: " + String.join(", ", content.words()), near == null ? null : quoted(near));
        }
        return switch (content.form()) {
            case ADDRESS -> address(name, text);
            case DOMAIN -> content.lowerCase() ? domain(name, text) : null;
            case IP -> ip(name, text);
            case TEXT, COUNT, MILLISECONDS -> null;
        };
    }

    /** Why a variable never ends with, begins with or holds a text; null = it may. */
    static @Nullable Doubt part(Variable variable, String text) {
        Content content = variable.content();
        boolean domain = content.form() == Content.Form.DOMAIN && content.lowerCase();
        if (domain && text.indexOf('@') >= 0) {
            return noAt(variable.keyword(), text);
        }
        return content.lowerCase() ? capitals(variable.keyword(), text) : null;
    }

    private static @Nullable Doubt address(String name, String text) {
        if (text.indexOf('@') < 0) {
            return new Doubt(
                    name + " is a whole address such as user@example.org",
                    text.indexOf('.') > 0 && !name.equals("recipients") ? name + "_domain = " + quoted(text) : null);
        }
        if (text.startsWith("<") && text.endsWith(">")) {
            return new Doubt(
                    name + " is written without < and >",
                    quoted(text.substring(1, text.length() - 1).toLowerCase(Locale.ROOT)));
        }
        return capitals(name, text);
    }

    private static @Nullable Doubt domain(String name, String text) {
        if (text.indexOf('@') >= 0) {
            return noAt(name, text);
        }
        if (text.startsWith("*") || text.startsWith(".")) {
            return new Doubt(
                    "= compares letter by letter, and no domain begins with " + text.charAt(0),
                    "domain_in(" + name + ", [" + quoted(text.toLowerCase(Locale.ROOT)) + "])");
        }
        if (text.endsWith(".")) {
            return new Doubt(name + " has no dot at its end", quoted(text.substring(0, text.length() - 1)));
        }
        return capitals(name, text);
    }

    private static Doubt noAt(String name, String text) {
        String behind = text.substring(text.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        return new Doubt(
                name + " is what follows the @, and never holds one", behind.isEmpty() ? null : quoted(behind));
    }

    private static @Nullable Doubt ip(String name, String text) {
        if (text.indexOf('/') > 0 && Network.parse(text) != null) {
            return new Doubt(
                    name + " is one address, never a network", "cidr_match(" + name + ", " + quoted(text) + ")");
        }
        return AddressLiteral.parse(text) == null
                ? new Doubt(name + " is an IPv4 or IPv6 address", null)
                : capitals(name, text);
    }

    private static @Nullable Doubt capitals(String name, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 'A' && text.charAt(i) <= 'Z') {
                return new Doubt(name + " is always in lower case", quoted(text.toLowerCase(Locale.ROOT)));
            }
        }
        return null;
    }

    /** The truth of {@code variable operator number} where it is the same for all values; null = it is not. */
    static @Nullable Boolean always(Variable variable, Token.Kind operator, Value number) {
        Content content = variable.content();
        Value least = Value.of(content.least());
        Value most = Value.of(content.most());
        int below = Comparison.order(least, number);
        int above = Comparison.order(most, number);
        boolean inside = below <= 0 && above >= 0;
        boolean whole =
                number instanceof Value.Int || number instanceof Value.Real(double real) && real == Math.rint(real);
        return switch (operator) {
            case EQUAL -> inside && whole ? null : Boolean.FALSE;
            case NOT_EQUAL -> inside && whole ? null : Boolean.TRUE;
            case GREATER -> below > 0 ? Boolean.TRUE : above <= 0 ? Boolean.FALSE : null;
            case AT_LEAST -> below >= 0 ? Boolean.TRUE : above < 0 ? Boolean.FALSE : null;
            case LESS -> above < 0 ? Boolean.TRUE : below >= 0 ? Boolean.FALSE : null;
            case AT_MOST -> above <= 0 ? Boolean.TRUE : below > 0 ? Boolean.FALSE : null;
            default -> null;
        };
    }

    static String quoted(String text) {
        return text.indexOf('\'') < 0 ? "'" + text + "'" : '"' + text + '"';
    }
}
