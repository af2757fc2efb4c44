package dev.nexthop.dsn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report as a program that receives it reads it; shares nothing with what writes it. Refuses what the standards do. */
public record ParsedReport(Map<String, String> header, List<Part> parts) {
    /** One part; names of fields in lower case. */
    public record Part(Map<String, String> header, String content) {
        /** The type without its parameters. */
        public String type() {
            return header.getOrDefault("content-type", "text/plain")
                    .split(";")[0]
                    .strip();
        }
    }

    /** Reads a whole message (RFC 5322 §2, RFC 2046 §5.1.1). */
    public static ParsedReport of(String message) {
        if (message.replace("\r\n", "").matches("(?s).*[\r\n].*")) {
            throw new AssertionError("a bare CR or LF");
        }
        int end = message.indexOf("\r\n\r\n");
        Map<String, String> header = fields(message.substring(0, end));
        String type = value(header, "content-type");
        int from = type.indexOf("boundary=\"") + 10;
        String delimiter = "--" + type.substring(from, type.indexOf('"', from));
        List<Part> parts = new ArrayList<>();
        StringBuilder part = null;
        boolean closed = false;
        for (String line : message.substring(end + 4).split("\r\n", -1)) {
            if (line.startsWith(delimiter)) {
                if (part != null) {
                    parts.add(part(part.toString()));
                }
                String rest = line.substring(delimiter.length());
                if (closed || !rest.isEmpty() && !rest.equals("--")) {
                    throw new AssertionError("a boundary that is none: " + line);
                }
                closed = rest.equals("--");
                part = closed ? null : new StringBuilder();
            } else if (part != null) {
                part.append(line).append("\r\n");
            } else if (!line.isEmpty()) {
                throw new AssertionError("outside of the parts: " + line);
            }
        }
        if (!closed) {
            throw new AssertionError("the last boundary is missing");
        }
        return new ParsedReport(header, List.copyOf(parts));
    }

    private static Part part(String text) {
        // The line end before a boundary belongs to the boundary.
        String own = text.substring(0, text.length() - 2);
        int end = own.indexOf("\r\n\r\n");
        return new Part(fields(own.substring(0, end)), own.substring(end + 4));
    }

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : text.replaceAll("\r\n[ \t]+", " ").split("\r\n")) {
            int colon = field.indexOf(':');
            if (colon < 1 || field.substring(0, colon).chars().anyMatch(c -> c <= ' ' || c > 126)) {
                throw new AssertionError("no field: " + field);
            }
            String name = field.substring(0, colon).toLowerCase(Locale.ROOT);
            if (fields.put(name, field.substring(colon + 1).strip()) != null) {
                throw new AssertionError("twice: " + name);
            }
        }
        return fields;
    }

    /** The fields about the message (RFC 3464 §2.2). */
    public Map<String, String> message() {
        return groups().getFirst();
    }

    /** The fields about each recipient (RFC 3464 §2.3). */
    public List<Map<String, String>> recipients() {
        List<Map<String, String>> groups = groups();
        return groups.subList(1, groups.size());
    }

    private List<Map<String, String>> groups() {
        List<Map<String, String>> groups = new ArrayList<>();
        for (String group : parts.get(1).content().split("\r\n\r\n")) {
            groups.add(fields(group));
        }
        return groups;
    }

    private static String value(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new AssertionError("no " + name + " in " + fields);
        }
        return value;
    }
}
