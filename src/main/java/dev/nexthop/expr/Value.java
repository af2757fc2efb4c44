package dev.nexthop.expr;

import java.math.BigDecimal;
import java.util.List;

/** A value of the expression language; there is no null and no boolean, true is 1 and false is 0. */
public sealed interface Value {
    /**
     * Whether the value counts as true: a number other than 0, a text or list that is not empty. The texts {@code 'false'}
     * and {@code '0'} are therefore true.
     *
     * @return the truth of the value
     */
    boolean truthy();

    /**
     * The value as text; the items of a list are joined with CRLF.
     *
     * @return the text
     */
    String asText();

    /**
     * The static type that describes this value.
     *
     * @return the type, never {@link Type#BOOLEAN} nor {@link Type#ANY}
     */
    Type type();

    /**
     * The value as a person would write it: text as it is, lists as {@code [a, b]}.
     *
     * @return the text, at most about 300 characters
     */
    default String describe() {
        String text = asText();
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }

    /**
     * A text.
     *
     * @param text the text
     * @return the value
     */
    static Value of(String text) {
        return text.isEmpty() ? Text.EMPTY : new Text(text);
    }

    /**
     * A whole number.
     *
     * @param number the number
     * @return the value
     */
    static Value of(long number) {
        return number == 0 ? Int.FALSE : number == 1 ? Int.TRUE : new Int(number);
    }

    /**
     * A truth value.
     *
     * @param truth true or false
     * @return 1 or 0
     */
    static Value of(boolean truth) {
        return truth ? Int.TRUE : Int.FALSE;
    }

    /**
     * A list.
     *
     * @param items its items, copied
     * @return the value
     */
    static Value of(List<? extends Value> items) {
        return new Array(List.copyOf(items));
    }

    /**
     * A list of texts.
     *
     * @param items the texts, in order
     * @return the value
     */
    static Value ofTexts(List<String> items) {
        return new Array(items.stream().map(Value::of).toList());
    }

    /**
     * A text.
     *
     * @param text the text
     */
    record Text(String text) implements Value {
        /** The empty text, which also stands for what is not known. */
        public static final Value EMPTY = new Text("");

        @Override
        public boolean truthy() {
            return !text.isEmpty();
        }

        @Override
        public String asText() {
            return text;
        }

        @Override
        public Type type() {
            return Type.TEXT;
        }
    }

    /**
     * A whole number.
     *
     * @param number the number
     */
    record Int(long number) implements Value {
        /** True. */
        public static final Value TRUE = new Int(1);

        /** False. */
        public static final Value FALSE = new Int(0);

        @Override
        public boolean truthy() {
            return number != 0;
        }

        @Override
        public String asText() {
            return Long.toString(number);
        }

        @Override
        public Type type() {
            return Type.INTEGER;
        }
    }

    /**
     * A number with a fraction.
     *
     * @param number the number
     */
    record Real(double number) implements Value {
        @Override
        public boolean truthy() {
            return number != 0;
        }

        @Override
        public String asText() {
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                return Double.toString(number);
            }
            BigDecimal shortest = new BigDecimal(Double.toString(number));
            return shortest.signum() == 0 ? "0" : shortest.stripTrailingZeros().toPlainString();
        }

        @Override
        public Type type() {
            return Type.REAL;
        }
    }

    /**
     * A list.
     *
     * @param items its items, unmodifiable
     */
    record Array(List<Value> items) implements Value {
        /** Copies the items. */
        public Array {
            items = List.copyOf(items);
        }

        @Override
        public boolean truthy() {
            return !items.isEmpty();
        }

        @Override
        public String asText() {
            if (items.size() == 1) {
                return items.getFirst().asText();
            }
            StringBuilder text = new StringBuilder();
            for (Value item : items) {
                if (!text.isEmpty()) {
                    text.append("\r\n");
                }
                text.append(item.asText());
            }
            return text.toString();
        }

        @Override
        public String describe() {
            StringBuilder text = new StringBuilder("[");
            for (Value item : items) {
                text.append(text.length() == 1 ? "" : ", ");
                if (text.length() > 300) {
                    return text.append("… ")
                            .append(items.size())
                            .append(" items]")
                            .toString();
                }
                text.append(item.describe());
            }
            return text.append(']').toString();
        }

        @Override
        public Type type() {
            return Type.ARRAY;
        }
    }
}
