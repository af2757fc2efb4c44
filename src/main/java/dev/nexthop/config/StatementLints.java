package dev.nexthop.config;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Statements of SQL in rules that are put together of texts. */
final class StatementLints {
    private static final Pattern CALL = Pattern.compile("\\bsql_query\\s*\\(");

    private final Problems problems;

    StatementLints(Problems problems) {
        this.problems = problems;
    }

    void node(Node node) {
        switch (node) {
            case Node.Table table -> table.entries().values().forEach(entry -> node(entry.node()));
            case Node.Items items -> items.items().forEach(this::node);
            case Node.Scalar scalar -> scalar(scalar);
            case Node.Broken _ -> {}
        }
    }

    private void scalar(Node.Scalar scalar) {
        if (!scalar.text().contains("sql_query")) {
            return;
        }
        Matcher call = CALL.matcher(scalar.text());
        while (call.find()) {
            if (glued(scalar.text(), call.end())) {
                new Reading("sql_query", false, Set.of(), problems)
                        .wrong(
                                scalar,
                                Code.STORE_GLUED,
                                "the statement of sql_query is put together with +",
                                "write ? where the value goes, and the value into the list of arguments",
                                List.of());
                return;
            }
        }
    }

    /** Whether the second argument of the call holds a plus sign outside of texts and of calls in it. */
    private static boolean glued(String text, int start) {
        int depth = 0;
        int argument = 0;
        char quote = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                boolean escaped = c == '\\' && i + 1 < text.length();
                quote = !escaped && c == quote ? 0 : quote;
                i += escaped ? 1 : 0;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '(' || c == '[') {
                depth++;
            } else if (c == ')' || c == ']') {
                if (--depth < 0) {
                    return false;
                }
            } else if (c == ',' && depth == 0) {
                argument++;
            } else if (c == '+' && argument == 1) {
                return true;
            }
        }
        return false;
    }
}
