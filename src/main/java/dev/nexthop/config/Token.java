package dev.nexthop.config;

/** Finds the value behind a key and the characters of a string in the text of a file; the parser knows only where keys are. */
final class Token {
    private Token() {}

    /** The index of a key among the segments that begin at a position: a header, or a key with dots. */
    static int key(String text, int position, String key) {
        int at = position;
        while (at < text.length() && text.charAt(at) == '[') {
            at++;
        }
        while (at < text.length()) {
            at = blanks(text, at);
            int from = at;
            at = segment(text, at);
            String found = text.substring(from, at);
            if (found.equals(key) || found.length() == key.length() + 2 && found.startsWith(key, 1)) {
                return from;
            }
            at = blanks(text, at);
            if (at == from || at >= text.length() || text.charAt(at) != '.') {
                return position;
            }
            at++;
        }
        return position;
    }

    /** The index of the first name of a header or key. */
    static int name(String text, int position) {
        int at = position;
        while (at < text.length() && text.charAt(at) == '[') {
            at++;
        }
        return blanks(text, at);
    }

    /** How long the names of a header or key are, with their dots. */
    static int nameLength(String text, int from) {
        int at = from;
        int end = from;
        while (at < text.length()) {
            int behind = segment(text, blanks(text, at));
            if (behind == blanks(text, at)) {
                break;
            }
            end = behind;
            at = blanks(text, behind);
            if (at >= text.length() || text.charAt(at) != '.') {
                break;
            }
            at++;
        }
        return Math.max(1, end - from);
    }

    /** The index of the value behind a key; the position itself for a header. */
    static int value(String text, int position) {
        int at = position;
        while (at < text.length() && text.charAt(at) != '=' && text.charAt(at) != '\n') {
            int behind = segment(text, at);
            at = behind == at ? at + 1 : behind;
        }
        return at < text.length() && text.charAt(at) == '=' ? blanks(text, at + 1) : position;
    }

    static int blanks(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** The index behind a bare or quoted key; the same index when there is none. */
    private static int segment(String text, int from) {
        if (from >= text.length()) {
            return from;
        }
        char quote = text.charAt(from);
        if (quote == '"' || quote == '\'') {
            int at = from + 1;
            while (at < text.length() && text.charAt(at) != quote && text.charAt(at) != '\n') {
                at += quote == '"' && text.charAt(at) == '\\' ? 2 : 1;
            }
            return Math.min(at + 1, text.length());
        }
        int at = from;
        while (at < text.length() && bare(text.charAt(at))) {
            at++;
        }
        return at;
    }

    static boolean bare(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    /** Where each character of a string is; flat when the string is not found to be written there. */
    static Spelling spelling(String text, int at, String value) {
        if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
            StringBuilder decoded = new StringBuilder();
            Spelling spelling = decode(text, at, decoded);
            if (decoded.toString().equals(value)) {
                return spelling;
            }
        }
        return Spelling.flat(at, value.length());
    }

    /** The text behind a quote, and where each of its characters is. */
    static Spelling decode(String text, int start, StringBuilder decoded) {
        char quote = text.charAt(start);
        String triple = quote == '"' ? "\"\"\"" : "'''";
        boolean many = text.startsWith(triple, start);
        Spelling spelling = new Spelling();
        int at = many ? afterFirstLineEnd(text, start + 3) : start + 1;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean closes = many ? text.startsWith(triple, at) && !text.startsWith(triple, at + 1) : c == quote;
            if (closes) {
                break;
            }
            if (c == '\\' && quote == '"') {
                at = escape(text, at, spelling, decoded);
            } else if (c == '\r' && text.startsWith("\n", at + 1)) {
                at++; // Line ends are read as line feeds.
            } else {
                spelling.add(at++);
                decoded.append(c);
            }
        }
        spelling.end(at);
        return spelling;
    }

    private static int afterFirstLineEnd(String text, int at) {
        if (text.startsWith("\r\n", at)) {
            return at + 2;
        }
        return text.startsWith("\n", at) ? at + 1 : at;
    }

    private static int escape(String text, int at, Spelling spelling, StringBuilder decoded) {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : '"';
        int simple = "btnfr\"\\".indexOf(next);
        if (simple >= 0) {
            spelling.add(at);
            decoded.append("\b\t\n\f\r\"\\".charAt(simple));
            return at + 2;
        }
        if (next == 'u' || next == 'U') {
            int digits = next == 'u' ? 4 : 8;
            String hex = text.substring(at + 2, Math.min(at + 2 + digits, text.length()));
            for (char c : unicode(hex)) {
                spelling.add(at);
                decoded.append(c);
            }
            return at + 2 + digits;
        }
        if (next == '\n' || next == '\r' || next == ' ' || next == '\t') {
            int end = at + 1;
            while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
                end++;
            }
            return end;
        }
        spelling.add(at);
        decoded.append('\\');
        return at + 1;
    }

    private static char[] unicode(String hex) {
        try {
            int point = Integer.parseUnsignedInt(hex, 16);
            return Character.isValidCodePoint(point) ? Character.toChars(point) : new char[0];
        } catch (NumberFormatException e) {
            // The parser has refused it already; the text is then shown without exact places.
            return new char[0];
        }
    }
}
