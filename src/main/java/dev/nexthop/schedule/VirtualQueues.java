package dev.nexthop.schedule;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.Type;
import dev.nexthop.expr.Value;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which virtual queue a recipient is in, {@code queue.outbound.queue}, and what each of them is. It fails closed: a rule that has no
 * usable answer never means the ordinary queue for an attempt.
 */
public final class VirtualQueues {
    /** There are none, and nobody is asked. */
    public static final VirtualQueues NONE = new VirtualQueues(Optional.empty(), List.of());

    private static final int LONGEST = 400;

    private final @Nullable Conditional<String> rule;
    private final Map<String, VirtualQueue> defined = new LinkedHashMap<>();
    private final Map<String, Choice> choices = new LinkedHashMap<>();

    /**
     * The queues of a configuration.
     *
     * @param rule gives an id, or nothing for the ordinary queue; made with {@link #conversion}. Empty when it always is the ordinary one
     * @param queues those that are defined
     */
    public VirtualQueues(Optional<Conditional<String>> rule, List<VirtualQueue> queues) {
        this.rule = rule.orElse(null);
        queues.forEach(queue -> {
            defined.put(queue.id(), queue);
            choices.put(queue.id(), new Choice(queue, ""));
        });
    }

    /**
     * What the rule says.
     *
     * @param queue null for the ordinary queue
     * @param fault why there is no usable answer, naming the rule and its place; empty when there is one
     */
    public record Choice(@Nullable VirtualQueue queue, String fault) {
        static final Choice ORDINARY = new Choice(null, "");

        /** The id of the virtual queue; empty for the ordinary one. */
        public String id() {
            return queue == null ? "" : queue.id();
        }

        /**
         * What becomes of a decision: whoever would be sent and has no queue is deferred.
         *
         * @param decision where the recipient would go
         */
        public Decision of(Decision decision) {
            return fault.isEmpty() || !Destination.isSent(decision.hop())
                    ? decision
                    : new Decision(new NextHop.Defer(fault, true), decision.rules(), fault);
        }
    }

    /** Whether a recipient may be in one: if not, nobody need ask. */
    public boolean any() {
        return rule != null;
    }

    /** The rule; empty when all mail is in the ordinary queue. */
    public Optional<Conditional<String>> rule() {
        return Optional.ofNullable(rule);
    }

    /** Those that are defined, in the order of the configuration. */
    public List<VirtualQueue> all() {
        return List.copyOf(defined.values());
    }

    /**
     * A queue.
     *
     * @param id its name
     * @return null when it is not defined
     */
    public @Nullable VirtualQueue get(String id) {
        return defined.get(id);
    }

    /**
     * What is to be said of an id that is not defined.
     *
     * @param id what somebody wrote
     * @return the rest of a sentence whose subject is who wrote it
     */
    String undefined(String id) {
        return "names the virtual queue " + quoted(id) + ", which is not defined; defined: "
                + List.copyOf(defined.keySet());
    }

    /**
     * The queue of a recipient. May block on look-ups for a bounded time.
     *
     * @param facts the recipient; of the host in question nothing is told, for at acceptance nobody knows one
     * @param lookups who answers look-ups
     */
    public Choice choose(RecipientFacts facts, Lookups lookups) {
        Conditional<String> asked = rule;
        if (asked == null) {
            return Choice.ORDINARY;
        }
        try {
            String id = asked.value(known(facts), lookups);
            Choice choice = id.isEmpty() ? Choice.ORDINARY : choices.get(id);
            return choice == null ? fault("gave " + quoted(id) + ", which is not defined") : choice;
        } catch (EvaluationException e) {
            return fault(String.valueOf(e.getMessage()));
        }
    }

    /** The same recipient before a host is known. */
    public static RecipientFacts known(RecipientFacts facts) {
        return facts.host().equals(RecipientFacts.Host.UNKNOWN) ? facts : facts.at(RecipientFacts.Host.UNKNOWN);
    }

    private static Choice fault(String why) {
        String clean = why.replaceAll("\\p{Cntrl}", "·");
        String cut = clean.length() > LONGEST ? clean.substring(0, LONGEST) + "…" : clean;
        return new Choice(null, "queue.outbound.queue does not say which virtual queue this is in: " + cut);
    }

    private static String quoted(String id) {
        return "'" + id + "'";
    }

    /**
     * How the value of a rule becomes the id of a queue: {@code false} is the ordinary one, a text is an id that must be defined.
     *
     * @param ids those that are defined
     * @return gives the empty text for the ordinary queue
     */
    public static Conversion<String> conversion(Set<String> ids) {
        return new Ids(Set.copyOf(ids));
    }

    private record Ids(Set<String> ids) implements Conversion<String> {
        @Override
        public String expected() {
            return "the id of a virtual queue, in quotes, or false";
        }

        @Override
        public boolean accepts(Type type) {
            return type == Type.TEXT || type == Type.ANY;
        }

        @Override
        public String convert(Value value) throws EvaluationException {
            return switch (value) {
                case Value.Int(long number) when number == 0 -> "";
                case Value.Text(String id) when ids.contains(id) -> id;
                case Value.Text(String id) ->
                    throw EvaluationException.wrongType(
                            "this is " + quoted(id) + ", and no virtual queue has that name");
                case Value.Int _, Value.Real _, Value.Array _ ->
                    throw EvaluationException.wrongType("this is " + value.describe() + ", not " + expected());
            };
        }
    }
}
