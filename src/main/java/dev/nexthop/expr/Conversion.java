package dev.nexthop.expr;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How the value of an expression becomes the value of a setting.
 *
 * @param <T> the setting's type
 */
public interface Conversion<T> {
    /**
     * True or false: numbers (0 is false), lists (empty is false), the words {@code true} and {@code false}. Any other text is
     * refused, so that {@code 'no'} can never mean yes.
     */
    Conversion<Boolean> BOOLEAN = new BooleanConversion();

    /** A whole number; a fraction is cut off, a text must be a number. */
    Conversion<Long> INTEGER = new IntegerConversion();

    /** A duration above zero; numbers are milliseconds, a text must be one such as {@code 5m}. */
    Conversion<Duration> DURATION = new DurationConversion();

    /** A text; numbers and lists are refused. */
    Conversion<String> TEXT = new TextConversion();

    /** A list of texts; a text is a list of one, the empty text and {@code false} are the empty list. */
    Conversion<List<String>> TEXT_LIST = new ListConversion<>(TEXT, "a list of texts");

    /** A list of durations; one duration is a list of one. */
    Conversion<List<Duration>> DURATION_LIST = new ListConversion<>(DURATION, "a list of durations such as [2m, 1h]");

    /** A list of IPv4 and IPv6 addresses, literals only; one address is a list of one. A name is never looked up. */
    Conversion<List<InetAddress>> IP_LIST =
            new ListConversion<>(new AddressConversion(), "a list of IPv4 and IPv6 addresses");

    /**
     * One of some words, whatever their case. The number 0 is the word {@code false} and 1 the word {@code true} where these
     * are among them.
     *
     * @param <E> what the words mean
     * @param meanings the words in lower case, in the order for people
     * @return the conversion
     */
    static <E> Conversion<E> words(Map<String, E> meanings) {
        return new WordConversion<>(meanings);
    }

    /**
     * What the setting wants.
     *
     * @return a phrase for error messages, such as {@code a duration such as 5m}
     */
    String expected();

    /**
     * Whether a value of this type may be convertible. What never is gets refused when the configuration is loaded.
     *
     * @param type the static type of an expression that is not constant
     * @return false when no value of the type can be converted
     */
    boolean accepts(Type type);

    /**
     * Converts a value.
     *
     * @param value the value
     * @return the value of the setting
     * @throws EvaluationException of kind {@link EvaluationException.Kind#WRONG_TYPE}, saying what was got and what is allowed
     */
    T convert(Value value) throws EvaluationException;
}
