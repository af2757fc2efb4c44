package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts the text of an expression into words. It never fails: what it cannot read becomes a problem and a broken word. */
final class Lexer {
    private final String source;
    private final Scope scope;
    private final Problems problems;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String source, Scope scope, Problems problems) {
        this.source = source;
        this.scope = scope;
        this.problems = problems;
    }

    static List<Token> cut(String source, Scope scope, Problems problems) {
        return new Lexer(source, scope, problems).run();
    }

    private List<Token> run() {
        if (!dashedHopId()) {
            while (at < source.length()) {
                next();
            }
        }
        tokens.add(new Token(Token.Kind.END, source.length(), source.length(), "", null));
        return tokens;
    }

    /** The whole text is one word with dashes, such as {@code relay-eu}: an id of a next hop, known or misspelt. */
    private boolean dashedHopId() {
        String word = source.strip();
        if (scope.hopIds().isEmpty() || word.indexOf('-') < 1 || !isLetter(word.charAt(0))) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (!isWordPart(word.charAt(i)) && word.charAt(i) != '-') {
                return false;
            }
        }
        for (String part : word.split("-", -1)) {
            if (part.isEmpty() || Names.variable(part) != null || !isLetter(part.charAt(0))) {
                return scope.hopIds().contains(word) && word(word);
            }
        }
        return word(word);
    }

    private boolean word(String word) {
        int start = source.indexOf(word);
        tokens.add(new Token(Token.Kind.WORD, start, start + word.length(), word, null));
        return true;
    }

    private void next() {
        char c = source.charAt(at);
        switch (c) {
            case ' ', '\t', '\r', '\n' -> at++;
            case '\'', '"' -> text(c);
            case '(' -> symbol(Token.Kind.OPEN, 1);
            case ')' -> symbol(Token.Kind.CLOSE, 1);
            case '[' -> symbol(Token.Kind.OPEN_LIST, 1);
            case ']' -> symbol(Token.Kind.CLOSE_LIST, 1);
            case ',' -> symbol(Token.Kind.COMMA, 1);
            case '+' -> symbol(Token.Kind.PLUS, 1);
            case '-' -> symbol(Token.Kind.MINUS, 1);
            case '*' -> symbol(Token.Kind.TIMES, 1);
            case '/' -> symbol(Token.Kind.DIVIDE, 1);
            case '^' -> symbol(Token.Kind.XOR, 1);
            case '&' -> symbol(Token.Kind.AND, follows('&') ? 2 : 1);
            case '|' -> symbol(Token.Kind.OR, follows('|') ? 2 : 1);
            case '!' -> symbol(follows('=') ? Token.Kind.NOT_EQUAL : Token.Kind.NOT, follows('=') ? 2 : 1);
            case '>' -> symbol(follows('=') ? Token.Kind.AT_LEAST : Token.Kind.GREATER, follows('=') ? 2 : 1);
            case '<' -> symbol(follows('=') ? Token.Kind.AT_MOST : Token.Kind.LESS, follows('=') ? 2 : 1);
            case '=' -> equal();
            default -> wordOrNothing(c);
        }
    }

    private void equal() {
        if (follows('>')) {
            symbol(Token.Kind.AT_LEAST, 2);
        } else if (follows('<')) {
            symbol(Token.Kind.AT_MOST, 2);
        } else {
            symbol(Token.Kind.EQUAL, follows('=') ? 2 : 1);
        }
    }

    private boolean follows(char c) {
        return at + 1 < source.length() && source.charAt(at + 1) == c;
    }

    private void symbol(Token.Kind kind, int length) {
        tokens.add(new Token(kind, at, at + length, "", null));
        at += length;
    }

    /** A text in quotes. A backslash is always kept; {@code \n \r \t} give backslash and the control character, as in 0.7. */
    private void text(char quote) {
        int start = at++;
        StringBuilder text = new StringBuilder();
        while (at < source.length()) {
            char c = source.charAt(at++);
            if (c == quote) {
                tokens.add(new Token(Token.Kind.LITERAL, start, at, "", Value.of(text.toString())));
                return;
            }
            text.append(c);
            if (c == '\\' && at < source.length()) {
                char escaped = source.charAt(at++);
                text.append(
                        switch (escaped) {
                            case 'n' -> '\n';
                            case 'r' -> '\r';
                            case 't' -> '\t';
                            default -> escaped;
                        });
            }
        }
        problems.add(start, source.length(), "this text has no closing " + quote);
        tokens.add(new Token(Token.Kind.BROKEN, start, source.length(), "", null));
    }

    private void wordOrNothing(char c) {
        int start = at;
        String hop = hopIdHere();
        if (hop != null) {
            at += hop.length();
            tokens.add(new Token(Token.Kind.WORD, start, at, hop, null));
        } else if (isWordPart(c)) {
            while (at < source.length() && isWordPart(source.charAt(at))) {
                at++;
            }
            tokens.add(word(start, source.substring(start, at)));
        } else {
            at += Character.charCount(source.codePointAt(at));
            String character = source.substring(start, at);
            problems.add(start, at, "'" + printable(character) + "' has no meaning here; a text needs quotes");
        }
    }

    /** The longest id of a next hop that begins here and has characters that no other word has. */
    private @Nullable String hopIdHere() {
        return scope.hops().longest(source, at);
    }

    private Token word(int start, String word) {
        char first = word.charAt(0);
        if (first == '$') {
            return capture(start, word);
        }
        boolean digit = first >= '0' && first <= '9';
        if ((!digit && first != '.') || scope.hopIds().contains(word)) {
            return new Token(Token.Kind.WORD, start, at, word, null);
        }
        Value number = Numbers.parse(word);
        if (number != null) {
            boolean tooLong = number instanceof Value.Real(double real)
                    && (Double.isInfinite(real) || word.chars().allMatch(Character::isDigit));
            return tooLong ? broken(start, word + " does not fit 64 bits") : literal(start, number);
        }
        long millis = Numbers.durationMillis(word);
        if (millis >= 0) {
            return literal(start, Value.of(millis));
        }
        long octets = Numbers.octets(word);
        if (octets >= 0) {
            return literal(start, Value.of(octets));
        }
        return broken(
                start,
                "'" + word
                        + "' is neither a number nor a duration (500ms, 30s, 5m, 1h, 3d) nor a size (512kb, 25mb, 1gb, 1tb);"
                        + " a text needs quotes: '"
                        + word + "'");
    }

    private Token capture(int start, String word) {
        String digits = word.substring(1);
        boolean number =
                !digits.isEmpty() && digits.length() <= 3 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number
                ? new Token(Token.Kind.CAPTURE, start, at, digits, null)
                : broken(start, "'" + word + "' is no capture; the groups of the last matches(…) are $0, $1, $2 …");
    }

    private Token literal(int start, Value value) {
        return new Token(Token.Kind.LITERAL, start, at, "", value);
    }

    private Token broken(int start, String message) {
        problems.add(start, at, message);
        return new Token(Token.Kind.BROKEN, start, at, "", null);
    }

    private static String printable(String character) {
        int point = character.codePointAt(0);
        boolean visible = Character.isLetterOrDigit(point) || (point > ' ' && point < 127);
        return visible ? character : "U+%04X".formatted(point);
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    static boolean isWordPart(char c) {
        return isLetter(c) || (c >= '0' && c <= '9') || c == '$' || c == '.';
    }
}
