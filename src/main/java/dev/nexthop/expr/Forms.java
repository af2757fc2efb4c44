package dev.nexthop.expr;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions whose arguments are looked at when they are compiled: patterns, networks, sets, words. */
final class Forms {
    static final int MAX_PATTERN = 4096;
    static final int MAX_GLOB = 1000;
    static final int MAX_GROUPS_DEEP = 100;
    static final int MAX_BRANCHES = 600;
    static final int MAX_SIZE = 20_000;

    private Forms() {}

    private interface Deciding {
        boolean decide(Evaluation evaluation, Node argument) throws EvaluationException;
    }

    /** A yes or no about one argument, whose other arguments are part of the decision. */
    private static final class Decision extends Call {
        private final Node argument;
        private final Deciding deciding;

        Decision(String label, Node argument, Deciding deciding) {
            super(label, Type.BOOLEAN, argument);
            this.argument = argument;
            this.deciding = deciding;
        }

        @Override
        Value compute(Evaluation evaluation) throws EvaluationException {
            return Value.of(deciding.decide(evaluation, argument));
        }
    }

    static Node matches(Invocation call) {
        Operand expression = call.argument(0);
        String text = expression.literal();
        if (text == null) {
            return expression.broken()
                    ? expression.node()
                    : call.refuse(
                            expression, "the regular expression must be a text in quotes; it is compiled at load");
        }
        Pattern pattern = pattern(call, expression, text);
        Required required = pattern == null ? Required.NOTHING : Required.of(text);
        return pattern == null
                ? new Nodes.Broken()
                : new Decision(call.label(), call.argument(1).node(), (evaluation, argument) -> {
                    String input = Functions.text(evaluation, argument);
                    if (input.length() > Arithmetic.MAX_TEXT) {
                        throw EvaluationException.tooLarge(
                                "a text of more than " + Arithmetic.MAX_TEXT + " characters was to be matched");
                    }
                    if (!required.in(input)) {
                        evaluation.capture(null);
                        return false;
                    }
                    var matcher = pattern.matcher(input);
                    boolean found = matcher.find();
                    evaluation.capture(found ? matcher : null);
                    return found;
                });
    }

