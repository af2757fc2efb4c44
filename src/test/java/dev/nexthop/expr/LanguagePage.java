package dev.nexthop.expr;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Makes docs/expressions.md of the functions, variables, operators and limits of the code and the prose of a template. */
final class LanguagePage {
    private static final Map<String, Set<Variable>> SCOPES = scopes();

    /** Second spellings of operators. */
    private static final Map<Token.Kind, String> SYNONYMS = Map.of(
            Token.Kind.EQUAL, "==",
            Token.Kind.AND, "&",
            Token.Kind.OR, "|",
            Token.Kind.AT_LEAST, "=>",
            Token.Kind.AT_MOST, "=<");

    private LanguagePage() {}

    private static Map<String, Set<Variable>> scopes() {
        Map<String, Set<Variable>> scopes = new LinkedHashMap<>();
        scopes.put("sender", Variable.SENDER_SCOPE);
        scopes.put("recipient", Variable.RCPT_SCOPE);
        scopes.put("host", Variable.MX_SCOPE);
        scopes.put("connection", Variable.HOST_SCOPE);
        scopes.put("inbound", Variable.SESSION_RCPT_SCOPE);
        return scopes;
    }

    static String text() throws IOException {
        String page = resource("expressions.md");
        page = page.replace("{{facts}}", facts());
        page = page.replace("{{grammar}}", grammar().strip());
        page = page.replace("{{precedence}}", precedence());
        page = page.replace("{{variables}}", variables());
        page = page.replace("{{functions}}", functions());
        return page.replace("{{limits}}", limits());
    }

    static String grammar() throws IOException {
        return resource("grammar.txt");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(LanguagePage.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    private static String facts() {
        StringBuilder table = new StringBuilder(row("variable", "value")).append("|---|---|\n");
        for (Variable variable : Variable.values()) {
            Value value = Sample.FACTS.value(variable);
            if (value != null) {
                table.append(row(code(variable.keyword()), code(Sample.show(value))));
            }
        }
        return table.append("\nThe others are not known.").toString();
    }

    private static String precedence() {
        Map<Integer, List<Token.Kind>> levels = Arrays.stream(Token.Kind.values())
                .filter(kind -> kind.precedence > 0)
                .collect(Collectors.groupingBy(kind -> kind.precedence, TreeMap::new, Collectors.toList()));
        StringBuilder table = new StringBuilder(row("binds", "operators")).append("|---|---|\n");
        table.append(row("most", code("!") + " " + code("-") + " before a value"));
        new TreeMap<>(levels).descendingMap().forEach((level, kinds) -> {
            String operators = kinds.stream().map(LanguagePage::spellings).collect(Collectors.joining(" "));
            String in = kinds.contains(Token.Kind.GREATER) ? " " + code("in") : "";
            table.append(row(level == 1 ? "least" : "", operators + in));
        });
        return table.toString().strip();
    }

    private static String spellings(Token.Kind kind) {
        String synonym = SYNONYMS.get(kind);
        return synonym == null ? code(kind.shown) : code(kind.shown) + " " + code(synonym);
    }

    private static String variables() {
        StringBuilder table = new StringBuilder(row("variable", "type", "holds") + "");
        table.setLength(table.length() - 1);
        SCOPES.keySet().forEach(scope -> table.append(" ").append(scope).append(" |"));
        table.append("\n|---|---|---|").append("---|".repeat(SCOPES.size())).append("\n");
        for (Variable variable : Variable.values()) {
            String name = row(code(variable.keyword()), variable.type().noun(), variable.prose());
            table.append(name, 0, name.length() - 1);
            SCOPES.values().forEach(scope -> table.append(scope.contains(variable) ? " yes |" : " |"));
            table.append("\n");
        }
        return table.toString().strip();
    }

    private static String functions() {
        StringBuilder text = new StringBuilder();
        Functions.GROUPS.forEach((group, functions) -> {
            text.append("### ").append(group.title).append("\n\n");
            text.append(row("function", "gives", "examples")).append("|---|---|---|\n");
            for (Function function : functions) {
                Manual manual = function.manual();
                String examples = manual.examples().stream()
                        .map(example -> code(example.expression()) + " → " + code(example.value()))
                        .collect(Collectors.joining("<br>"));
                text.append(row(code(manual.signature()), manual.prose(), examples));
            }
            text.append("\n");
        });
        return text.toString().strip();
    }

    private static String limits() {
        return "| what | limit |\n|---|---|\n"
                + limit("characters of an expression", Parser.MAX_LENGTH)
                + limit("levels of nesting; a chain of `&&` or `\\|\\|` is one level", Parser.MAX_DEPTH)
                + limit("characters of a text, made or looked up", Arithmetic.MAX_TEXT)
                + limit("items of a list, made or looked up", Arithmetic.MAX_ITEMS)
                + limit("characters of a regular expression", Forms.MAX_PATTERN)
                + limit("groups of a regular expression inside one another", Forms.MAX_GROUPS_DEEP)
                + limit("its characters with repetitions such as `{3}` written out", Forms.MAX_SIZE)
                + limit("its groups, alternatives and repetitions, written out", Forms.MAX_BRANCHES)
                + limit("characters of a glob", Forms.MAX_GLOB).strip();
    }

    private static String limit(String what, int number) {
        return row(what, "%,d".formatted(number));
    }
}
