package dev.nexthop.expr;

import java.util.Locale;

/** Reads true and false. */
final class BooleanConversion implements Conversion<Boolean> {
    @Override
    public String expected() {
        return "true or false (to test whether a text is set, write !is_empty(…))";
    }

    @Override
    public boolean accepts(Type type) {
        return type != Type.TEXT;
    }

    @Override
    public Boolean convert(Value value) throws EvaluationException {
        return switch (value) {
            case Value.Int number -> number.truthy();
            case Value.Real number -> number.truthy();
            case Value.Array list -> list.truthy();
            case Value.Text text ->
                switch (text.text().toLowerCase(Locale.ROOT)) {
                    case "true", "1" -> true;
                    case "false", "0", "" -> false;
                    default -> throw Mismatch.of(value, expected());
                };
        };
    }
}
