package dev.nexthop.expr;

import static dev.nexthop.expr.Function.Parameter.LIST;
import static dev.nexthop.expr.Function.Parameter.NUMBER;
import static dev.nexthop.expr.Function.Parameter.TEXT;
import static dev.nexthop.expr.Function.Parameter.VALUE;

import dev.nexthop.expr.Function.Body;
import dev.nexthop.expr.Function.Parameter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** The table of all functions. Those whose arguments are compiled themselves are in {@link Forms}. */
final class Functions {
    static final Map<String, Function> ALL = all();

    private Functions() {}

    /** All names that can be called. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(ALL.keySet());
        names.addAll(Forms.ALL.keySet());
        return names;
    }

    static boolean exists(String name) {
        return ALL.containsKey(name) || Forms.ALL.containsKey(name);
    }

    static Function named(String name) {
        return Objects.requireNonNull(ALL.get(name), name);
    }

    private static Map<String, Function> all() {
        Table table = new Table();
        text(table);
        pieces(table);
        lists(table);
        addresses(table);
        lookups(table);
        return Map.copyOf(table.functions);
    }

    private static final class Table {
        private final Map<String, Function> functions = new TreeMap<>();

        void add(String name, Type result, Body body, Parameter... parameters) {
            functions.put(name, new Function(name, List.of(parameters), result, true, body));
        }

        void ask(String name, Type result, Body body) {
            functions.put(name, new Function(name, List.of(TEXT, TEXT), result, false, body));
        }

        /** A function of a text, applied to each item of a list. */
        void each(String name, UnaryOperator<String> change) {
            add(name, Type.ANY, (e, a) -> TextFunctions.each(a[0].evaluate(e), change), VALUE);
        }

        void test(String name, Predicate<String> test) {
            add(name, Type.BOOLEAN, (e, a) -> Value.of(test.test(text(e, a[0]))), TEXT);
        }

