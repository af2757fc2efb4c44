package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the words of an expression by precedence and builds its nodes from the bottom up. What is wrong with names and types is
 * collected; only where the grammar itself breaks does the reading stop.
 */
final class Parser {
    /** The longest text of an expression, in UTF-16 units. */
    static final int MAX_LENGTH = 65_536;

    /** How deep an expression may nest, and how many operations may depend on one another. */
    static final int MAX_DEPTH = 100;

    private final String source;
    private final Problems problems;
    private final List<Token> tokens;
    private final Builder builder;
    private int at;

    private Parser(String source, Scope scope, Problems problems, Hidden hidden) {
        this.source = source;
        this.problems = problems;
        this.tokens = Lexer.cut(source, scope, problems);
        this.builder = new Builder(source, scope, problems, hidden);
    }

    /** The grammar is broken; the problem is noted. */
    private static final class Stop extends Exception {
        private static final long serialVersionUID = 1L;

        Stop() {
            super("", null, false, false);
        }
    }

    static Compiled compile(String source, Scope scope, Hidden hidden) {
        Problems problems = new Problems();
        if (source.length() > MAX_LENGTH) {
            problems.add(MAX_LENGTH, source.length(), "an expression may have at most " + MAX_LENGTH + " characters");
            return new Compiled.Failed(problems.wrong());
        }
        Parser parser = new Parser(source, scope, problems, hidden);
        Operand root = parser.whole();
        return root != null && problems.none()
                ? new Compiled.Ok(
                        new Expression(source, parser.builder.outline(root), problems.named(), hidden),
                        problems.guesses())
                : new Compiled.Failed(problems.wrong());
    }

    private @Nullable Operand whole() {
        if (peek().kind() == Token.Kind.END && problems.none()) {
            problems.add(0, source.length(), "the expression is empty; an empty text is written ''");
            return null;
        }
        try {
            Operand all = binary(1, 0);
            Token end = peek();
            if (end.kind() != Token.Kind.END) {
                unexpected(end, "an operator");
            }
            return all;
        } catch (Stop stop) {
            return null;
        }
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token take() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END) {
            at++;
        }
        return token;
    }

    private Token expect(Token.Kind kind, Token opening) throws Stop {
        Token token = peek();
        if (token.kind() == kind) {
            return take();
        }
        String after = opening.kind().shown + " at character " + (opening.start() + 1);
        throw unexpected(token, kind.shown + " (closing " + after + ") or an operator");
    }

    private Stop unexpected(Token token, String wanted) throws Stop {
        if (token.kind() == Token.Kind.END) {
            problems.add(token.start(), token.end(), "the expression ends here, but " + wanted + " must follow");
        } else if (token.kind() != Token.Kind.BROKEN) {
            String text = Value.of(source.substring(token.start(), token.end())).describe();
            problems.add(token.start(), token.end(), "'" + text + "' does not fit here; expected " + wanted);
        }
        if (problems.none()) {
            problems.add(token.start(), token.end(), "expected " + wanted);
        }
        throw new Stop();
    }

    private void depth(int nesting, int start) throws Stop {
        if (nesting > MAX_DEPTH) {
            throw tooDeep(start);
        }
    }

    private Stop tooDeep(int start) throws Stop {
        problems.add(
                start,
                Math.min(start + 1, source.length()),
                "nested too deeply: at most " + MAX_DEPTH + " operations may depend on one another");
        throw new Stop();
    }

    private Operand checked(Operand operand) throws Stop {
        if (operand.node().depth() > MAX_DEPTH) {
            throw tooDeep(operand.start());
        }
        return operand;
    }

    /** Operators of at least this precedence, left to right. */
    private Operand binary(int precedence, int nesting) throws Stop {
        depth(nesting, peek().start());
        Operand left = unary(nesting + 1);
        while (true) {
            Token.Kind operator = operator(peek());
            if (operator.precedence < precedence || operator.precedence == 0) {
                return left;
            }
            Token written = take();
            if (operator == Token.Kind.AND || operator == Token.Kind.OR) {
                left = checked(chain(operator, left, nesting));
                continue;
            }
            Operand right = binary(operator.precedence + 1, nesting + 1);
            left = checked(
                    written.kind() == Token.Kind.WORD
                            ? builder.call("in", left.start(), right.end(), List.of(left, right))
                            : builder.binary(operator, left, right));
        }
    }

    /** The word {@code in} between two values binds like a comparison. */
    private static Token.Kind operator(Token token) {
        return token.kind() == Token.Kind.WORD && token.text().equals("in") ? Token.Kind.GREATER : token.kind();
    }

    private Operand chain(Token.Kind operator, Operand first, int nesting) throws Stop {
        List<Operand> operands = new ArrayList<>();
        operands.add(first);
        operands.add(binary(operator.precedence + 1, nesting + 1));
        while (peek().kind() == operator) {
            take();
            operands.add(binary(operator.precedence + 1, nesting + 1));
        }
        return builder.chain(operator, operands);
    }

    private Operand unary(int nesting) throws Stop {
        Token token = peek();
        depth(nesting, token.start());
        if (token.kind() == Token.Kind.NOT) {
            take();
            return checked(builder.not(token.start(), unary(nesting + 1)));
        }
        if (token.kind() == Token.Kind.MINUS) {
            take();
            return checked(builder.negated(token.start(), unary(nesting + 1)));
        }
        Operand operand = primary(nesting);
        while (peek().kind() == Token.Kind.OPEN_LIST) {
            Token open = take();
            Operand index = binary(1, nesting + 1);
            Token close = expect(Token.Kind.CLOSE_LIST, open);
            operand = checked(builder.index(operand, index, close.end()));
        }
        return operand;
    }

    private Operand primary(int nesting) throws Stop {
        Token token = peek();
        return switch (token.kind()) {
            case LITERAL, CAPTURE, BROKEN -> builder.plain(take());
            case WORD -> wordOrCall(take(), nesting);
            case OPEN -> {
                take();
                Operand inside = binary(1, nesting + 1);
                Token close = expect(Token.Kind.CLOSE, token);
                yield inside.between(token.start(), close.end());
            }
            case OPEN_LIST -> {
                take();
                List<Operand> items = list(Token.Kind.CLOSE_LIST, token, nesting);
                yield checked(builder.list(token.start(), tokens.get(at - 1).end(), items));
            }
            case OR,
                    AND,
                    XOR,
                    EQUAL,
                    NOT_EQUAL,
                    GREATER,
                    LESS,
                    AT_LEAST,
                    AT_MOST,
                    PLUS,
                    MINUS,
                    TIMES,
                    DIVIDE,
                    NOT,
                    CLOSE,
                    CLOSE_LIST,
                    COMMA,
                    END -> throw unexpected(token, "a value");
        };
    }

    private Operand wordOrCall(Token name, int nesting) throws Stop {
        if (peek().kind() != Token.Kind.OPEN) {
            return builder.word(name);
        }
        List<Operand> arguments = list(Token.Kind.CLOSE, take(), nesting);
        return checked(
                builder.call(name.text(), name.start(), tokens.get(at - 1).end(), arguments));
    }

    /** Values between commas up to the closing sign, which is taken; a comma may stand before it. */
    private List<Operand> list(Token.Kind closing, Token open, int nesting) throws Stop {
        List<Operand> items = new ArrayList<>();
        while (peek().kind() != closing) {
            items.add(binary(1, nesting + 1));
            if (peek().kind() != Token.Kind.COMMA) {
                break;
            }
            take();
        }
        expect(closing, open);
        return items;
    }
}
