package dev.nexthop.expr;

/** Words the refusal of a value. */
final class Mismatch {
    private Mismatch() {}

    static EvaluationException of(Value got, String expected) {
        String shown = switch (got) {
            case Value.Text text -> "the text '" + text.describe() + "'";
            case Value.Int number when number.number() == 0 -> "the number 0 (false)";
            case Value.Int number when number.number() == 1 -> "the number 1 (true)";
            case Value.Int number -> "the number " + number.describe();
            case Value.Real number -> "the number " + number.describe();
            case Value.Array list -> "the list " + list.describe();
        };
        return EvaluationException.wrongType("got " + shown + ", but the setting wants " + expected);
    }
}
