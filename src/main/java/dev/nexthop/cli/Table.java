package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text under aligned columns; the last column is as long as it likes. */
final class Table {
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        this.header = List.of(header);
    }

    void row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException("a row has " + header.size() + " cells, not " + cells.length);
        }
        rows.add(List.of(cells));
    }

    void print(PrintWriter out) {
        int[] width = new int[header.size()];
        for (int column = 0; column < width.length; column++) {
            width[column] = header.get(column).length();
            for (List<String> row : rows) {
                width[column] = Math.max(width[column], row.get(column).length());
            }
        }
        line(out, header, width);
        rows.forEach(row -> line(out, row, width));
    }

    private static void line(PrintWriter out, List<String> cells, int[] width) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < width.length; column++) {
            String cell = printable(cells.get(column));
            line.append(cell);
            if (column < width.length - 1) {
                line.repeat(' ', width[column] - cell.length() + 2);
            }
        }
        out.println(line.toString().stripTrailing());
    }

    /** Words of remote servers reach a terminal here: none of them may steer it. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) ? ' ' : c);
        }
        return clean.toString();
    }
}
