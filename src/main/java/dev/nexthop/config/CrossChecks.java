package dev.nexthop.config;

import dev.nexthop.expr.Rule;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Value;
import dev.nexthop.schedule.ScheduleSettings;
import dev.nexthop.schedule.VirtualQueue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What no setting can know alone. */
final class CrossChecks {
    private final Values values;
    private final Configuration configuration;

    CrossChecks(Values values, Configuration configuration) {
        this.values = values;
        this.configuration = configuration;
    }

    void run() {
        ScheduleSettings schedule = configuration.outbound().schedule();
        schedule(schedule, null);
        schedule.queues().all().forEach(queue -> schedule(schedule, queue));
        configuration.outbound().routing().nextHop().ifPresent(this::localLeaves);
    }

    /** The waits of a queue, null for the ordinary one. */
    private void schedule(ScheduleSettings schedule, @Nullable VirtualQueue queue) {
        Optional<Duration> expire = Constants.value(schedule.expire(queue));
        Optional<List<Duration>> retry = Constants.value(schedule.retry(queue));
        Optional<List<Duration>> notice = Constants.value(schedule.notifyAfter(queue));
        if (expire.isEmpty()) {
            return;
        }
        boolean early = retry.filter(
                        waits -> !waits.isEmpty() && waits.getFirst().compareTo(expire.get()) >= 0)
                .isPresent();
        if (early) {
            Setting<?> own = queue == null ? SettingsQueue.RETRY : SettingsVirtual.RETRY;
            say(own, queue, "the first retry comes when the queue has given up: expire is ", expire.get());
        }
        boolean late = notice.filter(
                        waits -> !waits.isEmpty() && waits.getFirst().compareTo(expire.get()) >= 0)
                .isPresent();
        if (late) {
            Setting<?> own = queue == null ? SettingsQueue.NOTIFY : SettingsVirtual.NOTIFY;
            say(own, queue, "the first notice comes when the queue has given up: expire is ", expire.get());
        }
    }

    /** What a virtual queue has from the ordinary one is said of that. */
    private void say(Setting<?> setting, @Nullable VirtualQueue queue, String message, Duration expire) {
        String[] ids = queue == null ? new String[0] : new String[] {queue.id()};
        Setting<?> end = queue == null ? SettingsQueue.EXPIRE : SettingsVirtual.EXPIRE;
        if (queue != null && !values.given(setting, ids) && !values.given(end, ids)) {
            return;
        }
        values.wrong(
                values.given(setting, ids) ? setting : end,
                Code.SCHEDULE,
                message + expire.toString().substring(2).toLowerCase(java.util.Locale.ROOT),
                "raise " + end.key().with(ids) + ", or lower " + setting.key().with(ids),
                ids);
    }

    /** One rule without a condition that names a remote takes local mail away, too. */
    private void localLeaves(Rules rules) {
        Rule first = rules.rules().getFirst();
        boolean always = first.condition() == null;
        boolean leaves = always
                && Constants.value(first.then())
                        .map(value -> switch (value) {
                            case Value.Text text ->
                                configuration.outbound().routing().remotes().containsKey(text.text());
                            case Value.Array _ -> true;
                            case Value.Int _, Value.Real _ -> false;
                        })
                        .orElse(false);
        List<String> domains =
                configuration.local().directory().domains().stream().sorted().toList();
        if (leaves && !domains.isEmpty()) {
            values.wrong(
                    SettingsQueue.NEXT_HOP,
                    Code.LOCAL_LEAVES,
                    "mail for the local domain " + domains.getFirst() + " goes to the relay, too",
                    "route local domains first, if that is not meant: { if = \"is_local_domain('', rcpt_domain)\", "
                            + "then = \"'local'\" }");
        }
    }
}
