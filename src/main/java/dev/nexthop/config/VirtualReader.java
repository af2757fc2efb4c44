package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.schedule.ScheduleSettings;
import dev.nexthop.schedule.VirtualQueue;
import dev.nexthop.schedule.VirtualQueues;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the virtual queues, and the rule that says who is in which. */
final class VirtualReader {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");
    private static final Set<String> RESERVED = Set.of("true", "false");

    private final Values values;

    VirtualReader(Values values) {
        this.values = values;
    }

    /** The ids that are written, in the order of the file. */
    static List<String> ids(Values values) {
        return new KeyPath(List.of("queue", "virtual")).find(values.root()) instanceof Node.Table
                ? values.ids("queue", "virtual")
                : List.of(); // what is no table was reported
    }

    /** Reads them; what they leave out is as it is in the ordinary queue. */
    VirtualQueues read(ScheduleSettings ordinary) {
        List<VirtualQueue> queues = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        for (String id : ids(values)) {
            ids.add(id);
            if (isGood(id)) {
                queues.add(queue(id, ordinary));
            }
        }
        Conditional<String> rule = values.value(SettingsVirtual.queue(ids));
        boolean never = Constants.value(rule).filter(String::isEmpty).isPresent();
        return new VirtualQueues(never ? Optional.empty() : Optional.of(rule), queues);
    }

    private VirtualQueue queue(String id, ScheduleSettings ordinary) {
        return new VirtualQueue(
                id,
                number(SettingsVirtual.CONCURRENCY, id),
                number(SettingsVirtual.PER_DESTINATION, id),
                values.optional(SettingsVirtual.RETRY, id).orElse(ordinary.retry()),
                values.optional(SettingsVirtual.NOTIFY, id).orElse(ordinary.notifyAfter()),
                values.optional(SettingsVirtual.EXPIRE, id).orElse(ordinary.expire()));
    }

    private OptionalInt number(Setting<Integer> setting, String id) {
        return values.optional(setting, id).map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    /** It stands in the log, in commands and in the names of destinations. */
    private boolean isGood(String id) {
        if (RESERVED.contains(id)) {
            bad(
                    Code.RESERVED_ID,
                    id,
                    "'" + id + "' has a meaning of its own in rules and can't be the id of a virtual queue");
            return false;
        }
        if (!ID.matcher(id).matches()) {
            bad(
                    Code.VALUE,
                    id,
                    "the id of a virtual queue has at most 64 letters, digits, dots, hyphens and underscores, and begins with none of"
                            + " '.' and '-'");
            return false;
        }
        return true;
    }

    private void bad(Code code, String id, String message) {
        values.problems().addKey(code, values.place("queue", "virtual", id), id.length(), message, "choose another id");
    }
}
