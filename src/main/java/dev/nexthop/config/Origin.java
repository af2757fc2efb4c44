package dev.nexthop.config;

import java.util.Comparator;

/**
 * Where something is written.
 *
 * @param file the file's name as the operator gave it; {@code default} for what nobody wrote
 * @param line from 1; 0 when only the file is known
 * @param column from 1, in characters; 0 when only the file is known
 */
public record Origin(String file, int line, int column) implements Comparable<Origin> {
    /** Nobody wrote it. */
    public static final Origin DEFAULT = new Origin("default", 0, 0);

    private static final Comparator<Origin> ORDER =
            Comparator.comparing(Origin::file).thenComparingInt(Origin::line).thenComparingInt(Origin::column);

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line + ":" + column;
    }
}
