package dev.nexthop.expr;

import java.util.List;

/**
 * The parts of an expression's text that macros yielded. They may be secrets: people are shown the macros instead.
 *
 * @param pieces the parts, in the order of the text
 */
public record Hidden(List<Piece> pieces) {
    /** Nothing came from a macro. */
    public static final Hidden NONE = new Hidden(List.of());

    /** A text shorter than this is no secret, and may stand in a message by chance. */
    private static final int LEAST = 3;

    private static final String MASK = "…";

    /** Copies the list. */
    public Hidden {
        pieces = List.copyOf(pieces);
    }

    /**
     * What one macro yielded.
     *
     * @param start where it begins in the expression's text
     * @param text what the macro yielded
     * @param shown the macro as written
     */
    public record Piece(int start, String text, String shown) {
        int end() {
            return start + text.length();
        }

        @Override
        public String toString() {
            return shown;
        }
    }

    /**
     * A part of a text with its macros as they are written.
     *
     * @param text the whole text
     * @param start where the part begins
     * @param end behind its last character
     */
    String slice(String text, int start, int end) {
        StringBuilder shown = new StringBuilder();
        int at = start;
        for (Piece piece : pieces) {
            boolean empty = piece.text.isEmpty() && piece.start >= start && piece.start <= end;
            if (empty || piece.start < end && piece.end() > start) {
                shown.append(text, at, Math.max(at, piece.start)).append(piece.shown);
                at = Math.max(at, piece.end());
            }
        }
        return at < end ? shown.append(text, at, end).toString() : shown.toString();
    }

    /**
     * A text with its macros as they are written.
     *
     * @param text the whole text
     */
    public String slice(String text) {
        return slice(text, 0, text.length());
    }

    /**
     * Whether a macro yielded characters of a part of the text, or some beside it.
     *
     * @param start where the part begins
     * @param end behind its last character
     */
    public boolean touches(int start, int end) {
        return pieces.stream().anyMatch(piece -> piece.start <= end && piece.end() >= start);
    }

    /**
     * A message without what macros yielded.
     *
     * @param message any text
     * @return the text with the macros as written
     */
    public String clean(String message) {
        String cleaned = message;
        for (Piece piece : pieces) {
            cleaned = piece.text.length() < LEAST ? cleaned : cleaned.replace(piece.text, piece.shown);
        }
        return cleaned;
    }

    /** What was read under a label: of a call that a macro is a part of, only the truth. */
    String value(String label, String value) {
        boolean truth = value.equals("true") || value.equals("false");
        boolean made = label.endsWith("…") || pieces.stream().anyMatch(piece -> label.contains(piece.shown));
        return !pieces.isEmpty() && made && !truth ? MASK : value;
    }

    /** A capture: one of what a macro yielded is not shown, nor one that holds it. */
    String capture(String text) {
        boolean part = text.length() >= LEAST && pieces.stream().anyMatch(piece -> piece.text.contains(text));
        return part ? MASK : clean(text);
    }
}
