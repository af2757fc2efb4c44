package dev.nexthop.config;

import dev.nexthop.expr.Rule;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Value;
import dev.nexthop.schedule.ScheduleSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What no setting can know alone. */
final class CrossChecks {
    private final Values values;
    private final Configuration configuration;

    CrossChecks(Values values, Configuration configuration) {
        this.values = values;
        this.configuration = configuration;
    }

    void run() {
        schedule(configuration.outbound().schedule());
        configuration.outbound().routing().nextHop().ifPresent(this::localLeaves);
    }

    private void schedule(ScheduleSettings schedule) {
        Optional<Duration> expire = Constants.value(schedule.expire());
        Optional<List<Duration>> retry = Constants.value(schedule.retry());
        Optional<List<Duration>> notice = Constants.value(schedule.notifyAfter());
        if (expire.isEmpty()) {
            return;
        }
        boolean early = retry.filter(
                        waits -> !waits.isEmpty() && waits.getFirst().compareTo(expire.get()) >= 0)
                .isPresent();
        if (early) {
            say(SettingsQueue.RETRY, "the first retry comes when the queue has given up: expire is ", expire.get());
        }
        boolean late = notice.filter(
                        waits -> !waits.isEmpty() && waits.getFirst().compareTo(expire.get()) >= 0)
                .isPresent();
        if (late) {
            say(SettingsQueue.NOTIFY, "the first notice comes when the queue has given up: expire is ", expire.get());
        }
    }

    private void say(Setting<?> setting, String message, Duration expire) {
        Setting<?> written = values.given(setting) ? setting : SettingsQueue.EXPIRE;
        values.wrong(
                written,
                Code.SCHEDULE,
                message + expire.toString().substring(2).toLowerCase(java.util.Locale.ROOT),
                "raise queue.schedule.expire, or lower " + setting.key());
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
