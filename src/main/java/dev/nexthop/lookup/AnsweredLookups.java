package dev.nexthop.lookup;

import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RecordType;
import dev.nexthop.expr.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups whose answers somebody gives beforehand, for tests and explanations: {@code key_get('pg', 'x')} is {@code y}. What has
 * no answer is asked of other look-ups; nothing is ever written, and a next hop counts as up unless an answer says otherwise.
 */
public final class AnsweredLookups implements Lookups {
    /** The functions that can be answered, with their arguments. */
    public static final String KNOWN = "is_local_domain(directory, domain), is_local_address(directory, address),"
            + " key_get(store, key), key_exists(store, key), counter_get(store, key), dns_query(name, type),"
            + " sql_query(store, statement, arguments…), hop_up(hop)";

    private final Lookups others;
    private final Map<List<String>, String> answers = new HashMap<>();

    /**
     * Look-ups with answers.
     *
     * @param others who answers everything else, without a network
     * @param answers answers by the call as a rule writes it
     * @throws IllegalArgumentException when a question is not a call such as {@code key_get('pg', 'x')}
     */
    public AnsweredLookups(Lookups others, Map<String, String> answers) {
        this.others = others;
        answers.forEach((question, answer) -> this.answers.put(
                question(question)
                        .orElseThrow(() -> new IllegalArgumentException("'" + question
                                + "' is not a call with texts, such as key_get('pg', 'x'); answered are " + KNOWN)),
                answer));
    }

    /**
     * Whether a text is a question that can have an answer: the name of a function that asks and as many
     * arguments as it has, all texts in quotes.
     *
     * @param text the text
     */
    public static boolean isQuestion(String text) {
        return question(text).isPresent();
    }

    /** The function and its arguments. */
    private static Optional<List<String>> question(String text) {
        String call = text.strip();
        int open = call.indexOf('(');
        if (open < 1 || !call.endsWith(")") || !call.substring(0, open).matches("[a-z_]+\\s*")) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        words.add(call.substring(0, open).strip());
        int at = open + 1;
        int end = call.length() - 1;
        while (at < end) {
            char quote = call.charAt(at);
            int close = quote == '\'' || quote == '"' ? call.indexOf(quote, at + 1) : -1;
            if (close < 0 || close >= end) {
                return Optional.empty();
            }
            words.add(call.substring(at + 1, close));
            at = blanks(call, close + 1);
            if (at < end && call.charAt(at) != ',') {
                return Optional.empty();
            }
            at = blanks(call, at + 1);
        }
        return isKnown(words.getFirst(), words.size() - 1) ? Optional.of(words) : Optional.empty();
    }

    private static boolean isKnown(String function, int arguments) {
        return switch (function) {
            case "is_local_domain", "is_local_address", "key_get", "key_exists", "counter_get", "dns_query" ->
                arguments == 2;
            case "sql_query" -> arguments >= 2;
            case "hop_up" -> arguments == 1;
            default -> false;
        };
    }

    private static int blanks(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private @Nullable String answer(String... question) {
        return answers.get(Arrays.asList(question));
    }

    private static boolean truth(String answer) {
        return answer.equals("true") || answer.equals("1");
    }

    @Override
    public boolean isLocalDomain(String directory, String domain) throws LookupException {
        String answer = answer("is_local_domain", directory, domain);
        return answer == null ? others.isLocalDomain(directory, domain) : truth(answer);
    }

    @Override
    public boolean isLocalAddress(String directory, String address) throws LookupException {
        String answer = answer("is_local_address", directory, address);
        return answer == null ? others.isLocalAddress(directory, address) : truth(answer);
    }

    @Override
    public @Nullable String keyGet(String store, String key) throws LookupException {
        String answer = answer("key_get", store, key);
        return answer == null ? others.keyGet(store, key) : answer;
    }

    @Override
    public boolean keyExists(String store, String key) throws LookupException {
        String answer = answer("key_exists", store, key);
        return answer == null ? others.keyExists(store, key) : truth(answer);
    }

    @Override
    public void keySet(String store, String key, String value) {
        // A question about what would happen changes nothing.
    }

    @Override
    public long counterIncrement(String store, String key, long by) throws LookupException {
        return counterGet(store, key) + by; // not kept
    }

    @Override
    public long counterGet(String store, String key) throws LookupException {
        String answer = answer("counter_get", store, key);
        try {
            return answer == null ? others.counterGet(store, key) : Long.parseLong(answer.strip());
        } catch (NumberFormatException e) {
            throw new LookupException("the answer to counter_get is not a whole number: '" + answer + "'", e);
        }
    }

    @Override
    public List<String> dnsQuery(String name, RecordType type) throws LookupException {
        String answer = answer("dns_query", name, type.word());
        return answer == null ? others.dnsQuery(name, type) : items(answer);
    }

    @Override
    public Value sqlQuery(String store, String statement, List<Value> arguments) throws LookupException {
        List<String> question = Stream.concat(
                        Stream.of("sql_query", store, statement),
                        arguments.stream().map(Value::asText))
                .toList();
        String answer = answers.get(question);
        return answer == null ? others.sqlQuery(store, statement, arguments) : Value.of(answer);
    }

    @Override
    public boolean hopUp(String hop) {
        String answer = answer("hop_up", hop);
        return answer == null || truth(answer);
    }

    private static List<String> items(String answer) {
        return Stream.of(answer.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
