package dev.nexthop.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlPosition;

/** The text of one file, with its lines. Lines that hold secrets are cut before anybody sees them. */
final class SourceText {
    private static final Pattern SECRET =
            Pattern.compile("(?i)(secret|passw(or)?d|private-?key|token|api-?key)[\\w-]*[\"']?\\s*=\\s?"
                    + "|://[^\\s/@\"']{0,200}:(?=[^\\s/\"']{0,500}@)");
    private static final int SHOWN = 160;
    private static final int BLOCK = 1024;

    private final String file;
    private final String text;
    private final int[] starts;
    private final BitSet insideStrings;
    private int[] counts = {};

    /**
     * Splits a text into lines.
     *
     * @param insideStrings the lines, from 0, that begin inside a string of several lines; they are never shown
     */
    SourceText(String file, String text, BitSet insideStrings) {
        this.file = file;
        this.text = text;
        this.insideStrings = insideStrings;
        List<Integer> found = new ArrayList<>();
        found.add(0);
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
            found.add(i + 1);
        }
        this.starts = found.stream().mapToInt(Integer::intValue).toArray();
    }

    String text() {
        return text;
    }

    String file() {
        return file;
    }

    /** The index of a place given by line and column, both from 1, the column in characters. */
    int index(int line, int column) {
        int from = starts[Math.clamp(line - 1, 0, starts.length - 1)];
        int index = from;
        for (int i = 1; i < column && index < text.length() && text.charAt(index) != '\n'; i++) {
            index += Character.charCount(text.codePointAt(index));
        }
        return index;
    }

    /** The index of a place of the parser, which counts in characters, too; 0 for none. */
    int index(@Nullable TomlPosition position) {
        return position == null ? 0 : index(position.line(), position.column());
    }

    /** The text of a line, from 0, without its end. */
    String lineText(int line) {
        int end = line + 1 < starts.length ? starts[line + 1] - 1 : text.length();
        return text.substring(starts[line], end);
    }

    /** Where a line, from 0, begins; behind the last one, where the text ends. */
    int start(int line) {
        return line < starts.length ? starts[line] : text.length();
    }

    int lines() {
        return starts.length;
    }

    /** Whether a line, from 0, begins inside a string. */
    boolean insideString(int line) {
        return insideStrings.get(line);
    }

    Origin origin(int index) {
        int line = line(index);
        int from = starts[line];
        int before = index - from <= BLOCK ? count(from, index) : characters(index) - characters(from);
        return new Origin(file, line + 1, before + 1);
    }

    /** How many characters stand before an index. A line may hold the whole file, so they are not counted each time. */
    private int characters(int index) {
        if (counts.length == 0) {
            counts = new int[text.length() / BLOCK + 1];
            for (int i = 1; i < counts.length; i++) {
                counts[i] = counts[i - 1] + count((i - 1) * BLOCK, i * BLOCK);
            }
        }
        int block = index / BLOCK;
        return counts[block] + count(block * BLOCK, index);
    }

    private int count(int from, int to) {
        int count = to - from;
        for (int i = Math.max(1, from); i < to; i++) {
            if (Character.isLowSurrogate(text.charAt(i)) && Character.isHighSurrogate(text.charAt(i - 1))) {
                count--;
            }
        }
        return count;
    }

    /** The line of an index, from 0. */
    int line(int index) {
        int found = Arrays.binarySearch(starts, index);
        return found >= 0 ? found : -found - 2;
    }

    /** A span with its line; with {@code keyOnly} the line ends at the equals sign behind the index. */
    Problem.Span span(int index, int length, boolean keyOnly) {
        int at = Math.clamp(index, 0, text.length());
        int line = line(at);
        return new Problem.Span(origin(at), Math.max(1, length), shown(line, at, keyOnly));
    }

    private String shown(int line, int at, boolean keyOnly) {
        if (insideStrings.get(line)) {
            return "";
        }
        int from = starts[line];
        int end = line + 1 < starts.length ? starts[line + 1] - 1 : text.length();
        String whole = text.substring(from, Math.min(end, from + 2 * SHOWN)).stripTrailing();
        Matcher secret = SECRET.matcher(whole);
        int cut = secret.find() ? secret.end() : whole.length();
        if (keyOnly) {
            int equals = whole.indexOf('=', Math.min(at - from, whole.length()));
            cut = equals < 0 ? cut : Math.min(cut, equals + 2);
        }
        cut = Math.min(Math.min(cut, SHOWN), whole.length());
        if (cut < whole.length() && Character.isHighSurrogate(whole.charAt(Math.max(0, cut - 1)))) {
            cut--;
        }
        return cut < whole.length() ? whole.substring(0, cut) + "…" : whole;
    }

    /** Whether the line around the index may hold a secret. */
    boolean secretLine(int index) {
        int line = line(Math.clamp(index, 0, text.length()));
        int end = line + 1 < starts.length ? starts[line + 1] - 1 : text.length();
        return insideStrings.get(line)
                || SECRET.matcher(text.substring(starts[line], end)).find();
    }
}
