package dev.nexthop.expr;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads one of some words. */
final class WordConversion<E> implements Conversion<E> {
    private final Map<String, E> meanings;

    WordConversion(Map<String, E> meanings) {
        this.meanings = Collections.unmodifiableMap(new LinkedHashMap<>(meanings));
    }

    @Override
    public String expected() {
        return "one of " + String.join(", ", meanings.keySet());
    }

    @Override
    public boolean accepts(Type type) {
        return type == Type.TEXT
                || type == Type.ANY
                || type == Type.REAL && meanings.keySet().stream().anyMatch(WordConversion::isNumber)
                || ((type == Type.BOOLEAN || type == Type.INTEGER)
                        && (meanings.containsKey("false") || meanings.containsKey("true")));
    }

    private static boolean isNumber(String word) {
        return word.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }

    @Override
    public E convert(Value value) throws EvaluationException {
        String word = switch (value) {
            case Value.Text text -> text.text().toLowerCase(Locale.ROOT);
            case Value.Int number -> number.number() == 0 ? "false" : number.number() == 1 ? "true" : "";
            case Value.Real number -> number.asText(); // a version such as 1.3 looks like one
            case Value.Array _ -> "";
        };
        E meaning = meanings.get(word);
        if (meaning == null) {
            throw Mismatch.of(value, expected());
        }
        return meaning;
    }
}
