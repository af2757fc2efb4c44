package dev.nexthop.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The forms of plain values. Each method gives null for a text that is not of its form. */
final class Texts {
    private static final Duration LONGEST = Duration.ofDays(10 * 365);

    private Texts() {}

    /** {@code 5m}, {@code 500ms}; digits alone are milliseconds. Above zero and up to ten years. */
    static @Nullable Duration duration(String text) {
        int digits = digits(text);
        if (digits == 0 || digits > 18) {
            return null;
        }
        long scale = switch (text.substring(digits).strip().toLowerCase(Locale.ROOT)) {
            case "", "ms" -> 1L;
            case "s" -> 1_000L;
            case "m" -> 60_000L;
            case "h" -> 3_600_000L;
            case "d" -> 86_400_000L;
            default -> 0L;
        };
        long number = Long.parseLong(text.substring(0, digits));
        boolean fits = scale > 0 && number > 0 && number <= LONGEST.toMillis() / scale;
        return fits ? Duration.ofMillis(number * scale) : null;
    }

    /** {@code 25mb}, {@code 512k}, {@code 1048576}; units are powers of 1,024. */
    static @Nullable Long size(String text) {
        int digits = digits(text);
        if (digits == 0 || digits > 18) {
            return null;
        }
        int shift = switch (text.substring(digits).strip().toLowerCase(Locale.ROOT)) {
            case "", "b" -> 0;
            case "k", "kb" -> 10;
            case "m", "mb" -> 20;
            case "g", "gb" -> 30;
            case "t", "tb" -> 40;
            default -> -1;
        };
        long number = Long.parseLong(text.substring(0, digits));
        return shift < 0 || number > Long.MAX_VALUE >> shift ? null : (Long) (number << shift);
    }

    static @Nullable Long integer(String text, long least, long most) {
        String digits = text.startsWith("-") ? text.substring(1) : text;
        if (!isNumber(digits) || digits.length() > 18) {
            return null;
        }
        long number = Long.parseLong(text);
        return number < least || number > most ? null : (Long) number;
    }

    static @Nullable Boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    /** {@code 192.0.2.1:25}, {@code [2001:db8::1]:25}, {@code localhost:25}, {@code :25} for every address. */
    static @Nullable InetSocketAddress bind(String text) {
        int colon = text.lastIndexOf(':');
        Long port = colon < 0 ? null : integer(text.substring(colon + 1), 0, 65_535);
        if (port == null) {
            return null;
        }
        String host = text.substring(0, colon);
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (bare.isEmpty() || bare.equals("*")) {
            return new InetSocketAddress(port.intValue());
        }
        String literal = bare.equalsIgnoreCase("localhost") ? "127.0.0.1" : bare;
        InetAddress address = !bare.equals(host) == bare.contains(":") ? address(literal) : null;
        return address == null ? null : new InetSocketAddress(address, port.intValue());
    }

    /** An IPv4 or IPv6 literal, without brackets; no name is ever looked up. */
    static @Nullable InetAddress address(String text) {
        try {
            boolean six = text.indexOf(':') >= 0;
            boolean fits = text.length() <= 45 && text.chars().allMatch(c -> allowed(c, six));
            return !fits || !six && !quad(text) || six && text.contains("%") ? null : InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            // Not a literal, as the caller then says.
            return null;
        }
    }

    private static boolean allowed(int c, boolean six) {
        return c == '.' || c >= '0' && c <= '9' || six && (c == ':' || Character.digit(c, 16) >= 0);
    }

    /** Four numbers; the JDK reads fewer, too. */
    private static boolean quad(String text) {
        String[] parts = text.split("\\.", -1);
        return parts.length == 4;
    }

    /** A host name, possibly with an underscore or without a dot. */
    static boolean isHost(String text) {
        if (text.isEmpty() || text.length() > 253 || text.startsWith("-") || text.startsWith(".")) {
            return false;
        }
        boolean dot = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c > 127 || Character.isLetterOrDigit(c) || c == '-' || c == '_';
            if (!letter && (c != '.' || dot)) {
                return false;
            }
            dot = c == '.';
        }
        return true;
    }

    static boolean isNumber(String text) {
        return !text.isEmpty() && digits(text) == text.length();
    }

    private static int digits(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    /** The text of a whole literal of the expression language, the text itself when it is none. */
    static String unquoted(String text) {
        boolean quoted = text.length() >= 2
                && (text.charAt(0) == '\'' || text.charAt(0) == '"')
                && text.indexOf(text.charAt(0), 1) == text.length() - 1;
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    /** The items of {@code "['a', 'b']"}; any other text is the only item. */
    static List<Node> items(Node.Scalar scalar) {
        String text = scalar.text();
        String inner =
                text.length() < 2 ? "" : text.substring(1, text.length() - 1).strip();
        boolean list = text.startsWith("[")
                && text.endsWith("]")
                && (inner.isEmpty() || inner.startsWith("'") || inner.startsWith("\""));
        if (!list) {
            return List.of(scalar);
        }
        List<Node> items = new ArrayList<>();
        int at = 1;
        while (at < text.length() - 1) {
            int from = at;
            char quote = 0;
            while (at < text.length() - 1 && (quote != 0 || text.charAt(at) != ',')) {
                char c = text.charAt(at++);
                quote = quote == 0 && (c == '\'' || c == '"') ? c : quote == c ? 0 : quote;
            }
            String item = unquoted(text.substring(from, at).strip());
            if (!inner.isEmpty()) {
                int place = scalar.spelling().place(from);
                String raw = scalar.expanded() ? scalar.raw() : item;
                items.add(new Node.Scalar(place, Node.Form.STRING, item, Spelling.flat(place, item.length()), raw));
            }
            at++;
        }
        return List.copyOf(items);
    }
}
