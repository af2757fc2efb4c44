package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.List;

/** Reads lists; a single value is a list of one, the empty text and false are the empty list. */
final class ListConversion<T> implements Conversion<List<T>> {
    private final Conversion<T> item;
    private final String expected;

    ListConversion(Conversion<T> item, String expected) {
        this.item = item;
        this.expected = expected;
    }

    @Override
    public String expected() {
        return expected;
    }

    @Override
    public boolean accepts(Type type) {
        return type == Type.ARRAY || item.accepts(type);
    }

    @Override
    public List<T> convert(Value value) throws EvaluationException {
        if (!value.truthy()) {
            return List.of();
        }
        if (!(value instanceof Value.Array(List<Value> items))) {
            return List.of(item.convert(value));
        }
        List<T> all = new ArrayList<>(items.size());
        for (Value one : items) {
            all.add(item.convert(one));
        }
        return List.copyOf(all);
    }
}
