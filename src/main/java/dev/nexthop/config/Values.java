package dev.nexthop.config;

import dev.nexthop.expr.Hidden;
import dev.nexthop.expr.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings of one file, read by their declarations. Remembers what is in force and where it comes from. */
final class Values {
    private static final String SECRET = "[secret]";

    private final Node.Table root;
    private final Problems problems;
    private final Map<String, Effective> effective = new LinkedHashMap<>();
    private final List<Hidden.Piece> macros = new ArrayList<>();
    private Set<String> hops = Set.of();

    Values(Node.Table root, Problems problems) {
        this.root = root;
        this.problems = problems;
    }

    Node.Table root() {
        return root;
    }

    Problems problems() {
        return problems;
    }

    /** The ids that rules may name as next hops from now on. */
    void hops(Set<String> ids) {
        hops = Scope.arranged(ids);
    }

    List<Effective> effective() {
        return List.copyOf(effective.values());
    }

    /** The value of a setting that has a default. A value that can't be read is reported, and the default is given. */
    <T> T value(Setting<T> setting, String... ids) {
        String text = setting.fallback().text().orElseThrow();
        return optional(setting, ids).orElseGet(() -> {
            remember(setting, text, text, Origin.DEFAULT, ids);
            return fallback(setting, text);
        });
    }

    /** The value of a setting whose default depends on other settings. */
    <T> T valueOr(Setting<T> setting, T derived, String shown, String... ids) {
        return optional(setting, ids).orElseGet(() -> {
            remember(setting, shown, shown(shown), Origin.DEFAULT, ids);
            return derived;
        });
    }

    /** The value of a setting, empty when it is not written or can't be read; the latter is reported. */
    <T> Optional<T> optional(Setting<T> setting, String... ids) {
        Node node = node(setting, ids);
        if (node == null) {
            return Optional.empty();
        }
        boolean secret = setting.traits().secret();
        KeyPath path = setting.key().with(ids);
        Reading reading = new Reading(path.toString(), secret, hops, problems, new ReadableSettings(root, effective));
        T value = setting.kind().read(node, reading);
        if (value != null) {
            remember(setting, node, ids);
        }
        return Optional.ofNullable(value);
    }

    /** The value of a setting that must be written. */
    <T> Optional<T> required(Setting<T> setting, int at, String hint, String... ids) {
        if (!given(setting, ids)) {
            missing(setting.key().with(ids) + " is not set", at, hint);
        }
        return optional(setting, ids);
    }

    /** Reports that something is not written, unless the file has parts that could not be read. */
    void missing(String message, int at, String hint) {
        if (isWhole(at)) {
            problems.addKey(Code.MISSING, at, 1, message, hint);
        }
    }

    /** Whether the tables at these places could be read to their ends, so that what is missing there is missing. */
    boolean isWhole(int... places) {
        return Arrays.stream(places).noneMatch(problems::isIncomplete);
    }

    boolean given(Setting<?> setting, String... ids) {
        return node(setting, ids) != null;
    }

    @Nullable
    Node node(Setting<?> setting, String... ids) {
        return setting.key().with(ids).find(root);
    }

    /** Where a setting is written; where its table begins, or the beginning of the file, when it is not. */
    int at(Setting<?> setting, String... ids) {
        KeyPath path = setting.key().with(ids);
        for (int i = path.segments().size(); i > 0; i--) {
            Node node = new KeyPath(path.segments().subList(0, i)).find(root);
            if (node != null) {
                return node.at();
            }
        }
        return 0;
    }

    /** A path as this process finds it: a relative one begins at the folder of the file in which the setting is written. */
    Path resolve(Path path, Setting<?> setting, String... ids) {
        return problems.source().resolve(at(setting, ids), path);
    }

    /** Reports a problem with the value of a setting. */
    void wrong(Setting<?> setting, Code code, String message, String hint, String... ids) {
        Node node = node(setting, ids);
        if (node == null) {
            problems.addKey(code, at(setting, ids), 1, message, hint);
        } else {
            new Reading(setting.key().with(ids).toString(), setting.traits().secret(), hops, problems)
                    .wrong(node, code, message, hint);
        }
    }

