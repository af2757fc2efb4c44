package dev.nexthop.expr;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The message, the directory and the store that the tables of these tests speak of. */
final class Sample {
    static final Scope SCOPE = new Scope(
            EnumSet.allOf(Variable.class),
            Map.of("optional", Value.of("optional"), "require", Value.of("require")),
            Set.of("relay", "relay-eu", "local"));

    private static final Map<Variable, Value> VALUES = new EnumMap<>(Map.ofEntries(
            Map.entry(Variable.RCPT, Value.of("user@example.org")),
            Map.entry(Variable.RCPT_DOMAIN, Value.of("example.org")),
            Map.entry(Variable.RECIPIENTS, Value.ofTexts(List.of("user@example.org", "other@example.net"))),
            Map.entry(Variable.SENDER, Value.of("john@sender.test")),
            Map.entry(Variable.SENDER_DOMAIN, Value.of("sender.test")),
            Map.entry(Variable.PRIORITY, Value.of(-2)),
            Map.entry(Variable.SIZE, Value.of(12345)),
            Map.entry(Variable.MESSAGE_ID, Value.of("q1")),
            Map.entry(Variable.LISTENER, Value.of("smtp")),
            Map.entry(Variable.REMOTE_IP, Value.of("192.0.2.7")),
            Map.entry(Variable.RECEIVED_VIA_PORT, Value.of(25)),
            Map.entry(Variable.RETRY_NUM, Value.of(3)),
            Map.entry(Variable.LAST_ERROR, Value.of("tls")),
            Map.entry(Variable.QUEUE_AGE, Value.of(600_000)),
            Map.entry(Variable.MX, Value.of("mx1.example.org")),
            Map.entry(Variable.LOCAL_IP, Value.of("2001:db8::25")),
            Map.entry(Variable.HOP, Value.of("relay"))));

    /** Knows nothing of authenticated_as, notify_num, expires_in, last_status and helo_domain. */
    static final Facts FACTS = VALUES::get;

    /** The directory 'down' and the store 'down' cannot answer. */
    static final Lookups LOOKUPS = new Lookups() {
        @Override
        public boolean isLocalDomain(String directory, String domain) throws LookupException {
            up(directory);
            return domain.equals("example.org");
        }

        @Override
        public boolean isLocalAddress(String directory, String address) throws LookupException {
            up(directory);
            return address.equals("user@example.org");
        }

        @Override
        public @Nullable String keyGet(String store, String key) throws LookupException {
            up(store);
            return key.equals("limit") ? "25" : key.equals("word") ? "hello" : null;
        }

        @Override
        public boolean keyExists(String store, String key) throws LookupException {
            return keyGet(store, key) != null;
        }
    };

    private Sample() {}

    private static void up(String id) throws LookupException {
        if (id.equals("down")) {
            throw new LookupException("connection refused");
        }
    }

    static Expression compiled(String source) {
        return switch (Expression.compile(source, SCOPE)) {
            case Compiled.Ok ok -> ok.expression();
            case Compiled.Failed failed -> throw new AssertionError(source + " does not compile: " + failed.problems());
        };
    }

    /** A value with its type: {@code 'text'}, {@code 1}, {@code 1.0}, {@code [1, 'a']}. */
    static String show(Value value) {
        return switch (value) {
            case Value.Text text -> "'" + text.text() + "'";
            case Value.Int number -> Long.toString(number.number());
            case Value.Real number -> Double.toString(number.number());
            case Value.Array list ->
                list.items().stream().map(Sample::show).collect(Collectors.joining(", ", "[", "]"));
        };
    }
}
