package dev.nexthop.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file and those that it includes, and makes one tree of them. {@code include} stands at the top of a file; its paths
 * begin at the folder of that file. A table may be written in parts over several files, a key only once.
 */
final class Includes {
    /** How deep files may include others. */
    static final int MAX_DEPTH = 8;

    /** How many files a configuration may have. */
    static final int MAX_FILES = 1_000;

    /** How many characters all files together may have. */
    static final int MAX_LENGTH = 64 * 1024 * 1024;

    private static final String KEY = "include";

    private final Surroundings surroundings;
    private final Problems problems = new Problems(new Sources());
    private final Map<Path, Integer> included = new LinkedHashMap<>();
    private final List<Chained> chain = new ArrayList<>();
    private boolean full;

    /** A file that is being read: as it is shown, and as the file system knows it. */
    private record Chained(Path shown, Path real) {}

    /** A path that was asked for, and where. */
    private record Wish(Node.Scalar at, Path shown, Path path) {}

    private Includes(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Reads a file with everything that it includes. */
    static ConfigFile.Parsed read(Path path, Surroundings surroundings) {
        Includes includes = new Includes(surroundings);
        byte[] octets;
        try {
            octets = octets(path);
        } catch (IOException e) {
            includes.problems.add(
                    ConfigFile.whole(path.toString(), "the configuration can't be read: " + ConfigFile.reason(e)));
            return new ConfigFile.Parsed(Node.empty(), includes.problems);
        }
        if (othersMayRead(path)) {
            includes.problems.source().share(0);
        }
        return includes.parsed(path.toString(), octets, path.toAbsolutePath().getParent(), real(path));
    }

    /** Reads the text of a file with everything that it includes. */
    static ConfigFile.Parsed parse(String name, byte[] octets, @Nullable Path folder, Surroundings surroundings) {
        Path path = folder == null ? Path.of("") : folder.resolve("\u0001"); // no file of this name is ever included
        return new Includes(surroundings).parsed(name, octets, folder, path);
    }

    private ConfigFile.Parsed parsed(String name, byte[] octets, @Nullable Path folder, Path real) {
        Path shown = shownFolder(name);
        chain.add(new Chained(shown.resolve(name), real));
        Node.Table own = ConfigFile.parse(name, octets, folder, problems);
        return new ConfigFile.Parsed(with(own, shown, folder), problems);
    }

    private static Path shownFolder(String name) {
        try {
            Path parent = Path.of(name).getParent();
            return parent == null ? Path.of("") : parent;
        } catch (InvalidPathException e) {
            return Path.of(""); // the name is no path, and only shown
        }
    }

    private static byte[] octets(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(ConfigFile.MAX_OCTETS + 1);
        }
    }

    private static boolean othersMayRead(Path path) {
        try {
            return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // A file system without such permissions: nobody can say.
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize(); // it can't be read either, which is said elsewhere
        }
    }

    /** The table of a file, with those of the files that it includes. */
    private Node.Table with(Node.Table own, Path shown, @Nullable Path folder) {
        Node.Entry entry = own.entries().remove(KEY);
        if (entry == null) {
            return own;
        }
        Node node = new Macros(own, problems, surroundings).node(entry.node());
        for (Node.Scalar wish : wishes(node)) {
            for (Wish one : found(wish, shown, folder)) {
                file(one).ifPresent(table -> new Merger(problems).into(own, table, List.of()));
            }
        }
        return own;
    }

    private List<Node.Scalar> wishes(Node node) {
        List<Node.Scalar> all = new ArrayList<>();
        List<Node> nodes = node instanceof Node.Items items ? items.items() : List.of(node);
        for (Node one : nodes) {
            if (one instanceof Node.Scalar scalar
                    && scalar.form() == Node.Form.STRING
                    && !scalar.text().isBlank()) {
                all.add(scalar);
            } else if (one instanceof Node.Broken) {
                problems.incomplete();
            } else {
                new Reading(KEY, false, java.util.Set.of(), problems)
                        .wrong(one, Code.SHAPE, "include is a list of paths, but here stands " + one.noun(), "");
            }
        }
        return all;
    }