    /** Reports a value that is there already. */
    void twice(Node second, Node first, Code code, String message, String hint) {
        Reading reading = new Reading("", false, hops, problems);
        reading.wrong(
                second,
                code,
                message,
                hint,
                List.of(new Problem.Related(problems.source().origin(Reading.at(first)), "first defined here")));
    }

    /** An item of a list; the list, or the single value, when the item is not found in it. */
    @Nullable
    Node item(Setting<?> setting, String item, String... ids) {
        Node found = node(setting, ids);
        List<Node> items = switch (found) {
            case Node.Items list -> list.items();
            case Node.Scalar scalar -> Texts.items(scalar);
            case Node.Table _, Node.Broken _ -> List.of();
            case null -> List.of();
        };
        for (Node one : items) {
            found = one instanceof Node.Scalar scalar && scalar.text().equals(item) ? one : found;
        }
        return found;
    }

    /** Reports a problem with one item of a list; with the list when the item is not found in it. */
    void wrongItem(Setting<?> setting, String item, Code code, String message, String... ids) {
        Node found = item(setting, item, ids);
        if (found != null) {
            new Reading(setting.key().with(ids).toString(), setting.traits().secret(), hops, problems)
                    .wrong(found, code, message, "");
        }
    }

    /** The ids below a table, in the order of the file. */
    List<String> ids(String... path) {
        return switch (new KeyPath(List.of(path)).find(root)) {
            case Node.Table table -> List.copyOf(table.entries().keySet());
            case Node.Items items -> {
                List<String> numbers = new ArrayList<>();
                for (int i = 0; i < items.items().size(); i++) {
                    numbers.add(Integer.toString(i));
                }
                yield numbers;
            }
            case Node.Scalar _, Node.Broken _ -> List.of();
            case null -> List.of();
        };
    }

    /** The place of a table. */
    int place(String... path) {
        Node node = new KeyPath(List.of(path)).find(root);
        return node == null ? 0 : node.at();
    }

    private void remember(Setting<?> setting, Node node, String... ids) {
        hide(node);
        remember(setting, text(node, false), text(node, true), problems.source().origin(node.at()), ids);
    }

    /** Remembers what is in force; what is shown of it may be less. */
    private void remember(Setting<?> setting, String value, String shown, Origin origin, String... ids) {
        String key = setting.key().with(ids).toString();
        boolean secret = setting.traits().secret();
        boolean marked = secret || !shown.equals(value);
        effective.put(key, new Effective(key, secret ? SECRET : shown, origin, marked ? Mark.of(value) : 0));
    }

    private void hide(Node node) {
        if (node instanceof Node.Scalar scalar && scalar.expanded()) {
            macros.add(new Hidden.Piece(0, scalar.text(), scalar.raw()));
        }
    }

    /** A default that was made of other settings, without what macros yielded. */
    private String shown(String derived) {
        return new Hidden(macros).clean(derived);
    }

    static <T> T fallback(Setting<T> setting, String text) {
        Problems unused = new Problems(Sources.of("default", text));
        Node node = new Node.Scalar(0, Node.Form.STRING, text, Spelling.flat(0, text.length()), text);
        T value = setting.kind().read(node, new Reading(setting.key().pattern(), false, Set.of(), unused));
        if (value == null) {
            throw new IllegalStateException("the default of " + setting.key() + ": " + unused.sorted());
        }
        return value;
    }

    /** A value as a person would write it; shown = with macros as they are written. */
    static String text(Node node, boolean shown) {
        return switch (node) {
            case Node.Scalar scalar -> shown ? scalar.raw() : scalar.text();
            case Node.Items items
            when RuleText.looksLikeRules(items) ->
                items.items().stream().map(item -> text(item, shown)).collect(Collectors.joining("; "));
            case Node.Items items ->
                items.items().stream().map(item -> text(item, shown)).collect(Collectors.joining(", ", "[", "]"));
            case Node.Table table ->
                table.entries().values().stream()
                        .map(entry -> entry.key() + " " + text(entry.node(), shown))
                        .collect(Collectors.joining(" "));
            case Node.Broken _ -> "";
        };
    }
}
