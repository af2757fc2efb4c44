package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Variable;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The settings of virtual queues. */
final class SettingsVirtual {
    /** For the manual, in whose example a queue is defined; what a configuration may name is up to its own queues. */
    static final Setting<Conditional<String>> QUEUE = queue(Set.of("bulk"));

    static final Setting<Integer> CONCURRENCY = virtual(
                    "concurrency",
                    Kinds.count(1, 100_000),
                    "Attempts at once over all destinations. Mail that waits beyond `expire` for that has one attempt when its turn comes.",
                    "10")
            .orElse("no bound but `queue.limits.attempts`")
            .ours();

    static final Setting<Integer> PER_DESTINATION = virtual(
                    "per-destination",
                    Kinds.count(1, 10_000),
                    "Most attempts of this queue running at once for one destination; `remote.<id>.concurrency` holds for all queues together.",
                    "2")
            .orElse("`queue.limits.per-destination`, for a relay its `concurrency`")
            .ours();

    static final Setting<Conditional<List<Duration>>> RETRY = virtual(
                    "schedule.retry",
                    Kinds.rules("list of durations", Variable.HOST_SCOPE, Conversion.DURATION_LIST),
                    "Waits after the first, second, … temporary failure of mail in this queue; the last one repeats (RFC 5321 §4.5.4.1).",
                    "\"[30m, 2h, 6h]\"")
            .orElse("`queue.schedule.retry`")
            .ours();

    static final Setting<Conditional<List<Duration>>> NOTIFY = virtual(
                    "schedule.notify",
                    Kinds.rules("list of durations", Variable.RCPT_SCOPE, Conversion.DURATION_LIST),
                    "When the sender of mail in this queue is told of a delay.",
                    "\"[2d]\"")
            .orElse("`queue.schedule.notify`")
            .ours();

    static final Setting<Conditional<Duration>> EXPIRE = virtual(
                    "schedule.expire",
                    Kinds.rules("duration", Variable.RCPT_SCOPE, Conversion.DURATION),
                    "How long after acceptance the queue gives up mail that is in this queue when it is accepted.",
                    "\"2d\"")
            .orElse("`queue.schedule.expire`")
            .ours();

    private SettingsVirtual() {}

    static List<Setting<?>> all() {
        return List.of(QUEUE, CONCURRENCY, PER_DESTINATION, RETRY, NOTIFY, EXPIRE);
    }

    /** The rule, where these queues are defined. */
    static Setting<Conditional<String>> queue(Set<String> ids) {
        return Setting.of(
                        "queue.outbound.queue",
                        new QueueKind(ids),
                        "The virtual queue of a recipient, or `false`: the ordinary one. Asked at acceptance, before each attempt and after each failure.",
                        "[ { if = \"sender_domain = 'news.example.org'\", then = \"'bulk'\" }, { else = false } ]")
                .or("false")
                .ours();
    }

    private static <T> Setting<T> virtual(String name, Kind<T> kind, String prose, String example) {
        return Setting.of("queue.virtual.<id>." + name, kind, prose, example);
    }
}
