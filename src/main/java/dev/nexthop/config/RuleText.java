package dev.nexthop.config;

import dev.nexthop.expr.Expression;
import dev.nexthop.expr.Hidden;
import dev.nexthop.expr.Named;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.RuleProblem;
import dev.nexthop.expr.RuleSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The expressions of one setting: a single value, a TOML array that is a list, or {@code if}/{@code then} tables with a last
 * {@code else}. Keeps where each character of each expression is written.
 */
final class RuleText {
    private static final Pattern DIGITS = Pattern.compile("\\d+");

    private final Reading reading;
    private final boolean duration;
    private final List<RuleSource> sources = new ArrayList<>();
    private final List<Written> written = new ArrayList<>();
    private boolean broken;
    private boolean macros;

    /** Where the two expressions of a rule are; no condition for an else. */
    private record Written(@Nullable Text condition, Text then) {}

    /** The text of an expression and where it is. */
    private record Text(String text, Spelling spelling, int at, Hidden macros) {}

    private RuleText(Reading reading, boolean duration) {
        this.reading = reading;
        this.duration = duration;
    }

    /**
     * Reads the rules of a setting.
     *
     * @param duration whether numbers without a unit are milliseconds
     * @return the expressions that could be read; {@link #broken()} when some could not, after saying why
     */
    static RuleText read(Node node, Reading reading, boolean duration) {
        RuleText rules = new RuleText(reading, duration);
        boolean fine = node instanceof Node.Items items && looksLikeRules(items)
                ? rules.block(items.items())
                : rules.single(node);
        rules.broken = !fine;
        return rules;
    }

    /** Whether the rules are not of the right shape; what is there can be looked at, but not used. */
    boolean broken() {
        return broken;
    }

    /** Whether a macro stands in one of the expressions. */
    boolean hasMacros() {
        return macros;
    }

    static boolean looksLikeRules(Node.Items items) {
        return !items.items().isEmpty() && items.items().stream().anyMatch(Node.Table.class::isInstance);
    }

    List<RuleSource> sources() {
        return sources;
    }

    /** Reports a problem at its place inside the expression. */
    void report(Code code, RuleProblem problem) {
        Text text = text(problem.rule(), problem.part());
        int offset = problem.problem().offset();
        int length = problem.problem().length();
        String suggestion = problem.problem().suggestion();
        String message = problem.problem().message();
        if (!text.macros().pieces().isEmpty()) {
            // What came from a macro is never shown, nor what was made of it.
            message = text.macros().touches(offset, offset + length)
                    ? "what the macro yields does not fit here"
                    : text.macros().clean(message);
            suggestion = null;
        }
        reading.problems()
                .add(
                        code,
                        text.spelling().place(offset),
                        text.spelling().width(offset, length),
                        message,
                        suggestion == null ? "" : "did you mean " + suggestion + "?");
    }

    /** Remembers what the expressions name. */
    void ask(Rule rule) {
        Expression condition = rule.condition();
        if (condition != null) {
            ask(condition, text(rule.index(), RuleProblem.Part.IF));
        }
        ask(rule.then(), text(rule.index(), RuleProblem.Part.THEN));
    }

    private void ask(Expression expression, Text text) {
        for (Named named : expression.named()) {
            int at = text.spelling().place(named.offset());
            int width = text.spelling().width(named.offset(), named.length());
            boolean macro = text.macros().touches(named.offset(), named.offset() + named.length());
            reading.problems().ask(new Asked(named, at, width, macro));
        }
    }

    /** Reports a problem with a whole expression. */
    void report(Code code, int rule, RuleProblem.Part part, String message, String hint) {
        Text text = text(rule, part);
        reading.problems()
                .add(
                        code,
                        text.spelling().place(0),
                        text.spelling().width(0, text.text().length()),
                        text.macros().clean(message),
                        text.macros().clean(hint));
    }

    private Text text(int rule, RuleProblem.Part part) {
        Written rules = written.get(rule);
        Text condition = rules.condition();
        return part == RuleProblem.Part.IF && condition != null ? condition : rules.then();
    }

    private boolean single(Node node) {
        Text text = expression(node);
        if (text != null) {
            add(null, text);
        }
        return text != null;
    }

    private void add(@Nullable Text condition, Text then) {
        Text first = condition == null ? then : condition;
        String at = reading.problems().source().origin(first.at()).toString();
        sources.add(
                condition == null
                        ? new RuleSource(null, then.text(), at, Hidden.NONE, then.macros())
                        : new RuleSource(condition.text(), then.text(), at, condition.macros(), then.macros()));
        written.add(new Written(condition, then));
    }

    private boolean block(List<Node> nodes) {
        boolean fine = true;
        boolean closed = false;
        for (int i = 0; i < nodes.size(); i++) {
            if (!(nodes.get(i) instanceof Node.Table rule)) {
                reading.shape(nodes.get(i), "rules: each is { if = …, then = … } or { else = … }");
                fine = false;
                continue;
            }
            fine &= rule(rule, i + 1, closed);
            closed |= rule.entries().containsKey("else");
        }
        if (!closed) {
            Node.Table last = nodes.getLast() instanceof Node.Table table ? table : Node.empty();
            fine = shape(last.at(), "the rules have no 'else'", "end them with { else = … }");
        }
        return fine;
    }

