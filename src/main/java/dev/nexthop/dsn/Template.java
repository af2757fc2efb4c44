package dev.nexthop.dsn;

import java.util.List;
import java.util.Map;

/**
 * A text with slots. What is put into a slot is never read as a template: it is cleaned, bounded and stands in one paragraph.
 *
 * @param paragraphs the pieces of each paragraph, at least one
 */
record Template(List<List<Piece>> paragraphs) {
    /** What a slot takes, in characters; more is cut. */
    static final int MOST_FILLED = 700;

    /** A piece of a template. */
    sealed interface Piece {
        /** Words as they are. */
        record Words(String words) implements Piece {}

        /** A slot. */
        record Hole(Slot slot) implements Piece {}
    }

    Template {
        paragraphs = paragraphs.stream().map(List::copyOf).toList();
    }

    /** The paragraphs, each without a line end. */
    List<String> fill(Map<Slot, String> values) {
        return paragraphs.stream().map(pieces -> paragraph(pieces, values)).toList();
    }

    /** The same in one line. */
    String line(Map<Slot, String> values) {
        return String.join(" ", fill(values));
    }

    private static String paragraph(List<Piece> pieces, Map<Slot, String> values) {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            switch (piece) {
                case Piece.Words words -> text.append(words.words());
                case Piece.Hole hole -> text.append(bounded(values.getOrDefault(hole.slot(), "")));
            }
        }
        return text.toString();
    }

    /** Without what could move or hide the words around it (Unicode TR 36 §2.5: marks of direction). */
    private static String bounded(String value) {
        String clean = Lines.still(value);
        boolean cut = clean.length() > MOST_FILLED;
        int end =
                cut ? MOST_FILLED - (Character.isHighSurrogate(clean.charAt(MOST_FILLED - 1)) ? 1 : 0) : clean.length();
        return cut ? clean.substring(0, end) + "..." : clean;
    }
}
