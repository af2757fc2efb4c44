package dev.nexthop.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The header of a message or part, as lines, with the few fields that say how its body is made (RFC 2045 §5, §6). */
final class EntityHeader {
    /** Octets of all headers of one message that are kept at once; more is no header that somebody wrote. */
    static final int MOST_OCTETS = 256 * 1024;

    private static final int LONGEST_BOUNDARY = 70;

    private final List<byte[]> lines = new ArrayList<>();
    private int octets;
    private boolean eightBit;

    /** Adds a line, with its line end where it has one. */
    void add(byte[] line) throws UnconvertibleException {
        octets += line.length;
        if (octets > MOST_OCTETS) {
            throw new UnconvertibleException("a header has more than " + MOST_OCTETS + " octets");
        }
        for (byte octet : line) {
            eightBit |= octet < 0;
        }
        lines.add(line);
    }

    boolean eightBit() {
        return eightBit;
    }

    List<byte[]> lines() {
        return lines;
    }

    /** Whether there is a field of a name. */
    boolean has(String name) {
        return value(name).isPresent();
    }

    /** The type and subtype in lower case; {@code text/plain} where there is none (RFC 2045 §5.2). */
    String type() {
        String value = value("content-type").orElse("text/plain");
        int end = value.indexOf(';');
        String type = withoutComments(end < 0 ? value : value.substring(0, end))
                .strip()
                .toLowerCase(Locale.ROOT);
        return type.isEmpty() ? "text/plain" : type;
    }

    /** The boundary between the parts of a multipart (RFC 2046 §5.1.1). */
    Optional<String> boundary() {
        String value = value("content-type").orElse("");
        int at = value.indexOf(';');
        while (at >= 0) {
            int end = endOfParameter(value, at + 1);
            String parameter =
                    value.substring(at + 1, end < 0 ? value.length() : end).strip();
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("boundary")) {
                String text = unquoted(parameter.substring(equals + 1).strip());
                boolean fits = !text.isEmpty() && text.length() <= LONGEST_BOUNDARY;
                return fits ? Optional.of(text) : Optional.empty();
            }
            at = end;
        }
        return Optional.empty();
    }

    /** The transfer encoding in lower case; {@code 7bit} where there is none (RFC 2045 §6.1). */
    String encoding() {
        return withoutComments(value("content-transfer-encoding").orElse("7bit"))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /** The field of a name, unfolded; the first of several. */
    private Optional<String> value(String name) {
        StringBuilder value = null;
        for (byte[] line : lines) {
            String text = new String(line, StandardCharsets.ISO_8859_1);
            boolean goesOn = text.startsWith(" ") || text.startsWith("\t");
            if (value != null && !goesOn) {
                break;
            }
            int colon = text.indexOf(':');
            if (value != null) {
                value.append(' ').append(text.strip());
            } else if (!goesOn && colon > 0 && text.substring(0, colon).strip().equalsIgnoreCase(name)) {
                value = new StringBuilder(text.substring(colon + 1).strip());
            }
        }
        return Optional.ofNullable(value).map(StringBuilder::toString);
    }

    private static int endOfParameter(String value, int from) {
        boolean quoted = false;
        for (int i = from; i < value.length(); i++) {
            char c = value.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    private static String unquoted(String text) {
        if (!text.startsWith("\"")) {
            int end = 0;
            while (end < text.length() && text.charAt(end) > ' ' && text.charAt(end) != '(') {
                end++;
            }
            return text.substring(0, end);
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 1; i < text.length() && text.charAt(i) != '"'; i++) {
            if (text.charAt(i) == '\\' && i + 1 < text.length()) {
                i++;
            }
            plain.append(text.charAt(i));
        }
        return plain.toString();
    }

    private static String withoutComments(String text) {
        return text.indexOf('(') < 0 ? text : text.replaceAll("\\([^()]*\\)", "");
    }
}