    private boolean rule(Node.Table rule, int number, boolean closed) {
        boolean fine = true;
        for (Node.Entry entry : rule.entries().values()) {
            if (!List.of("if", "then", "else").contains(entry.key())) {
                String message = "'" + entry.key() + "' does not belong into a rule";
                fine = shape(entry.keyAt(), message, "a rule has 'if' and 'then', or 'else' alone");
            }
        }
        Node.Entry condition = rule.entries().get("if");
        Node.Entry then = rule.entries().get("then");
        Node.Entry otherwise = rule.entries().get("else");
        if (otherwise != null) {
            fine &= otherwise(otherwise, number, closed);
            fine &= condition == null || shape(condition.keyAt(), "an 'if' in the table of the 'else'", "");
            fine &= then == null || shape(then.keyAt(), "a 'then' in the table of the 'else'", "");
            Text text = expression(otherwise.node());
            if (text != null) {
                add(null, text);
            }
            return fine && text != null;
        }
        if (closed) {
            fine = shape(rule.at(), "rule " + number + " comes after the 'else' and never applies", "");
        }
        if (condition == null) {
            return shape(
                    rule.at(), "rule " + number + " has no 'if'", then == null ? "" : "or write 'else' for 'then'");
        }
        if (then == null) {
            return shape(rule.at(), "rule " + number + " has an 'if' without 'then'", "");
        }
        Text left = expression(condition.node());
        Text right = expression(then.node());
        if (left != null && right != null) {
            add(left, right);
        }
        return fine && left != null && right != null;
    }

    private boolean otherwise(Node.Entry entry, int number, boolean closed) {
        if (closed) {
            return shape(entry.keyAt(), "a second 'else'", "the first one always applies");
        }
        return number > 1
                || shape(entry.keyAt(), "an 'else' before any 'if'", "write the value alone, without a table");
    }

    private boolean shape(int at, String message, String hint) {
        reading.problems().add(Code.RULE_SHAPE, at, 1, message, hint);
        return false;
    }

    private @Nullable Text expression(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> {
                milliseconds(scalar);
                macros |= scalar.expanded();
                yield new Text(scalar.text(), scalar.spelling(), scalar.at(), hidden(scalar));
            }
            case Node.Items items -> list(items);
            case Node.Table table -> {
                reading.shape(table, "a value or a list of rules");
                yield null;
            }
            case Node.Broken _ -> null;
        };
    }

    private static Hidden hidden(Node.Scalar scalar) {
        List<Hidden.Piece> pieces = scalar.spelling().macros();
        return scalar.expanded() && pieces.isEmpty()
                ? new Hidden(List.of(new Hidden.Piece(0, scalar.text(), scalar.raw())))
                : new Hidden(pieces);
    }

    private void milliseconds(Node.Scalar scalar) {
        if (duration
                && DIGITS.matcher(scalar.text()).matches()
                && !scalar.text().equals("0")) {
            reading.wrong(
                    scalar,
                    Code.MILLISECONDS,
                    reading.shown(scalar) + " has no unit and was read as milliseconds",
                    scalar.expanded()
                            ? "write the unit that is meant"
                            : "write " + scalar.text() + "ms, or the unit that is meant");
        }
    }

    /** A TOML array as a list of the language: its texts are themselves, not expressions. */
    private @Nullable Text list(Node.Items items) {
        StringBuilder text = new StringBuilder("[");
        Spelling spelling = new Spelling();
        spelling.add(items.at());
        List<Hidden.Piece> pieces = new ArrayList<>();
        for (Node node : items.items()) {
            if (!(node instanceof Node.Scalar item)) {
                if (!(node instanceof Node.Broken)) {
                    reading.shape(node, "a list of single values");
                }
                return null;
            }
            if (text.length() > 1) {
                append(text, spelling, ", ", item.at());
            }
            milliseconds(item);
            macros |= item.expanded();
            String literal = literal(item);
            if (literal == null) {
                reading.wrong(item, Code.VALUE, "a text with both kinds of quotes can't stand in a list", "");
                return null;
            }
            if (item.expanded()) {
                boolean quoted = literal.startsWith("'") || literal.startsWith("\"");
                String inner = quoted ? literal.substring(1, literal.length() - 1) : literal;
                pieces.add(new Hidden.Piece(text.length() + (quoted ? 1 : 0), inner, item.raw()));
            }
            append(text, spelling, literal, item.at());
        }
        append(text, spelling, "]", items.at());
        Hidden hidden = new Hidden(pieces);
        boolean texts = items.items().stream()
                .anyMatch(node -> node instanceof Node.Scalar item && item.form() == Node.Form.STRING);
        if (texts) {
            reading.problems()
                    .add(
                            Code.LIST,
                            items.at(),
                            1,
                            "a TOML array of texts was read as the list",
                            "as one string, which Stalwart reads too: \"" + hidden.slice(text.toString()) + "\"");
        }
        return new Text(text.toString(), spelling, items.at(), hidden);
    }

    private static void append(StringBuilder text, Spelling spelling, String more, int at) {
        text.append(more);
        for (int i = 0; i < more.length(); i++) {
            spelling.add(at);
        }
    }

    private @Nullable String literal(Node.Scalar item) {
        if (item.form() != Node.Form.STRING) {
            return item.text().toLowerCase(Locale.ROOT);
        }
        String plain = Texts.unquoted(item.text());
        boolean unit = duration && Texts.duration(plain) != null;
        if (unit) {
            return plain;
        }
        char quote = plain.indexOf('\'') < 0 ? '\'' : '"';
        return plain.indexOf(quote) >= 0 || plain.indexOf('\\') >= 0 ? null : quote + plain + quote;
    }
}
