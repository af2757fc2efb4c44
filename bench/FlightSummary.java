import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;

/** Our own events of a recording, a line each: how many, and the times of half and of 99 in 100. */
final class FlightSummary {
    private final Map<String, Group> groups = new TreeMap<>();

    /** The numbers of one line. */
    private static final class Group {
        final Map<String, List<Double>> times = new TreeMap<>();
        final Map<String, Long> sums = new TreeMap<>();
        int count;

        void time(String name, Duration time) {
            times.computeIfAbsent(name, _ -> new ArrayList<>()).add(time.toNanos() / 1e6);
        }

        void sum(String name, long value) {
            sums.merge(name, value, Long::sum);
        }
    }

    /** Takes an event in; those that are not ours are left. */
    void add(RecordedEvent event) {
        switch (event.getEventType().getName()) {
            case "dev.nexthop.Commit" -> commit(event);
            case "dev.nexthop.Reception" -> {
                Group group = group("Reception, reply " + event.getInt("code"));
                group.time("to the answer", event.getDuration("answering"));
                group.time("from 354", event.getDuration());
                group.sum("octets", event.getLong("octets"));
            }
            case "dev.nexthop.DeliveryAttempt" -> {
                Group group = group("DeliveryAttempt, hop " + event.getString("hop") + ", " + event.getString("outcome"));
                group.time("all", event.getDuration());
                group.time("opening", event.getDuration("opening"));
                group.time("transfer", event.getDuration("transfer"));
                group.time(event.getInt("earlier") == 0 ? "waited for the first" : "waited", event.getDuration("waited"));
                if (!event.getDuration("securing").isZero()) {
                    group.time("TLS handshake", event.getDuration("securing"));
                }
                group.sum("recipients", event.getInt("recipients"));
            }
            case "dev.nexthop.Connection" -> {
                String end = event.getBoolean("opened") ? "opened" : "failed at " + event.getString("step");
                Group group = group("Connection, hop " + event.getString("hop") + ", " + end);
                group.time("all", event.getDuration());
                group.time("connecting", event.getDuration("connecting"));
                group.time("TLS handshake", event.getDuration("securing"));
            }
            case "dev.nexthop.OutcomeWrite" -> group("OutcomeWrite").time("to the spool", event.getDuration());
            case "dev.nexthop.Route" -> group("Route, hop " + event.getString("hop")).time("all", event.getDuration());
            default -> {}
        }
    }

    private void commit(RecordedEvent event) {
        String thread = event.getThread() == null ? "" : Objects.requireNonNullElse(event.getThread().getJavaName(), "");
        boolean synced = event.getBoolean("synced");
        String kind = event.getInt("commits") == 0 ? ", only a sync" : synced ? ", synced" : ", not synced";
        Group group = group("Commit of " + thread + kind + (event.getBoolean("written") ? "" : ", failed"));
        group.time("write", event.getDuration());
        group.sum("durable commits", event.getInt("durable"));
        group.sum("other commits", event.getInt("commits") - event.getInt("durable"));
        group.sum("octets", event.getLong("octets"));
    }

    private Group group(String name) {
        Group group = groups.computeIfAbsent(name, _ -> new Group());
        group.count++;
        return group;
    }

    /** Lines of text. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        groups.forEach((name, group) -> {
            lines.add(String.format(Locale.ROOT, "%s: %,d", name, group.count));
            group.sums.forEach((what, sum) -> lines.add(
                    String.format(Locale.ROOT, "    %-22s %10.1f each", what, sum / (double) group.count)));
            group.times.forEach((what, times) -> {
                double[] sorted = times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
                lines.add(String.format(
                        Locale.ROOT,
                        "    %-22s p50 %8.2f ms, p99 %8.2f ms, longest %8.2f ms",
                        what,
                        at(sorted, 0.5),
                        at(sorted, 0.99),
                        sorted[sorted.length - 1]));
            });
        });
        return lines.isEmpty() ? List.of("no events of Nexthop in this recording") : lines;
    }

    private static double at(double[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * part))];
    }
}
