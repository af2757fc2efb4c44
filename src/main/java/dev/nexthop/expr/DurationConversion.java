package dev.nexthop.expr;

import java.time.Duration;

/** Reads durations. */
final class DurationConversion implements Conversion<Duration> {
    @Override
    public String expected() {
        return "a duration above zero, such as 500ms, 30s, 5m, 1h or 3d";
    }

    @Override
    public boolean accepts(Type type) {
        return type != Type.ARRAY;
    }

    @Override
    public Duration convert(Value value) throws EvaluationException {
        long millis = switch (value) {
            case Value.Int number -> number.number();
            case Value.Real number -> (long) number.number();
            case Value.Text text -> Numbers.durationMillis(text.text());
            case Value.Array list -> throw Mismatch.of(list, expected());
        };
        if (millis <= 0) {
            throw Mismatch.of(value, expected());
        }
        return Duration.ofMillis(millis);
    }
}
