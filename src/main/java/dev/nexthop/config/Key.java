package dev.nexthop.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The name of a setting, such as {@code remote.<id>.port} or {@code directory.<id>.principals[].email}: {@code <…>} stands for
 * any id, {@code []} for each table of a list.
 *
 * @param pattern the name
 * @param segments its parts, with {@code []} as a part of its own
 */
public record Key(String pattern, List<String> segments) {
    /** What stands for each table of a list. */
    static final String EACH = "[]";

    /** Copies the list. */
    public Key {
        segments = List.copyOf(segments);
    }

    /**
     * Cuts a name into its parts.
     *
     * @param pattern the name
     */
    public Key(String pattern) {
        this(pattern, cut(pattern));
    }

    private static List<String> cut(String pattern) {
        List<String> all = new ArrayList<>();
        for (String segment : pattern.split("\\.")) {
            boolean each = segment.endsWith(EACH);
            all.add(each ? segment.substring(0, segment.length() - EACH.length()) : segment);
            if (each) {
                all.add(EACH);
            }
        }
        return all;
    }

    static boolean isWildcard(String segment) {
        return segment.startsWith("<") || segment.equals(EACH);
    }

    /** The path with these ids in the place of the wildcards. */
    KeyPath with(String... ids) {
        List<String> path = new ArrayList<>(segments.size());
        int used = 0;
        for (String segment : segments) {
            path.add(isWildcard(segment) ? ids[used++] : segment);
        }
        return new KeyPath(path);
    }

    @Override
    public String toString() {
        return pattern;
    }
}
