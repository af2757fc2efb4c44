package dev.nexthop.lookup;

import dev.nexthop.expr.Value;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an error of a database means. Its words are only passed on when they hold neither the password nor an argument. */
record SqlFailures(String password) {
    /** Classes of SQLSTATE that say that the server takes nobody: connection, login, resources, operator. */
    private static final Set<String> AWAY = Set.of("08", "28", "53", "57", "58");

    private static final String CANCELLED = "57014";
    private static final int MAX_WORDS = 300;

    StoreFailure failure(SQLException e, List<Value> arguments) {
        SQLException cause = deepest(e);
        String state = cause.getSQLState() == null ? "" : cause.getSQLState();
        boolean pool = e instanceof SQLTransientConnectionException;
        if (pool && cause.equals(e)) {
            // There are as many connections as places for questions, so that none is free only while connecting takes
            // long.
            return new StoreFailure("connecting to it takes too long", true, e);
        }
        if (state.equals(CANCELLED) || cause instanceof SQLTimeoutException) {
            return new StoreFailure("the statement took too long and was ended", false, e);
        }
        boolean away = pool || state.length() == 5 && AWAY.contains(state.substring(0, 2));
        return new StoreFailure(words(cause, state, arguments), away, e);
    }

    private static SQLException deepest(SQLException e) {
        SQLException deepest = e;
        @Nullable Throwable cause = e.getCause();
        for (int i = 0; cause != null && i < 20; i++) {
            deepest = cause instanceof SQLException sql && sql.getMessage() != null ? sql : deepest;
            cause = cause.getCause();
        }
        return deepest;
    }

    private String words(SQLException e, String state, List<Value> arguments) {
        String text = String.valueOf(e.getMessage())
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        String lower = text.toLowerCase(Locale.ROOT);
        boolean telling = !password.isEmpty() && text.contains(password)
                || arguments.stream()
                        .map(Value::asText)
                        .anyMatch(it -> !it.isBlank() && lower.contains(it.toLowerCase(Locale.ROOT)));
        String code = state.isEmpty() ? "" : " (SQLSTATE " + state + ")";
        if (telling) {
            return "the database refused it in words that hold an argument and are not shown" + code;
        }
        return (text.length() > MAX_WORDS ? text.substring(0, MAX_WORDS) + "…" : text) + code;
    }
}
