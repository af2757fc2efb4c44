package dev.nexthop.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@code %{env:X}%}, {@code %{file:/p}%} and {@code %{cfg:key}%} in every text. A macro may stand in the argument of
 * another, so that an environment variable can name a file; what a macro yields is never searched for macros again.
 */
final class Macros {
    /** The largest file that a macro reads, in octets. */
    static final int MAX_FILE = 1024 * 1024;

    private static final int MAX_NESTING = 8;
    private static final int MAX_CHAIN = 16;
    private static final int MAX_TEXT = 2 * MAX_FILE;

    private final Problems problems;
    private final Surroundings surroundings;
    private final Node.Table root;
    private final Set<String> chain = new LinkedHashSet<>();
    private final Map<String, Optional<String>> done = new HashMap<>();

    /** Macros of the files that the root was made of; a relative path begins at the folder of its file. */
    Macros(Node.Table root, Problems problems, Surroundings surroundings) {
        this.root = root;
        this.problems = problems;
        this.surroundings = surroundings;
    }

    /** The same tree with every macro replaced. */
    Node.Table expand() {
        return table(root);
    }

    private Node.Table table(Node.Table table) {
        if (!holdsMacro(table)) {
            return table;
        }
        LinkedHashMap<String, Node.Entry> entries = new LinkedHashMap<>();
        table.entries()
                .forEach((key, entry) -> entries.put(key, new Node.Entry(entry.keyAt(), key, node(entry.node()))));
        return new Node.Table(table.at(), entries);
    }

    private static boolean holdsMacro(Node node) {
        return switch (node) {
            case Node.Table table -> table.entries().values().stream().anyMatch(entry -> holdsMacro(entry.node()));
            case Node.Items items -> items.items().stream().anyMatch(Macros::holdsMacro);
            case Node.Scalar scalar -> scalar.text().contains("%{");
            case Node.Broken _ -> false;
        };
    }

    /** The same part of the tree with every macro replaced. */
    Node node(Node node) {
        return switch (node) {
            case Node.Table table -> table(table);
            case Node.Items items when !holdsMacro(items) -> items;
            case Node.Items items ->
                new Node.Items(
                        items.at(), items.items().stream().map(this::node).toList(), items.headed());
            case Node.Scalar scalar -> holdsMacro(scalar) ? scalar(scalar) : scalar;
            case Node.Broken broken -> broken;
        };
    }

    private Node scalar(Node.Scalar scalar) {
        Output output = new Output(scalar);
        if (!new Expansion(scalar, output).run()) {
            return new Node.Broken(scalar.at());
        }
        return new Node.Scalar(scalar.at(), scalar.form(), output.text.toString(), output.spelling, scalar.raw());
    }

    /** The text that grows, and where its characters come from. */
    private static final class Output {
        final StringBuilder text = new StringBuilder();
        final Spelling spelling = new Spelling();

        Output(Node.Scalar scalar) {
            spelling.end(scalar.at());
        }

        void add(String more, int place, String macro) {
            spelling.macro(more, macro);
            for (int i = 0; i < more.length(); i++) {
                spelling.add(place);
            }
            text.append(more);
        }
    }

    /** One walk over one text. */
    private final class Expansion {
        private final Node.Scalar scalar;
        private final Output output;
        private final String text;

        Expansion(Node.Scalar scalar, Output output) {
            this.scalar = scalar;
            this.output = output;
            this.text = scalar.text();
        }

        /** False when the text can't be had; why has been said. */
        boolean run() {
            int at = 0;
            while (at < text.length()) {
                int colon = macroAt(at);
                if (colon < 0) {
                    output.text.append(text.charAt(at));
                    output.spelling.add(scalar.spelling().place(at));
                    at++;
                    continue;
                }
                StringBuilder value = new StringBuilder();
                int end = macro(at, colon, value, 1);
                if (end < 0 || output.text.length() + value.length() > MAX_TEXT) {
                    if (end >= 0) {
                        fault(at, "the value is too long with its macros");
                    }
                    return false;
                }
                output.add(value.toString(), scalar.spelling().place(at), text.substring(at, end));
                at = end;
            }
            return true;
        }

        /** The index of the colon of a macro that begins here, -1 when none does. */
        private int macroAt(int at) {
            if (!text.startsWith("%{", at)) {
                return -1;
            }
            int colon = at + 2;
            while (colon < text.length() && text.charAt(colon) >= 'a' && text.charAt(colon) <= 'z') {
                colon++;
            }
            return colon > at + 2 && colon < text.length() && text.charAt(colon) == ':' ? colon : -1;
        }

