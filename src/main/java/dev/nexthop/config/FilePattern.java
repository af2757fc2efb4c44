package dev.nexthop.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds the files of a path in which {@code *}, {@code ?}, {@code [a-z]} and {@code {a,b}} may stand, but not for a slash. */
final class FilePattern {
    private static final Pattern SPECIAL = Pattern.compile("[*?\\[{]");

    private FilePattern() {}

    /**
     * Finds files.
     *
     * @param folder where a relative path begins
     * @param limit how many files at most
     * @return the path itself when nothing special stands in it, whether it exists or not; else what there is, sorted by name
     * @throws IOException a folder can't be read
     * @throws IllegalArgumentException it is no path and no pattern
     */
    static List<Path> find(Path folder, String pattern, int limit) throws IOException {
        if (!SPECIAL.matcher(pattern).find()) {
            return List.of(folder.resolve(Path.of(pattern)).normalize());
        }
        List<Path> found = new ArrayList<>();
        found.add(pattern.startsWith("/") ? Path.of("/") : folder);
        for (String name : pattern.split("/")) {
            List<Path> next = new ArrayList<>();
            for (Path path : found) {
                if (name.isEmpty() || name.equals(".")) {
                    next.add(path);
                } else if (SPECIAL.matcher(name).find()) {
                    matching(path, name, limit + 1 - next.size(), next);
                } else {
                    next.add(path.resolve(name).normalize());
                }
            }
            found = next;
        }
        return found.stream().filter(Files::exists).limit(limit + 1L).toList();
    }

    private static void matching(Path folder, String name, int limit, List<Path> found) throws IOException {
        PathMatcher matcher = folder.getFileSystem().getPathMatcher("glob:" + name);
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> here = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path path : all) {
                Path last = path.getFileName();
                // As in a shell, what begins with a dot is not meant: editors keep their copies there.
                boolean hidden = last.toString().startsWith(".") && !name.startsWith(".");
                if (!hidden && matcher.matches(last)) {
                    here.add(path);
                }
            }
        }
        here.stream().sorted().limit(Math.max(0, limit)).forEach(found::add);
    }
}
