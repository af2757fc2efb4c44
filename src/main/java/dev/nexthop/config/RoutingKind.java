package dev.nexthop.config;

import dev.nexthop.expr.Compiled;
import dev.nexthop.expr.Expression;
import dev.nexthop.expr.RuleProblem;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Type;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of {@code queue.outbound.next-hop}. What a rule names for certain must exist. */
record RoutingKind() implements Kind<Rules> {
    private static final Pattern REJECT = Pattern.compile("reject:\\s*5\\d\\d(\\s.*)?", Pattern.DOTALL);
    private static final String WANTED = "a next hop is false for MX, the id of a remote, 'local', a list of remotes, "
            + "'defer:reason', 'reject:550 text' or 'discard'";

    @Override
    public String noun() {
        return "next hop";
    }

    @Override
    public String scope() {
        return RuleKind.scope(Variable.RCPT_SCOPE, Set.of());
    }

    @Override
    public @Nullable Rules read(Node node, Reading reading) {
        RuleText text = RuleText.read(Hops.quoted(node, reading), reading, false);
        Scope scope = Scope.of(Variable.RCPT_SCOPE).withHopIds(reading.hops()).withSettings(reading.settings());
        Rules rules = RuleKind.compile(text, scope, false);
        boolean fine = rules != null;
        for (int i = 0; i < text.sources().size(); i++) {
            fine &= check(i, text, scope, rules);
        }
        return fine ? rules : null;
    }

    /** Looks at one value, also when others are no expressions, so that all faults are reported together. */
    private static boolean check(int rule, RuleText text, Scope scope, @Nullable Rules rules) {
        Expression then = rules == null
                ? compiled(text.sources().get(rule).then(), scope)
                : rules.rules().get(rule).then();
        if (then == null) {
            return false;
        }
        if (!then.isConstant()) {
            Type type = then.type();
            boolean possible = type == Type.TEXT || type == Type.ANY || type == Type.ARRAY;
            return possible
                    || refuse(text, rule, Code.RULE_TYPE, "this is always a " + type.noun() + "; " + WANTED, "");
        }
        return Constants.value(then)
                .map(value -> constant(value, rule, text, scope.hopIds()))
                .orElse(true);
    }

    private static @Nullable Expression compiled(String source, Scope scope) {
        return Expression.compile(source, scope) instanceof Compiled.Ok ok ? ok.expression() : null;
    }

    private static boolean constant(Value value, int rule, RuleText text, Set<String> hops) {
        return switch (value) {
            case Value.Int number when number.number() == 0 -> true;
            case Value.Int number ->
                refuse(
                        text,
                        rule,
                        Code.RULE_TYPE,
                        (number.number() == 1 ? "true" : number.asText()) + " is no next hop",
                        WANTED);
            case Value.Real number -> refuse(text, rule, Code.RULE_TYPE, number.asText() + " is no next hop", WANTED);
            case Value.Text word -> hop(word.text(), rule, text, hops);
            case Value.Array list -> list(list.items(), rule, text, hops);
        };
    }

    private static boolean hop(String word, int rule, RuleText text, Set<String> hops) {
        if (word.startsWith("reject:") && !REJECT.matcher(word).matches()) {
            return refuse(
                    text,
                    rule,
                    Code.RULE_TYPE,
                    "a rejection begins with a reply code of 500 to 599",
                    "such as 'reject:550 5.7.1 not from here'");
        }
        boolean known = hops.contains(word)
                || word.equals("discard")
                || word.startsWith("defer:")
                || word.startsWith("reject:");
        return known || unknown(word, rule, text, hops);
    }

    private static boolean list(List<Value> items, int rule, RuleText text, Set<String> hops) {
        if (items.isEmpty()) {
            return refuse(text, rule, Code.RULE_TYPE, "an empty list is no next hop", WANTED);
        }
        boolean fine = true;
        for (Value item : items) {
            if (!(item instanceof Value.Text word) || word.text().equals("local")) {
                fine = refuse(text, rule, Code.RULE_TYPE, "a list of next hops holds the ids of remotes alone", WANTED);
            } else if (!hops.contains(word.text())) {
                fine = unknown(word.text(), rule, text, hops);
            }
        }
        return fine;
    }

    private static boolean unknown(String word, int rule, RuleText text, Set<String> hops) {
        String near = Nearest.to(word, hops);
        String defined = String.join(", ", new TreeSet<>(hops));
        String hint = word.equals("mx")
                ? "write false, without quotes, for delivery by MX"
                : (near == null ? "" : "did you mean '" + near + "'? ") + "defined: " + defined;
        return refuse(text, rule, Code.UNKNOWN_HOP, "no next hop '" + word + "' is defined", hint);
    }

    private static boolean refuse(RuleText text, int rule, Code code, String message, String hint) {
        text.report(code, rule, RuleProblem.Part.THEN, message, hint);
        return false;
    }
}
