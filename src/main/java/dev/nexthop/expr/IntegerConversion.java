package dev.nexthop.expr;

/** Reads whole numbers. */
final class IntegerConversion implements Conversion<Long> {
    @Override
    public String expected() {
        return "a whole number";
    }

    @Override
    public boolean accepts(Type type) {
        return type != Type.ARRAY;
    }

    @Override
    public Long convert(Value value) throws EvaluationException {
        return switch (value) {
            case Value.Int number -> number.number();
            case Value.Real number -> (long) number.number();
            case Value.Text text ->
                switch (Numbers.parse(text.text())) {
                    case Value.Int number -> number.number();
                    case Value.Real number -> (long) number.number();
                    case null, default -> throw Mismatch.of(value, expected());
                };
            case Value.Array list -> throw Mismatch.of(list, expected());
        };
    }
}
