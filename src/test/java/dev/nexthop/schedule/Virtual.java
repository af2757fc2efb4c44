package dev.nexthop.schedule;

import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Variable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Rules and virtual queues as a file would have them. */
final class Virtual {
    private Virtual() {}

    static Rules compiled(List<RuleSource> sources) {
        Scope scope = Scope.of(Variable.RCPT_SCOPE).withHopIds(Set.of("relay", "local"));
        return switch (Rules.compile(sources, scope)) {
            case Compilation.Ok<Rules> ok -> ok.result();
            case Compilation.Failed<Rules> failed ->
                throw new AssertionError(failed.problems().toString());
        };
    }

    /** Whoever writes from {@code ID.test} is in the queue of that name, when it is one of these. */
    static VirtualQueues bySender(VirtualQueue... queues) {
        String rule = Arrays.stream(queues)
                .map(queue -> "if_then(sender_domain = '" + queue.id() + ".test', '" + queue.id() + "', ")
                .collect(Collectors.joining());
        return by(rule + "false" + ")".repeat(queues.length), queues);
    }

    /** One rule for all mail. */
    static VirtualQueues by(String rule, VirtualQueue... queues) {
        Set<String> ids = Arrays.stream(queues).map(VirtualQueue::id).collect(Collectors.toSet());
        Compilation<Conditional<String>> compiled = Conditional.compile(
                List.of(new RuleSource(null, rule, "nexthop.toml:7:3")),
                Scope.of(Variable.RCPT_SCOPE),
                VirtualQueues.conversion(ids));
        return switch (compiled) {
            case Compilation.Ok<Conditional<String>> ok -> new VirtualQueues(Optional.of(ok.result()), List.of(queues));
            case Compilation.Failed<Conditional<String>> failed ->
                throw new AssertionError(failed.problems().toString());
        };
    }

    /** A queue with the schedule of the world and so many attempts at once; 0 for no bound. */
    static VirtualQueue queue(World world, String id, int concurrency) {
        return queue(world, id, concurrency, 0);
    }

    /** The same with a bound for each destination. */
    static VirtualQueue queue(World world, String id, int concurrency, int perDestination) {
        return new VirtualQueue(
                id, bound(concurrency), bound(perDestination), world.retry, world.notifyAfter, world.expire);
    }

    private static OptionalInt bound(int number) {
        return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
