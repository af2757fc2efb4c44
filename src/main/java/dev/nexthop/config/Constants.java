package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Evaluation;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Expression;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.Value;
import java.util.Optional;

/** What can be known of rules before any message. */
final class Constants {
    private Constants() {}

    /** The value of an expression that depends on nothing. */
    static Optional<Value> value(Expression expression) {
        if (!expression.isConstant()) {
            return Optional.empty();
        }
        try {
            return Optional.of(expression.evaluate(new Evaluation(Facts.NONE, Lookups.NONE)));
        } catch (EvaluationException e) {
            // A constant of this kind fails for each message too; the delivery then says why.
            return Optional.empty();
        }
    }

    /** The value of a setting that is the same for every message. */
    static <T> Optional<T> value(Conditional<T> setting) {
        boolean constant = setting.rules().rules().size() == 1
                && setting.rules().rules().getFirst().then().isConstant();
        if (!constant) {
            return Optional.empty();
        }
        try {
            return Optional.of(setting.value(Facts.NONE, Lookups.NONE));
        } catch (EvaluationException e) {
            // As above.
            return Optional.empty();
        }
    }
}
