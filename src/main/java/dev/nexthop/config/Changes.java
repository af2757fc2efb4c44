package dev.nexthop.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is different between two configurations. Values of secrets are in none of it.
 *
 * @param settings the settings that changed, in the order of the new configuration, then those that are gone; without
 *     those of tables that came or went
 * @param tables the tables that came or went as a whole, such as {@code listener submission added}
 */
public record Changes(List<Change> settings, List<String> tables) {
    /** Settings that a summary names. */
    private static final int NAMED = 8;

    /** Characters of a value that a summary shows. */
    private static final int SHOWN = 40;

    /** What a table with ids of its own is called. */
    private static final Map<List<String>, String> TABLES = Map.of(
            List.of("server", "listener"), "listener",
            List.of("queue", "virtual"), "virtual queue",
            List.of("remote"), "remote",
            List.of("certificate"), "certificate",
            List.of("directory"), "directory",
            List.of("store"), "store",
            List.of("lookup"), "lookup");

    /** What decides who is local, who may log in and who may relay: settings, and tables of settings. */
    private static final List<String> ACCESS =
            List.of("session.rcpt.relay", "session.auth", "directory", "storage.directory", "authentication");

    /** Copies the lists. */
    public Changes {
        settings = List.copyOf(settings);
        tables = List.copyOf(tables);
    }

    /**
     * A setting that changed.
     *
     * @param key its full name
     * @param before what was in force; empty when it was not set
     * @param after what is in force; empty when it is not set
     */
    public record Change(String key, Optional<Effective> before, Optional<Effective> after) {
        /** In one line: the name, and the values and the place where they are short and no secrets. */
        @Override
        public String toString() {
            boolean secret =
                    before.or(() -> after).filter(one -> one.mark() != 0).isPresent();
            if (secret || !brief(before) || !brief(after)) {
                return key;
            }
            return key + " " + value(before) + " → " + value(after)
                    + after.map(Change::place).orElse("");
        }

        private static boolean brief(Optional<Effective> side) {
            return side.map(Effective::value)
                    .filter(value -> value.length() > SHOWN || value.chars().anyMatch(c -> c < ' '))
                    .isEmpty();
        }

        private static String value(Optional<Effective> side) {
            return side.map(Effective::value).orElse("not set");
        }

        private static String place(Effective setting) {
            Origin at = setting.origin();
            if (at.line() == 0) {
                return " (" + at.file() + ")";
            }
            Path file = Path.of(at.file()).getFileName();
            return " (" + (file == null ? at.file() : file.toString()) + ":" + at.line() + ")";
        }
    }

    /**
     * Compares two configurations.
     *
     * @param before what was in force
     * @param after what is in force now
     */
    public static Changes between(Configuration before, Configuration after) {
        return between(before.effective(), after.effective());
    }

    /**
     * Whether another configuration may say otherwise who is local, who may log in and how, and who may relay: sessions that
     * began before are then admitted by rules that are no longer in force.
     *
     * @param before what was in force
     * @param after what is in force now
     */
    public static boolean ofAccess(Configuration before, Configuration after) {
        Map<String, Effective> old = access(before);
        Map<String, Effective> young = access(after);
        return !old.keySet().equals(young.keySet())
                || young.entrySet().stream().anyMatch(one -> differ(old.get(one.getKey()), one.getValue()));
    }

    private static Map<String, Effective> access(Configuration configuration) {
        return byKey(configuration.effective().stream()
                .filter(one -> ACCESS.stream()
                        .anyMatch(name -> one.key().equals(name)
                                || one.key().startsWith(name + ".")
                                || one.key().startsWith(name + "[")))
                .toList());
    }

    static Changes between(List<Effective> before, List<Effective> after) {
        Map<String, Effective> old = byKey(before);
        Map<String, Effective> young = byKey(after);
        Set<String> gone = tables(old);
        Set<String> come = tables(young);
        Set<String> both = new LinkedHashSet<>(gone);
        both.retainAll(come);
        gone.removeAll(both);
        come.removeAll(both);
        List<Change> changes = new ArrayList<>();
        young.forEach((key, setting) -> {
            Effective known = old.get(key);
            if (differ(known, setting) && !within(key, come)) {
                changes.add(new Change(key, Optional.ofNullable(known), Optional.of(setting)));
            }
        });
        old.forEach((key, setting) -> {
            if (!young.containsKey(key) && !within(key, gone)) {
                changes.add(new Change(key, Optional.of(setting), Optional.empty()));
            }
        });
        List<String> whole = new ArrayList<>();
        come.forEach(table -> whole.add(table + " added"));
        gone.forEach(table -> whole.add(table + " removed"));
        return new Changes(changes, whole);
    }

    /** All of it in one line, such as {@code 1 setting changed: remote.relay.port 25 → 2525 (nexthop.toml:12)}. */
    public String summary() {
        List<String> parts = new ArrayList<>();
        if (!settings.isEmpty()) {
            String names = settings.stream().limit(NAMED).map(Change::toString).collect(Collectors.joining(", "));
            String more = settings.size() > NAMED ? " and " + (settings.size() - NAMED) + " more" : "";
            parts.add(
                    settings.size() + (settings.size() == 1 ? " setting" : " settings") + " changed: " + names + more);
        }
        if (!tables.isEmpty()) {
            String more = tables.size() > NAMED ? " and " + (tables.size() - NAMED) + " more" : "";
            parts.add(tables.stream().limit(NAMED).collect(Collectors.joining(", ")) + more);
        }
        return parts.isEmpty() ? "no setting changed; files were read again" : String.join("; ", parts);
    }

    private static boolean differ(@Nullable Effective one, Effective other) {
        return one == null || !one.value().equals(other.value()) || one.mark() != other.mark();
    }

    private static Map<String, Effective> byKey(List<Effective> all) {
        Map<String, Effective> map = new LinkedHashMap<>();
        all.forEach(one -> map.put(one.key(), one));
        return map;
    }

    private static Set<String> tables(Map<String, Effective> settings) {
        Set<String> tables = new LinkedHashSet<>();
        settings.keySet().forEach(key -> table(key).ifPresent(tables::add));
        return tables;
    }

    private static boolean within(String key, Set<String> tables) {
        return table(key).filter(tables::contains).isPresent();
    }

    /** The table with an id that a key is in, as a summary calls it. */
    private static Optional<String> table(String key) {
        KeyPath path = KeyPath.parse(key);
        if (path == null) {
            return Optional.empty();
        }
        List<String> segments = path.segments();
        for (int length = 1; length <= 2 && length + 1 < segments.size(); length++) {
            String noun = TABLES.get(segments.subList(0, length));
            if (noun != null) {
                return Optional.of(noun + " " + KeyPath.quoted(segments.get(length)));
            }
        }
        return Optional.empty();
    }
}