        /** Appends the value of the macro and gives the index behind it; -1 when it has none. */
        private int macro(int start, int colon, StringBuilder value, int nesting) {
            if (nesting > MAX_NESTING) {
                return fault(start, "macros are nested more than " + MAX_NESTING + " deep");
            }
            StringBuilder argument = new StringBuilder();
            int at = colon + 1;
            while (!text.startsWith("}%", at)) {
                if (at >= text.length()) {
                    return fault(start, "the macro has no end: '}%' is missing");
                }
                int inner = macroAt(at);
                if (inner < 0) {
                    argument.append(text.charAt(at++));
                } else {
                    at = macro(at, inner, argument, nesting + 1);
                    if (at < 0) {
                        return -1;
                    }
                }
            }
            String kind = text.substring(start + 2, colon);
            String found = switch (kind) {
                case "env" -> environment(start, argument.toString());
                case "file" -> file(start, argument.toString());
                case "cfg" -> setting(start, argument.toString());
                default -> {
                    fault(start, "there is no macro '" + kind + "'; there are env, file and cfg");
                    yield null;
                }
            };
            if (found == null) {
                return -1;
            }
            value.append(found);
            return at + 2;
        }

        private @Nullable String environment(int start, String name) {
            String value = name.isEmpty() || name.indexOf('\0') >= 0
                    ? null
                    : surroundings.environment().apply(name);
            if (value == null) {
                fault(start, "the environment variable '" + name + "' is not set");
            }
            return value;
        }

        private @Nullable String file(int start, String name) {
            try {
                Path path = Path.of(name.startsWith("//") ? name.substring(2) : name);
                Path whole = problems.source().resolve(scalar.at(), path);
                if (name.isEmpty() || !Files.exists(whole)) {
                    fault(start, "the file '" + name + "' does not exist");
                    return null;
                }
                if (!Files.isRegularFile(whole)) {
                    fault(start, "'" + name + "' is not a regular file");
                    return null;
                }
                return content(start, name, whole);
            } catch (InvalidPathException e) {
                fault(start, "'" + name + "' is not a path");
                return null;
            }
        }

        private @Nullable String content(int start, String name, Path path) {
            try (InputStream in = Files.newInputStream(path)) {
                byte[] octets = in.readNBytes(MAX_FILE + 1);
                if (octets.length > MAX_FILE) {
                    fault(start, "the file '" + name + "' is larger than " + MAX_FILE + " octets");
                    return null;
                }
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(octets))
                        .toString();
                // Editors end a file with one line end; it belongs to the file, not to the value.
                int end = text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
                return text.substring(0, text.length() - end);
            } catch (CharacterCodingException e) {
                fault(start, "the file '" + name + "' is not UTF-8");
            } catch (IOException e) {
                fault(start, "the file '" + name + "' can't be read: " + ConfigFile.reason(e));
            }
            return null;
        }

        private @Nullable String setting(int start, String name) {
            KeyPath path = KeyPath.parse(name);
            Node node = path == null ? null : path.find(root);
            if (!(node instanceof Node.Scalar found)) {
                String what = node == null ? "has no value in this file" : "is " + node.noun() + ", not a single value";
                fault(start, "the setting '" + name + "' " + what);
                return null;
            }
            if (chain.contains(name) || chain.size() >= MAX_CHAIN) {
                List<String> circle = new ArrayList<>(chain);
                circle.add(name);
                fault(start, "cfg macros lead in a circle, or too far: " + String.join(" → ", circle));
                return null;
            }
            Optional<String> known = done.get(name);
            if (known == null) {
                chain.add(name);
                boolean plain = !found.text().contains("%{");
                Node value = plain ? found : scalar(found);
                known = value instanceof Node.Scalar whole ? Optional.of(whole.text()) : Optional.empty();
                chain.remove(name);
                done.put(name, known);
            }
            return known.orElse(null);
        }

        private int fault(int start, String message) {
            int end = text.indexOf("}%", start);
            int count = Math.max(1, (end < 0 ? text.length() : end + 2) - start);
            problems.add(
                    Code.MACRO,
                    scalar.spelling().place(start),
                    scalar.spelling().width(start, count),
                    message);
            return -1;
        }
    }
}
