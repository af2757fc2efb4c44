package dev.nexthop.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What can't change while a server runs, and so refuses a reload as a whole. */
public final class Restarts {
    private static final String HINT = "restart the server for it, or take the change back";

    private static final String DATA = SettingsStore.STORAGE_DATA.key().toString();

    private Restarts() {}

    /**
     * What stands in the way of a reload.
     *
     * @param running what is in force
     * @param wanted what is to be in force
     * @return a problem for each setting that wants a restart; none when nothing does
     */
    public static List<Problem> between(Configuration running, Configuration wanted) {
        List<Problem> problems = new ArrayList<>();
        if (!running.stores().equals(wanted.stores())) {
            problems.addAll(named(
                    running, wanted, key -> ofData(key, running) || ofData(key, wanted), "where and how mail is kept"));
        }
        if (running.administration().log() != wanted.administration().log()) {
            String key = SettingsServer.LOG_FORMAT.key().toString();
            problems.addAll(named(running, wanted, key::equals, "how the log is written"));
        }
        return problems;
    }

    /** Whether a key says where or how mail is kept; the stores that only rules ask may move. */
    private static boolean ofData(String key, Configuration configuration) {
        String store = dataStore(configuration);
        return key.equals(DATA)
                || key.equals(store + ".path")
                || key.equals(store + ".type")
                || Stream.of(SettingsQueue.MEMORY_BODY, SettingsQueue.RESERVE)
                        .anyMatch(setting -> setting.key().toString().equals(key));
    }

    /** The table of the store that keeps mail: the one named, else the only one that can; empty when there is none. */
    private static String dataStore(Configuration configuration) {
        Optional<String> named = find(configuration, DATA)
                .map(data -> Effective.key("store", data.value()))
                .filter(table -> find(configuration, table + ".type").isPresent());
        return named.orElseGet(() -> configuration.effective().stream()
                .filter(one -> one.key().startsWith("store.")
                        && one.key().endsWith(".type")
                        && one.value().equals("rocksdb"))
                .map(one -> one.key().substring(0, one.key().length() - ".type".length()))
                .findFirst()
                .orElse(""));
    }

    private static List<Problem> named(
            Configuration running, Configuration wanted, Predicate<String> which, String what) {
        List<Problem> problems = Stream.concat(wanted.effective().stream(), running.effective().stream())
                .map(Effective::key)
                .distinct()
                .filter(which)
                .map(key -> changed(key, find(running, key), find(wanted, key)))
                .flatMap(Optional::stream)
                .toList();
        return problems.isEmpty()
                ? List.of(
                        problem(Code.NEEDS_RESTART, Origin.DEFAULT, what + " can't change while the server runs", HINT))
                : problems;
    }

    private static Optional<Problem> changed(String key, Optional<Effective> before, Optional<Effective> after) {
        String old = before.map(Effective::value).orElse("not set");
        String young = after.map(Effective::value).orElse("not set");
        long oldMark = before.map(Effective::mark).orElse(0L);
        long youngMark = after.map(Effective::mark).orElse(0L);
        if (old.equals(young) && oldMark == youngMark) {
            return Optional.empty();
        }
        return Optional.of(problem(
                Code.NEEDS_RESTART,
                after.or(() -> before).map(Effective::origin).orElse(Origin.DEFAULT),
                key + " can't change" + (old.equals(young) ? "" : " from " + old + " to " + young)
                        + " while the server runs",
                HINT));
    }

    private static Optional<Effective> find(Configuration configuration, String key) {
        return configuration.effective().stream()
                .filter(one -> one.key().equals(key))
                .findFirst();
    }

    /**
     * A problem that no line of the file shows.
     *
     * @param code which kind
     * @param at where, as near as is known
     * @param message one sentence without a full stop
     * @param hint what to do; may be empty
     */
    public static Problem problem(Code code, Origin at, String message, String hint) {
        return new Problem(code, new Problem.Span(at, 1, ""), message, hint, List.of());
    }
}
