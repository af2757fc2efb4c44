package dev.nexthop.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every key that a file may hold: those that are served, and those of Stalwart that are known and not served yet. */
final class Schema {
    private final Place top = new Place();
    private final List<Setting<?>> settings;
    private final List<Unserved> unserved;

    /** What may stand at one place of a file. */
    private static final class Place {
        final Map<String, Place> children = new LinkedHashMap<>();
        boolean value;

        @Nullable
        Code unserved;

        /** What may stand below any id. */
        @Nullable
        Place any;

        Place below(String segment) {
            Place place = children.computeIfAbsent(segment, _ -> new Place());
            any = any == null && segment.startsWith("<") ? place : any;
            return place;
        }

        @Nullable
        Place child(String name) {
            Place exact = children.get(name);
            return exact == null ? any : exact;
        }

        boolean anyId() {
            return any != null;
        }
    }

    Schema() {
        this.settings = Stream.of(
                        SettingsServer.all(),
                        SettingsSession.all(),
                        SettingsOffers.all(),
                        SettingsQueue.all(),
                        SettingsVirtual.all(),
                        SettingsLimit.all(),
                        SettingsRemote.all(),
                        SettingsStore.all(),
                        SettingsOther.all(),
                        SettingsReport.all(),
                        SettingsDnssec.all(),
                        SettingsCase.all(),
                        SettingsLint.all())
                .flatMap(List::stream)
                .toList();
        this.unserved = Unserved.all();
        settings.forEach(setting -> place(setting.key()).value = true);
        unserved.forEach(key -> place(key.key()).unserved = key.code());
    }

    List<Setting<?>> settings() {
        return settings;
    }

    List<Unserved> unserved() {
        return unserved;
    }

    private Place place(Key key) {
        Place place = top;
        for (String segment : key.segments()) {
            place = place.below(segment);
        }
        return place;
    }

    /** What becomes of a key. */
    enum Status {
        /** It is a setting. */
        SERVED,
        /** It is a table that holds settings. */
        TABLE,
        /** It is known, and has no effect yet. */
        UNSERVED,
        /** It is an error. */
        UNKNOWN
    }

    /** What becomes of a key with these segments; any id may stand for a wildcard. */
    Status status(List<String> segments) {
        Place place = top;
        for (String segment : segments) {
            place = place.child(segment);
            if (place == null) {
                return Status.UNKNOWN;
            }
            if (place.unserved != null) {
                return Status.UNSERVED;
            }
        }
        return place.value ? Status.SERVED : Status.TABLE;
    }

    /** Reports keys that nobody knows, and those without effect. */
    void check(Node.Table root, Problems problems) {
        new Walk(problems).table(root, top, List.of());
    }

    private final class Walk {
        private final Problems problems;

        Walk(Problems problems) {
            this.problems = problems;
        }

        void table(Node.Table table, Place place, List<String> path) {
            for (Node.Entry entry : table.entries().values()) {
                List<String> here = append(path, entry.key());
                Place child = place.child(entry.key());
                if (child == null) {
                    unknown(entry, place, here);
                } else {
                    visit(entry, child, here);
                }
            }
        }

        private void visit(Node.Entry entry, Place place, List<String> path) {
            String name = new KeyPath(path).toString();
            Code code = place.unserved;
            if (code != null) {
                problems.addKey(
                        code, entry.keyAt(), entry.key().length(), name + " is known, but has no effect yet", "");
                return;
            }
            Place each = place.children.get(Key.EACH);
            switch (entry.node()) {
                case Node.Table table when !place.children.isEmpty() && each == null -> table(table, place, path);
                case Node.Table _ when place.value -> {} // The setting itself says what it wants.
                case Node.Table table -> shape(entry, name + " is a list of tables: [[" + name + "]]", table);
                case Node.Items items when each != null -> items(entry, items, each, path);
                case Node.Items _, Node.Scalar _ -> {
                    if (!place.value) {
                        shape(
                                entry,
                                name + " is a table, but here stands "
                                        + entry.node().noun(),
                                entry.node());
                    }
                }
                case Node.Broken _ -> {}
            }
        }

        private void items(Node.Entry entry, Node.Items items, Place each, List<String> path) {
            for (Node item : items.items()) {
                if (item instanceof Node.Table table) {
                    table(table, each, path);
                } else if (!(item instanceof Node.Broken)) {
                    shape(entry, new KeyPath(path) + " is a list of tables, but here stands " + item.noun(), item);
                }
            }
        }

        private void shape(Node.Entry entry, String message, Node node) {
            problems.addKey(Code.SHAPE, entry.keyAt(), entry.key().length(), message, hint(node));
        }

        private static String hint(Node node) {
            return node instanceof Node.Table ? "double the brackets" : "";
        }

        private void unknown(Node.Entry entry, Place place, List<String> path) {
            String near = place.anyId() ? null : Nearest.to(entry.key(), names(place));
            List<String> meant = near == null ? elsewhere(path) : append(path.subList(0, path.size() - 1), near);
            String hint = meant == null ? allowed(place) : "did you mean " + new KeyPath(meant) + "?";
            String message = "there is no setting " + new KeyPath(path);
            problems.addKey(Code.UNKNOWN_KEY, entry.keyAt(), entry.key().length(), message, hint);
        }

        private static List<String> names(Place place) {
            return place.children.keySet().stream()
                    .filter(key -> !Key.isWildcard(key))
                    .toList();
        }

        private static String allowed(Place place) {
            List<String> names = new ArrayList<>(new TreeSet<>(names(place)));
            return names.isEmpty() || names.size() > 30 ? "" : "here may stand: " + String.join(", ", names);
        }

        /** The same last word at another place of the same area, such as tls.starttls for starttls. */
        private @Nullable List<String> elsewhere(List<String> path) {
            for (Setting<?> setting : settings) {
                List<String> pattern = setting.key().segments();
                boolean sameEnds = pattern.getFirst().equals(path.getFirst())
                        && pattern.getLast().equals(path.getLast())
                        && !setting.key().pattern().contains(Key.EACH);
                if (sameEnds && pattern.size() > 1) {
                    return instance(pattern, path);
                }
            }
            return null;
        }

        private static List<String> instance(List<String> pattern, List<String> path) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < pattern.size(); i++) {
                String segment = pattern.get(i);
                all.add(Key.isWildcard(segment) && i < path.size() - 1 ? path.get(i) : segment);
            }
            return all;
        }

        private static List<String> append(List<String> path, String segment) {
            List<String> all = new ArrayList<>(path);
            all.add(segment);
            return all;
        }
    }
}