        void count(String name, ToLongFunction<String> count) {
            add(name, Type.INTEGER, (e, a) -> Value.of(count.applyAsLong(text(e, a[0]))), TEXT);
        }
    }

    static String text(Evaluation evaluation, Node argument) throws EvaluationException {
        return argument.evaluate(evaluation).asText();
    }

    private static long whole(Evaluation evaluation, Node argument) throws EvaluationException {
        return switch (Numbers.of(argument.evaluate(evaluation))) {
            case Value.Int(long number) -> number;
            case Value.Real(double number) -> (long) number;
            case Value.Text _, Value.Array _ -> 0;
        };
    }

    private static void text(Table table) {
        table.each("trim", String::strip);
        table.each("trim_end", String::stripTrailing);
        table.each("trim_start", String::stripLeading);
        table.each("to_lowercase", TextFunctions::lower);
        table.each("to_uppercase", TextFunctions::upper);
        table.add("len", Type.INTEGER, (e, a) -> TextFunctions.length(a[0].evaluate(e)), VALUE);
        table.test("is_uppercase", text -> TextFunctions.letters(text, Character::isUpperCase));
        table.test("is_lowercase", text -> TextFunctions.letters(text, Character::isLowerCase));
        table.test("has_digits", text -> text.chars().anyMatch(c -> c >= '0' && c <= '9'));
        table.count(
                "count_spaces",
                text -> text.codePoints().filter(Character::isWhitespace).count());
        table.count(
                "count_uppercase",
                text -> text.codePoints().filter(Character::isUpperCase).count());
        table.count(
                "count_lowercase",
                text -> text.codePoints().filter(Character::isLowerCase).count());
        table.count("count_chars", text -> text.codePointCount(0, text.length()));
        table.add(
                "contains",
                Type.BOOLEAN,
                (e, a) -> Value.of(TextFunctions.contains(a[0].evaluate(e), a[1].evaluate(e))),
                VALUE,
                VALUE);
        table.add(
                "contains_ignore_case",
                Type.BOOLEAN,
                (e, a) -> Value.of(TextFunctions.containsIgnoreCase(a[0].evaluate(e), text(e, a[1]))),
                VALUE,
                TEXT);
        table.add(
                "eq_ignore_case",
                Type.BOOLEAN,
                (e, a) -> Value.of(text(e, a[0]).equalsIgnoreCase(text(e, a[1]))),
                TEXT,
                TEXT);
        table.add("starts_with", Type.BOOLEAN, (e, a) -> Value.of(text(e, a[0]).startsWith(text(e, a[1]))), TEXT, TEXT);
        table.add("ends_with", Type.BOOLEAN, (e, a) -> Value.of(text(e, a[0]).endsWith(text(e, a[1]))), TEXT, TEXT);
        table.add(
                "is_empty",
                Type.BOOLEAN,
                (e, a) -> {
                    Value value = a[0].evaluate(e);
                    return Value.of(!(value instanceof Value.Int || value instanceof Value.Real) && !value.truthy());
                },
                VALUE);
        table.add("is_number", Type.BOOLEAN, (e, a) -> Value.of(TextFunctions.isNumber(a[0].evaluate(e))), VALUE);
        table.add(
                "if_then", Type.ANY, (e, a) -> a[0].test(e) ? a[1].evaluate(e) : a[2].evaluate(e), VALUE, VALUE, VALUE);
    }

    private static void pieces(Table table) {
        table.add(
                "lines",
                Type.ARRAY,
                (e, a) -> Value.ofTexts(text(e, a[0]).lines().toList()),
                TEXT);
        table.add(
                "substring",
                Type.TEXT,
                (e, a) -> Value.of(TextFunctions.substring(text(e, a[0]), whole(e, a[1]), whole(e, a[2]))),
                TEXT,
                NUMBER,
                NUMBER);
        table.add(
                "strip_prefix",
                Type.TEXT,
                (e, a) -> Value.of(TextFunctions.stripPrefix(text(e, a[0]), text(e, a[1]))),
                TEXT,
                TEXT);
        table.add(
                "strip_suffix",
                Type.TEXT,
                (e, a) -> Value.of(TextFunctions.stripSuffix(text(e, a[0]), text(e, a[1]))),
                TEXT,
                TEXT);
        table.add(
                "split",
                Type.ARRAY,
                (e, a) -> Value.ofTexts(TextFunctions.split(text(e, a[0]), text(e, a[1]), Integer.MAX_VALUE)),
                TEXT,
                TEXT);
        table.add(
                "rsplit",
                Type.ARRAY,
                (e, a) -> Value.ofTexts(TextFunctions.split(text(e, a[0]), text(e, a[1]), Integer.MAX_VALUE)
                        .reversed()),
                TEXT,
                TEXT);
        table.add(
                "split_once",
                Type.ARRAY,
                (e, a) -> {
                    String text = text(e, a[0]);
                    String at = text(e, a[1]);
                    return TextFunctions.cut(text, text.indexOf(at), at);
                },
                TEXT,
                TEXT);
        table.add(
                "rsplit_once",
                Type.ARRAY,
                (e, a) -> {
                    String text = text(e, a[0]);
                    String at = text(e, a[1]);
                    return TextFunctions.cut(text, text.lastIndexOf(at), at);
                },
                TEXT,
                TEXT);
        table.add(
                "split_n",
                Type.ARRAY,
                (e, a) -> Value.ofTexts(TextFunctions.split(text(e, a[0]), text(e, a[1]), whole(e, a[2]))),
                TEXT,
                TEXT,
                NUMBER);
        table.add("split_words", Type.ARRAY, (e, a) -> Value.ofTexts(TextFunctions.words(text(e, a[0]))), TEXT);
    }

    private static void lists(Table table) {
        table.add("count", Type.INTEGER, (e, a) -> ListFunctions.count(a[0].evaluate(e)), VALUE);
        table.add("sort", Type.ARRAY, (e, a) -> ListFunctions.sort(a[0].evaluate(e), a[1].test(e)), LIST, VALUE);
        table.add("dedup", Type.ARRAY, (e, a) -> ListFunctions.dedup(a[0].evaluate(e)), LIST);
        table.add("winnow", Type.ARRAY, (e, a) -> ListFunctions.winnow(a[0].evaluate(e)), LIST);
        table.add(
                "is_intersect",
                Type.BOOLEAN,
                (e, a) -> Value.of(ListFunctions.intersect(a[0].evaluate(e), a[1].evaluate(e))),
                VALUE,
                VALUE);
    }

    private static void addresses(Table table) {
        table.test("is_email", AddressFunctions::isEmail);
        table.add(
                "email_part",
                Type.TEXT,
                (e, a) -> Value.of(AddressFunctions.part(text(e, a[0]), text(e, a[1]))),
                TEXT,
                TEXT);
        table.test("is_ip_addr", text -> AddressLiteral.parse(text) != null);
        table.test("is_ipv4_addr", text -> AddressLiteral.v4(text) != null);
        table.test("is_ipv6_addr", text -> text.indexOf(':') >= 0 && AddressLiteral.parse(text) != null);
        table.add("ip_reverse_name", Type.TEXT, (e, a) -> Value.of(AddressFunctions.reverseName(text(e, a[0]))), TEXT);
    }

    private static void lookups(Table table) {
        table.ask("is_local_domain", Type.BOOLEAN, (e, a) -> {
            String directory = text(e, a[0]);
            String domain = text(e, a[1]);
            return answer("is_local_domain", domain, () -> Value.of(e.lookups.isLocalDomain(directory, domain)));
        });
        table.ask("is_local_address", Type.BOOLEAN, (e, a) -> {
            String directory = text(e, a[0]);
            String address = text(e, a[1]);
            return answer("is_local_address", address, () -> Value.of(e.lookups.isLocalAddress(directory, address)));
        });
        table.ask("key_get", Type.ANY, (e, a) -> {
            String store = text(e, a[0]);
            String key = text(e, a[1]);
            return answer("key_get", key, () -> {
                String found = e.lookups.keyGet(store, key);
                return found == null ? Value.Text.EMPTY : Value.of(found);
            });
        });
        table.ask("key_exists", Type.BOOLEAN, (e, a) -> {
            String store = text(e, a[0]);
            String key = text(e, a[1]);
            return answer("key_exists", key, () -> Value.of(e.lookups.keyExists(store, key)));
        });
    }

    private interface Question {
        Value ask() throws LookupException;
    }

    private static Value answer(String function, String about, Question question) throws EvaluationException {
        try {
            return question.ask();
        } catch (LookupException e) {
            throw EvaluationException.lookup(
                    function + "(…, '" + Value.of(about).describe() + "')", e);
        }
    }
}