    private List<Wish> found(Node.Scalar wish, Path shown, @Nullable Path folder) {
        Path base = folder == null ? Path.of("") : folder;
        try {
            List<Path> paths = FilePattern.find(base, wish.text(), MAX_FILES);
            if (paths.isEmpty()) {
                refuse(wish, Code.EMPTY_INCLUDE, "no file matches '" + wish.text() + "'", "");
            }
            return paths.stream()
                    .map(path ->
                            new Wish(wish, shown.resolve(base.relativize(path)).normalize(), path))
                    .toList();
        } catch (IOException e) {
            incomplete(wish, "'" + wish.text() + "' can't be searched: " + ConfigFile.reason(e), "");
        } catch (IllegalArgumentException e) {
            incomplete(wish, "'" + wish.text() + "' is not a path or a pattern of paths", "");
        }
        return List.of();
    }

    private Optional<Node.Table> file(Wish wish) {
        Path real = real(wish.path());
        if (circle(wish, real) || twice(wish, real) || full(wish)) {
            return Optional.empty();
        }
        included.put(real, wish.at().at());
        byte[] octets;
        try {
            if (!Files.isRegularFile(wish.path()) && Files.exists(wish.path())) {
                incomplete(wish.at(), "'" + wish.shown() + "' is not a regular file", folderHint(wish));
                return Optional.empty();
            }
            octets = octets(wish.path());
        } catch (IOException e) {
            incomplete(wish.at(), "'" + wish.shown() + "' can't be included: " + ConfigFile.reason(e), "");
            return Optional.empty();
        }
        if (othersMayRead(wish.path())) {
            problems.source().share(problems.source().files());
        }
        Node.Table own =
                ConfigFile.parse(wish.shown().toString(), octets, wish.path().getParent(), problems);
        chain.add(new Chained(wish.shown(), real));
        Path shown = wish.shown().getParent();
        Node.Table whole =
                with(own, shown == null ? Path.of("") : shown, wish.path().getParent());
        chain.removeLast();
        return Optional.of(whole);
    }

    private static String folderHint(Wish wish) {
        return Files.isDirectory(wish.path())
                ? "for all files in it, write \"" + wish.at().text() + "/*.toml\""
                : "";
    }

    private boolean circle(Wish wish, Path real) {
        for (int i = 0; i < chain.size(); i++) {
            if (chain.get(i).real().equals(real)) {
                StringBuilder circle = new StringBuilder();
                chain.subList(i, chain.size())
                        .forEach(file -> circle.append(file.shown()).append(" → "));
                incomplete(
                        wish.at(),
                        "files include each other in a circle: " + circle + wish.shown(),
                        "keep included files in a folder of their own");
                return true;
            }
        }
        return false;
    }

    private boolean twice(Wish wish, Path real) {
        Integer before = included.get(real);
        if (before == null) {
            return false;
        }
        Spelling place = wish.at().spelling();
        problems.add(new Problem(
                Code.INCLUDE,
                problems.source().span(place.place(0), place.width(0, place.length()), false),
                "'" + wish.shown() + "' is included twice",
                "keep one of the two",
                List.of(new Problem.Related(problems.source().origin(before), "it is included here first"))));
        return true;
    }

    /** Says once that there is too much. */
    private boolean full(Wish wish) {
        if (chain.size() > MAX_DEPTH) {
            incomplete(wish.at(), "files include others more than " + MAX_DEPTH + " deep", "");
            return true;
        }
        String limit = problems.source().files() >= MAX_FILES
                ? MAX_FILES + " files"
                : problems.source().length() > MAX_LENGTH ? MAX_LENGTH + " characters" : "";
        if (!limit.isEmpty() && !full) {
            full = true;
            incomplete(wish.at(), "the configuration has more than " + limit, "");
        }
        return !limit.isEmpty();
    }

    private void incomplete(Node.Scalar wish, String message, String hint) {
        problems.incomplete();
        refuse(wish, Code.INCLUDE, message, hint);
    }

    private void refuse(Node.Scalar wish, Code code, String message, String hint) {
        new Reading(KEY, false, java.util.Set.of(), problems).wrong(wish, code, message, hint);
    }
}
