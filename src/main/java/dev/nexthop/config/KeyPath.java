package dev.nexthop.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path of a setting in a file; items of lists are numbers.
 *
 * @param segments at least one
 */
record KeyPath(List<String> segments) {
    KeyPath {
        segments = List.copyOf(segments);
    }

    /** Reads {@code a.b."c.d"}; null when it is nothing of that form. */
    static @Nullable KeyPath parse(String text) {
        List<String> segments = new ArrayList<>();
        int at = 0;
        while (at <= text.length()) {
            boolean quoted = text.startsWith("\"", at);
            int end = quoted ? text.indexOf('"', at + 1) : text.indexOf('.', at);
            if (quoted && end < 0) {
                return null;
            }
            end = end < 0 ? text.length() : end;
            String segment = text.substring(quoted ? at + 1 : at, end);
            at = quoted ? end + 1 : end;
            if (segment.isEmpty() || at < text.length() && text.charAt(at) != '.') {
                return null;
            }
            segments.add(segment);
            at++;
        }
        return segments.isEmpty() ? null : new KeyPath(segments);
    }

    /** The node at the path, null when there is none. */
    @Nullable
    Node find(Node.Table root) {
        Node node = root;
        for (String segment : segments) {
            Node.Entry entry =
                    node instanceof Node.Table table ? table.entries().get(segment) : null;
            Node item = node instanceof Node.Items items ? item(items, segment) : null;
            if (entry == null && item == null) {
                return null;
            }
            node = entry == null ? item : entry.node();
        }
        return node;
    }

    private static @Nullable Node item(Node.Items items, String segment) {
        boolean number = !segment.isEmpty() && segment.length() < 7;
        for (int i = 0; number && i < segment.length(); i++) {
            number = segment.charAt(i) >= '0' && segment.charAt(i) <= '9';
        }
        int index = number ? Integer.parseInt(segment) : -1;
        return index >= 0 && index < items.items().size() ? items.items().get(index) : null;
    }

    /** The path as one writes it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (String segment : segments) {
            text.append(text.isEmpty() ? "" : ".").append(quoted(segment));
        }
        return text.toString();
    }

    static String quoted(String segment) {
        boolean bare = !segment.isEmpty();
        for (int i = 0; bare && i < segment.length(); i++) {
            bare = Token.bare(segment.charAt(i));
        }
        return bare ? segment : '"' + segment + '"';
    }
}
