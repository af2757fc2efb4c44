package dev.nexthop.expr;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the functions of lists do. */
final class ListFunctions {
    private ListFunctions() {}

    private static List<Value> items(Value value) {
        return value instanceof Value.Array(List<Value> items) ? items : List.of(value);
    }

    /** The items of a list; anything else is one, or none when it is empty. */
    static Value count(Value value) {
        return Value.of(value instanceof Value.Array(List<Value> items) ? items.size() : value.truthy() ? 1 : 0);
    }

    /** Numbers before texts before lists, each by their own order: a total order, unlike that of {@link Comparison}. */
    static Value sort(Value value, boolean ascending) {
        List<Value> items = new ArrayList<>(items(value));
        items.sort((a, b) -> {
            int rank = Integer.compare(rank(a), rank(b));
            int order = rank != 0 ? rank : ordered(a, b);
            return ascending ? order : -order;
        });
        return new Value.Array(items);
    }

    private static int rank(Value value) {
        return switch (value) {
            case Value.Int _, Value.Real _ -> 0;
            case Value.Text _ -> 1;
            case Value.Array _ -> 2;
        };
    }

    private static int ordered(Value a, Value b) {
        if (a instanceof Value.Int(long x) && b instanceof Value.Int(long y)) {
            return Long.compare(x, y);
        }
        if (a instanceof Value.Text || a instanceof Value.Array) {
            return Comparison.letters(a.asText(), b.asText());
        }
        // Adding 0 turns -0 into 0; finite numbers are compared exactly, so that the order is total.
        double x = Arithmetic.real(a) + 0.0;
        double y = Arithmetic.real(b) + 0.0;
        return Double.isFinite(x) && Double.isFinite(y) ? exact(a).compareTo(exact(b)) : Double.compare(x, y);
    }

    private static BigDecimal exact(Value number) {
        return number instanceof Value.Int(long whole)
                ? BigDecimal.valueOf(whole)
                : new BigDecimal(Arithmetic.real(number));
    }

    /** Each item once, where it first stood. */
    static Value dedup(Value value) {
        List<Value> once = new ArrayList<>();
        Set<Value> seen = new HashSet<>();
        for (Value item : items(value)) {
            if (seen.add(item)) {
                once.add(item);
            }
        }
        return new Value.Array(once);
    }

    static Value winnow(Value value) {
        List<Value> kept = new ArrayList<>(items(value));
        kept.removeIf(item -> item instanceof Value.Text && !item.truthy());
        return new Value.Array(kept);
    }

    static boolean intersect(Value a, Value b) {
        List<Value> others = items(b);
        for (Value item : items(a)) {
            if (Comparison.contains(others, item)) {
                return true;
            }
        }
        return false;
    }

    static boolean member(Value wanted, Value list) {
        return Comparison.contains(items(list), wanted);
    }
}
