package dev.nexthop.config;

import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Evaluation;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Expression;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RuleProblem;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import dev.nexthop.mail.Reception;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A setting that has one value for each listener, or for each client.
 *
 * @param choices what is asked in order; the last one has no condition
 */
record ByListener<T>(List<Choice<T>> choices) {
    ByListener {
        choices = List.copyOf(choices);
    }

    /**
     * A value and when it applies.
     *
     * @param condition what is asked about the listener; null = always
     */
    record Choice<T>(@Nullable Expression condition, T value) {}

    /** What is true of clients that have logged in. */
    static final String LOGGED_IN = "!is_empty(authenticated_as)";

    /** Two values: for clients that have logged in, and for others. */
    static <T> ByListener<T> loggedIn(T users, T others) {
        List<RuleSource> rules = List.of(new RuleSource(LOGGED_IN, "0", ""), new RuleSource(null, "0", ""));
        return switch (Rules.compile(rules, Scope.of(OfKind.CLIENT))) {
            case Compilation.Ok<Rules> ok ->
                new ByListener<>(List.of(
                        new Choice<>(ok.result().rules().getFirst().condition(), users), new Choice<>(null, others)));
            case Compilation.Failed<Rules> failed -> throw new IllegalStateException(failed.toString());
        };
    }

    /** The value for a listener. */
    T of(String listener, int port) {
        return of(new Reception(listener, port, "", "", "", 0));
    }

    /** The value for a client. */
    T of(Reception client) {
        Facts facts = variable -> switch (variable) {
            case LISTENER -> Value.of(client.listener());
            case RECEIVED_VIA_PORT -> Value.of(client.port());
            case AUTHENTICATED_AS -> Value.of(client.authenticatedAs());
            case REMOTE_IP -> Value.of(client.remoteIp());
            default -> null;
        };
        for (Choice<T> choice : choices) {
            if (choice.condition() == null || holds(choice.condition(), facts)) {
                return choice.value();
            }
        }
        throw new IllegalStateException("rules without an 'else'");
    }

    private static boolean holds(Expression condition, Facts facts) {
        try {
            return condition.evaluate(new Evaluation(facts, Lookups.NONE)).truthy();
        } catch (EvaluationException e) {
            return false; // a condition that can't be computed is not true
        }
    }

    /**
     * A plain value, or rules that ask for the listener alone, or for the client; other rules are known, and not served.
     *
     * @param plain how each value is read
     * @param asked what rules may ask for
     */
    record OfKind<T>(Kind<T> plain, Set<Variable> asked) implements Kind<ByListener<T>> {
        private static final Set<Variable> ASKED =
                Collections.unmodifiableSet(EnumSet.of(Variable.LISTENER, Variable.RECEIVED_VIA_PORT));

        private static final Set<Variable> CLIENT = Collections.unmodifiableSet(EnumSet.of(
                Variable.LISTENER, Variable.RECEIVED_VIA_PORT, Variable.AUTHENTICATED_AS, Variable.REMOTE_IP));

        /** What rules of Stalwart 0.7 may ask here beyond what this server can tell. */
        private static final Set<String> ELSEWHERE = Set.of("is_tls", "local_port", "protocol", "remote_port");

        /** Of a setting that is asked for a listener. */
        OfKind(Kind<T> plain) {
            this(plain, ASKED);
        }

        /** Of a setting that is asked for a client. */
        static <T> OfKind<T> ofClient(Kind<T> plain) {
            return new OfKind<>(plain, CLIENT);
        }

        @Override
        public String noun() {
            return plain.noun();
        }

        @Override
        public String scope() {
            return RuleKind.scope(asked, Set.of());
        }

        @Override
        public @Nullable ByListener<T> read(Node node, Reading reading) {
            if (node instanceof Node.Items items && RuleText.looksLikeRules(items)) {
                return rules(items, reading);
            }
            T value = plain.read(node, reading);
            return value == null ? null : new ByListener<>(List.of(new Choice<>(null, value)));
        }

        private @Nullable ByListener<T> rules(Node.Items items, Reading reading) {
            RuleText text = RuleText.read(conditions(items), reading, false);
            if (text.broken()) {
                return null;
            }
            if (!(Rules.compile(text.sources(), Scope.of(asked)) instanceof Compilation.Ok<Rules> compiled)) {
                other(items, text, reading);
                return null;
            }
            List<Choice<T>> choices = new ArrayList<>();
            for (int i = 0; i < items.items().size(); i++) {
                Node.Table rule = (Node.Table) items.items().get(i);
                Node.Entry then = rule.entries().get("then");
                Node.Entry otherwise = rule.entries().get("else");
                Node written = Objects.requireNonNull(then == null ? otherwise : then, "a rule of the right shape")
                        .node();
                T value = plain.read(written, reading);
                if (value == null) {
                    return null;
                }
                choices.add(new Choice<>(compiled.result().rules().get(i).condition(), value));
            }
            return new ByListener<>(choices);
        }

        /** The same rules with values that are always expressions: only the conditions matter. */
        private static Node.Items conditions(Node.Items items) {
            List<Node> all = new ArrayList<>();
            for (Node item : items.items()) {
                if (!(item instanceof Node.Table table)) {
                    all.add(item);
                    continue;
                }
                Node.Table same = new Node.Table(table.at(), new java.util.LinkedHashMap<>(table.entries()));
                same.entries().replaceAll((key, entry) -> key.equals("if") ? entry : constant(entry));
                all.add(same);
            }
            return new Node.Items(items.at(), List.copyOf(all));
        }

        private static Node.Entry constant(Node.Entry entry) {
            int at = entry.node().at();
            Node zero = new Node.Scalar(at, Node.Form.INTEGER, "0", Spelling.flat(at, 1), "0");
            return new Node.Entry(
                    entry.keyAt(), entry.key(), entry.node() instanceof Node.Broken ? entry.node() : zero);
        }

        /** Rules that ask for more are right in Stalwart, unless they are no expressions at all. */
        private static void other(Node.Items items, RuleText text, Reading reading) {
            Scope wide = Scope.of(Variable.SESSION_RCPT_SCOPE).withWords(ELSEWHERE);
            List<RuleSource> sources = text.sources();
            switch (Rules.compile(sources, wide)) {
                case Compilation.Ok<Rules> _ -> Plain.notServed(items, reading);
                case Compilation.Failed<Rules> failed -> {
                    for (RuleProblem problem : failed.problems()) {
                        text.report(Code.EXPRESSION, problem);
                    }
                }
            }
        }
    }
}
