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
            Set.of("relay", "relay-eu", "local"),
            Sample::setting);

    private static final List<String> KEYS = List.of("server.hostname", "queue.outbound.limits.mx");

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

    /** The directory 'down', the store 'down' and the domain 'down.test' cannot answer. */
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

        @Override
        public void keySet(String store, String key, String value) throws LookupException {
            up(store);
        }

        @Override
        public long counterGet(String store, String key) throws LookupException {
            up(store);
            return key.equals("seen") ? 7 : 0;
        }

        @Override
        public long counterIncrement(String store, String key, long by) throws LookupException {
            return counterGet(store, key) + by;
        }

        @Override
        public List<String> dnsQuery(String name, RecordType type) throws LookupException {
            up(name.equals("down.test") ? "down" : "");
            boolean known = name.equals(type == RecordType.PTR ? "192.0.2.7" : "example.org");
            return known ? answers(type) : List.of();
        }

        @Override
        public Value sqlQuery(String store, String statement, List<Value> arguments) throws LookupException {
            up(store);
            if (!store.equals("crm")) {
                throw LookupException.none("SQL store", store);
            }
            return switch (statement.substring(0, statement.indexOf(' '))) {
                case "SELECT" -> arguments.contains(Value.of("example.org")) ? Value.of("relay") : Value.of(List.of());
                case "ROWS" -> Value.of(List.of(Value.of(arguments), Value.of(List.of(Value.of(2)))));
                default -> Value.of(arguments.size());
            };
        }

        @Override
        public boolean hopUp(String hop) throws LookupException {
            return switch (hop) {
                case "relay", "local" -> true;
                case "relay-eu" -> false;
                default -> throw LookupException.none("next hop", hop);
            };
        }
    };

    private static List<String> answers(RecordType type) {
        return switch (type) {
            case IP -> List.of("192.0.2.10", "2001:db8::10");
            case IPV4 -> List.of("192.0.2.10");
            case IPV6 -> List.of("2001:db8::10");
            case MX -> List.of("mx1.example.org", "mx2.example.org");
            case TXT -> List.of("v=spf1 -all", "second=1");
            case PTR -> List.of("client.test");
        };
    }

    private static Settings.Answer setting(String key) {
        return switch (key) {
            case "server.hostname" -> new Settings.Answer.Found(Value.of("mx.example.net"));
            case "queue.outbound.limits.mx" -> new Settings.Answer.Found(Value.of(5));
            case "remote.relay.auth.secret" -> new Settings.Answer.Refused(key + " is a secret", null);
            default -> new Settings.Answer.Refused("unknown setting " + key, Names.nearest(key, KEYS));
        };
    }

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
