package dev.nexthop.expr;

import java.util.List;

/** Equality and order of values, with the coercions of Stalwart 0.7. */
final class Comparison {
    private Comparison() {}

    static boolean equal(Value a, Value b) {
        if (a instanceof Value.Text(String x) && b instanceof Value.Text(String y)) {
            return x.equals(y);
        }
        if (a instanceof Value.Array(List<Value> x)) {
            return b instanceof Value.Array(List<Value> y) && equal(x, y);
        }
        return !(b instanceof Value.Array) && numbers(a, b) == 0;
    }

    private static boolean equal(List<Value> a, List<Value> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Below, at or above zero: texts by their letters, lists by their items, a list after everything else, the rest as numbers. */
    static int order(Value a, Value b) {
        if (a instanceof Value.Text(String x) && b instanceof Value.Text(String y)) {
            return letters(x, y);
        }
        if (a instanceof Value.Array(List<Value> x)) {
            return b instanceof Value.Array(List<Value> y) ? order(x, y) : 1;
        }
        return b instanceof Value.Array ? -1 : numbers(a, b);
    }

    /** The order of the characters' numbers, which is that of UTF-8 but not that of UTF-16. */
    static int letters(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean high = Character.isSurrogate(x);
                return high == Character.isSurrogate(y) ? x - y : high ? 1 : -1;
            }
        }
        return a.length() - b.length();
    }

    private static int order(List<Value> a, List<Value> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = order(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** A text counts as its number, or as 0. */
    private static int numbers(Value a, Value b) {
        Value x = Numbers.of(a);
        Value y = Numbers.of(b);
        if (x instanceof Value.Int(long i) && y instanceof Value.Int(long j)) {
            return Long.compare(i, j);
        }
        double i = Arithmetic.real(x);
        double j = Arithmetic.real(y);
        return i < j ? -1 : i > j ? 1 : i == j ? 0 : 1;
    }

    static boolean contains(List<Value> items, Value wanted) {
        for (int i = 0; i < items.size(); i++) {
            if (equal(items.get(i), wanted)) {
                return true;
            }
        }
        return false;
    }
}