    private static @Nullable Pattern pattern(Invocation call, Operand expression, String text) {
        PatternCost.Estimate cost = PatternCost.of(text);
        if (text.length() > MAX_PATTERN
                || cost.groupsDeep() > MAX_GROUPS_DEEP
                || cost.total().branches() > MAX_BRANCHES
                || cost.total().size() > MAX_SIZE) {
            call.refuse(
                    expression,
                    "this regular expression is too large: allowed are " + MAX_PATTERN + " characters, "
                            + MAX_GROUPS_DEEP
                            + " groups inside one another and, with repetitions such as {3} written out, " + MAX_SIZE
                            + " characters and " + MAX_BRANCHES + " groups, alternatives and repetitions");
            return null;
        }
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            String wrong = e.getPattern() == null ? "" : e.getPattern();
            int at = wrong.isEmpty() || wrong.equals(text) ? -1 : text.indexOf(wrong);
            boolean asWritten = expression.end() - expression.start() == text.length() + 2;
            int start = asWritten && at >= 0 ? expression.start() + 1 + at : expression.start();
            int end = asWritten && at >= 0 ? start + wrong.length() : expression.end();
            String shown = wrong.isEmpty() ? "" : ": " + Value.of(wrong).describe();
            call.context()
                    .problems()
                    .add(
                            start,
                            end,
                            "wrong regular expression: " + e.getDescription() + shown
                                    + " (RE2 syntax: no look-around, no back-references)");
            return null;
        }
    }

    static Node glob(Invocation call) {
        Operand pattern = call.argument(0);
        String text = pattern.literal();
        if (text == null || text.length() > MAX_GLOB) {
            return pattern.broken()
                    ? pattern.node()
                    : call.refuse(
                            pattern, "the pattern must be a text in quotes of at most " + MAX_GLOB + " characters");
        }
        Glob glob = new Glob(text);
        return new Decision(
                call.label(),
                call.argument(1).node(),
                (evaluation, argument) -> glob.matches(Functions.text(evaluation, argument)));
    }

    static Node cidrMatch(Invocation call) {
        Operand written = call.argument(1);
        if (!(written.node() instanceof Constant constant)) {
            return written.broken()
                    ? written.node()
                    : call.refuse(
                            written, "the networks must be written out, such as '10.0.0.0/8' or ['10.0.0.0/8', …]");
        }
        List<Value> texts = constant.value instanceof Value.Array(List<Value> items) ? items : List.of(constant.value);
        Network[] networks = new Network[texts.size()];
        for (int i = 0; i < networks.length; i++) {
            Network network = Network.parse(texts.get(i).asText());
            if (network == null) {
                return call.refuse(
                        written,
                        "'" + texts.get(i).describe()
                                + "' is not a network; write 192.0.2.0/24, 2001:db8::/32 or one address");
            }
            if (network.hasHostBits()) {
                call.context()
                        .problems()
                        .guess(
                                written.start(),
                                written.end(),
                                "'" + texts.get(i).describe() + "' has bits set behind its prefix; they are ignored",
                                null);
            }
            networks[i] = network;
        }
        return new Decision(
                call.label(),
                call.argument(0).node(),
                (evaluation, argument) -> Network.anyContains(networks, Functions.text(evaluation, argument)));
    }

    static Node domainIn(Invocation call) {
        boolean two = call.arguments().size() == 2;
        if (!two && !call.context().scope().variables().contains(Variable.RCPT_DOMAIN)) {
            call.context()
                    .problems()
                    .add(
                            call.start(),
                            call.end(),
                            "no recipient is known here; write domain_in(domain, list) with the domain to test");
            return new Nodes.Broken();
        }
        Operand list = call.argument(two ? 1 : 0);
        Node domain = two ? call.argument(0).node() : new Nodes.Name(Variable.RCPT_DOMAIN);
        if (list.node() instanceof Constant constant) {
            DomainSet set = DomainSet.of(constant.value);
            return new Decision(
                    call.label(), domain, (evaluation, argument) -> set.contains(Functions.text(evaluation, argument)));
        }
        Node changing = list.node();
        return new Pair(
                call.label(),
                domain,
                changing,
                (value, set) -> DomainSet.of(set).contains(value.asText()));
    }

    static Node in(Invocation call) {
        Operand list = call.argument(1);
        Type type = list.node().type();
        if (type != Type.ARRAY && type != Type.ANY) {
            return call.refuse(list, "'in' wants a list such as ['a', 'b'], this is a " + type.noun());
        }
        Node wanted = call.argument(0).node();
        Set<Value> texts = new HashSet<>();
        if (list.node() instanceof Constant constant
                && constant.value instanceof Value.Array(List<Value> items)
                && items.stream().allMatch(Value.Text.class::isInstance)) {
            texts.addAll(items);
            // A text equals only the same text; anything else is compared one by one, with its coercions.
            return new Decision(call.label(), wanted, (evaluation, argument) -> {
                Value value = argument.evaluate(evaluation);
                return value instanceof Value.Text ? texts.contains(value) : Comparison.contains(items, value);
            });
        }
        return new Pair(call.label(), wanted, list.node(), (value, all) -> ListFunctions.member(value, all));
    }

    static Node emailPart(Invocation call) {
        String part = call.argument(1).literal();
        if (part != null && !part.equalsIgnoreCase("local") && !part.equalsIgnoreCase("domain")) {
            return call.refuse(call.argument(1), "an address has the parts 'local' and 'domain'");
        }
        Function.Body body =
                (e, a) -> Value.of(AddressFunctions.part(Functions.text(e, a[0]), Functions.text(e, a[1])));
        return new Function.Of(body, call.label(), Type.TEXT, call.nodes());
    }

    static Node hash(Invocation call) {
        String algorithm = call.argument(1).known();
        if (algorithm != null && Digests.jdkName(algorithm) == null) {
            return call.refuse(
                    call.argument(1), "'" + algorithm + "' is no algorithm of hash; it knows " + Digests.WORDS);
        }
        Function.Body body = (e, a) -> Digests.hash(Functions.text(e, a[0]), Functions.text(e, a[1]));
        return new Function.Of(body, call.label(), Type.TEXT, call.nodes());
    }

    static Node configGet(Invocation call) {
        Operand key = call.argument(0);
        String name = key.literal();
        if (name == null) {
            return key.broken()
                    ? key.node()
                    : call.refuse(
                            key, "the setting must be a text in quotes; it is read when the configuration is loaded");
        }
        return switch (call.context().scope().settings().ask(name)) {
            case Settings.Answer.Found(Value value) -> new Constant(value);
            case Settings.Answer.Refused(String reason, String nearest) ->
                call.refuse(key, "config_get: " + reason, nearest == null ? null : "'" + nearest + "'");
        };
    }

    private interface Relation {
        boolean holds(Value first, Value second);
    }

    /** A yes or no about two values. */
    private static final class Pair extends Call {
        private final Node first;
        private final Node second;
        private final Relation relation;

        Pair(String label, Node first, Node second, Relation relation) {
            super(label, Type.BOOLEAN, first, second);
            this.first = first;
            this.second = second;
            this.relation = relation;
        }

        @Override
        Value compute(Evaluation evaluation) throws EvaluationException {
            return Value.of(relation.holds(first.evaluate(evaluation), second.evaluate(evaluation)));
        }
    }
}
