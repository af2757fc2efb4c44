package dev.nexthop.expr;

/** Reads texts. */
final class TextConversion implements Conversion<String> {
    @Override
    public String expected() {
        return "a text (in quotes)";
    }

    @Override
    public boolean accepts(Type type) {
        return type == Type.TEXT || type == Type.ANY;
    }

    @Override
    public String convert(Value value) throws EvaluationException {
        if (value instanceof Value.Text(String text)) {
            return text;
        }
        throw Mismatch.of(value, expected());
    }
}
