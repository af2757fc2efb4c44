package dev.nexthop.config;

import java.util.List;

/**
 * Something wrong, without effect or doubtful in the configuration. It never holds a secret.
 *
 * @param code which kind of problem
 * @param span where
 * @param message what is wrong, one sentence without a full stop
 * @param hint what is allowed or was perhaps meant; empty when there is nothing to say
 * @param related other places that matter
 */
public record Problem(Code code, Span span, String message, String hint, List<Related> related) {
    /** Copies the list. */
    public Problem {
        related = List.copyOf(related);
    }

    /**
     * A place in the text, as it is shown.
     *
     * @param origin where it begins
     * @param length how many characters it covers, at least 1
     * @param line the text of its line, cut where a secret begins; empty when there is no line to show
     */
    public record Span(Origin origin, int length, String line) {}

    /**
     * Another place.
     *
     * @param origin where
     * @param message what is there
     */
    public record Related(Origin origin, String message) {}

    /**
     * What it means for the server.
     *
     * @return the severity of the code
     */
    public Severity severity() {
        return code.severity();
    }

    /**
     * Where it is.
     *
     * @return the beginning of the span
     */
    public Origin origin() {
        return span.origin();
    }

    /**
     * The problem as a person reads it: place and message, the line with a caret below, the hint, other places.
     *
     * @return some lines, without a line end after the last
     */
    public String render() {
        StringBuilder text = new StringBuilder();
        text.append(span.origin())
                .append(": ")
                .append(severity().word())
                .append(' ')
                .append(code.id())
                .append(": ")
                .append(message);
        String gutter =
                " ".repeat(Math.max(4, Integer.toString(span.origin().line()).length() + 1));
        if (!span.line().isEmpty()) {
            excerpt(text, gutter);
        }
        if (!hint.isEmpty()) {
            text.append('\n').append(gutter).append(" = ").append(hint);
        }
        for (Related other : related) {
            text.append('\n')
                    .append(gutter)
                    .append(" = ")
                    .append(other.origin())
                    .append(": ")
                    .append(other.message());
        }
        return text.toString();
    }

    private void excerpt(StringBuilder text, String gutter) {
        String number = Integer.toString(span.origin().line());
        text.append('\n').append(" ".repeat(gutter.length() - number.length()));
        text.append(number).append(" | ").append(span.line());
        text.append('\n').append(gutter).append(" | ");
        int[] characters = span.line().codePoints().toArray();
        int before = Math.min(span.origin().column() - 1, characters.length);
        int behind = Math.min(before + span.length(), characters.length);
        text.append(Columns.blank(characters, before));
        text.append("^".repeat(Columns.width(characters, before, behind)));
    }
}
