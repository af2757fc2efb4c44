package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.List;

/** {@code + - * /} and unary minus on values, with the coercions of Stalwart 0.7. */
final class Arithmetic {
    /** No text grows longer than this, in UTF-16 units. */
    static final int MAX_TEXT = 1 << 20;

    /** No list grows longer than this. */
    static final int MAX_ITEMS = 100_000;

    private Arithmetic() {}

    static Value add(Value a, Value b) throws EvaluationException {
        if (a instanceof Value.Int(long x) && b instanceof Value.Int(long y)) {
            return Value.of(saturated(x, y));
        }
        if (a instanceof Value.Array || b instanceof Value.Array) {
            return joined(a, b);
        }
        if (a instanceof Value.Text || b instanceof Value.Text) {
            return concatenated(a, b);
        }
        return new Value.Real(real(a) + real(b));
    }

    private static Value concatenated(Value a, Value b) throws EvaluationException {
        if (a instanceof Value.Text(String text) && text.isEmpty()) {
            return b;
        }
        if (b instanceof Value.Text(String text) && text.isEmpty()) {
            return a;
        }
        String left = a.asText();
        String right = b.asText();
        if (left.length() + right.length() > MAX_TEXT) {
            throw EvaluationException.tooLarge("a text grew beyond " + MAX_TEXT + " characters");
        }
        return new Value.Text(left + right);
    }

    private static Value joined(Value a, Value b) throws EvaluationException {
        List<Value> all = new ArrayList<>(items(a));
        all.addAll(items(b));
        if (all.size() > MAX_ITEMS) {
            throw EvaluationException.tooLarge("a list grew beyond " + MAX_ITEMS + " items");
        }
        return new Value.Array(all);
    }

    static Value subtract(Value a, Value b) {
        if (a instanceof Value.Array || b instanceof Value.Array) {
            boolean fromLeft = a instanceof Value.Array;
            List<Value> remove = items(fromLeft ? b : a);
            List<Value> left = new ArrayList<>(items(fromLeft ? a : b));
            left.removeIf(item -> Comparison.contains(remove, item));
            return new Value.Array(left);
        }
        Value x = Numbers.of(a);
        Value y = Numbers.of(b);
        if (x instanceof Value.Int(long i) && y instanceof Value.Int(long j)) {
            long difference = i - j;
            boolean overflow = ((i ^ j) & (i ^ difference)) < 0;
            return Value.of(overflow ? i < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : difference);
        }
        return new Value.Real(real(x) - real(y));
    }

    static Value multiply(Value a, Value b) {
        Value x = Numbers.of(a);
        Value y = Numbers.of(b);
        if (x instanceof Value.Int(long i) && y instanceof Value.Int(long j)) {
            long high = Math.multiplyHigh(i, j);
            long low = i * j;
            boolean fits = high == (low >> 63);
            return Value.of(fits ? low : (i < 0) == (j < 0) ? Long.MAX_VALUE : Long.MIN_VALUE);
        }
        return new Value.Real(real(x) * real(y));
    }

    /** Always a real number; 0 when the divisor is 0. */
    static Value divide(Value a, Value b) {
        double divisor = real(Numbers.of(b));
        return new Value.Real(divisor == 0 ? 0 : real(Numbers.of(a)) / divisor);
    }

    static Value negate(Value a) {
        return switch (Numbers.of(a)) {
            case Value.Int(long number) -> Value.of(number == Long.MIN_VALUE ? Long.MAX_VALUE : -number);
            case Value.Real(double number) -> new Value.Real(-number);
            case Value.Text _, Value.Array _ -> Value.Int.FALSE;
        };
    }

    static double real(Value number) {
        return switch (number) {
            case Value.Int(long whole) -> whole;
            case Value.Real(double real) -> real;
            case Value.Text _, Value.Array _ -> 0;
        };
    }

    private static List<Value> items(Value value) {
        return value instanceof Value.Array(List<Value> items) ? items : List.of(value);
    }

    private static long saturated(long a, long b) {
        long sum = a + b;
        boolean overflow = ((a ^ sum) & (b ^ sum)) < 0;
        return overflow ? a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : sum;
    }
}
