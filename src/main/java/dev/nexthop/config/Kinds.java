package dev.nexthop.config;

import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Variable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The kinds of values that settings have. */
final class Kinds {
    static final Plain<String> TEXT = new Plain<>("text", "a text", text -> text);
    static final Plain<String> NAME =
            new Plain<>("text", "a text that is not empty", text -> text.isBlank() ? null : text);
    static final Plain<Boolean> TRUTH = new Plain<>("true or false", "true or false", Texts::truth);
    static final Plain<Duration> DURATION =
            new Plain<>("duration", "a duration such as 500ms, 30s, 5m, 1h or 3d", Texts::duration);
    static final Plain<Duration> WHOLE_SECONDS =
            new Plain<>("duration", "a duration of at least 1s, such as 5m, 1h or 3d", Kinds::seconds);
    static final Plain<Long> SIZE =
            new Plain<>("size", "a size of at least 1 octet, such as 1048576, 512kb or 25mb", Kinds::positiveSize);
    static final Plain<Path> PATH = new Plain<>("path", "a path", Kinds::path);
    static final Plain<InetSocketAddress> BIND = new Plain<>(
            "address and port",
            "an address and a port, such as 127.0.0.1:25 or [::]:25; names are not looked up",
            Texts::bind);
    static final Plain<InetAddress> ADDRESS = new Plain<>(
            "address", "an IPv4 or IPv6 address without brackets, such as 192.0.2.1 or 2001:db8::1", Texts::address);
    static final Plain<String> HOST = new Plain<>(
            "host name",
            "a host name such as mail.example.org",
            text -> Texts.isHost(text) ? text.toLowerCase(Locale.ROOT) : null);

    private Kinds() {}

    private static @Nullable Long positiveSize(String text) {
        Long size = Texts.size(text);
        return size == null || size == 0 ? null : size;
    }

    private static @Nullable Duration seconds(String text) {
        Duration duration = Texts.duration(text);
        return duration == null || duration.toSeconds() == 0 ? null : duration;
    }

    private static @Nullable Path path(String text) {
        try {
            return text.isBlank() ? null : Path.of(text);
        } catch (InvalidPathException e) {
            // As the caller then says.
            return null;
        }
    }

    /** A whole number in a range. */
    static Plain<Integer> count(int least, int most) {
        String expected = most == Integer.MAX_VALUE
                ? "a whole number of at least " + least
                : "a whole number from " + least + " to " + most;
        return new Plain<>("whole number", expected, text -> {
            Long number = Texts.integer(text, least, most);
            return number == null ? null : (Integer) number.intValue();
        });
    }

    /** One of some words, in any case. */
    static <E> Plain<E> word(Map<String, E> meanings) {
        String all = String.join(", ", meanings.keySet());
        return new Plain<>("one of " + all, "one of " + all, text -> meanings.get(text.toLowerCase(Locale.ROOT)));
    }

    /** A value, or {@code false} for none. */
    static <T> Plain<Optional<T>> orFalse(Plain<T> plain) {
        return new Plain<>(plain.noun() + ", or false", plain.expected() + ", or false", text -> {
            T value = plain.parse().apply(text);
            return value != null ? Optional.of(value) : text.equalsIgnoreCase("false") ? Optional.<T>empty() : null;
        });
    }

    /** A value that Stalwart takes as an expression and this server as a value: a literal may stand in its quotes. */
    static <T> Plain<T> literal(Plain<T> plain) {
        return new Plain<>(
                plain.noun(), plain.expected(), text -> plain.parse().apply(Texts.unquoted(text.strip())), true);
    }

    /** Rules. */
    static <T> RuleKind<T> rules(String noun, Set<Variable> variables, Conversion<T> conversion) {
        return new RuleKind<>(noun, variables, Set.of(), conversion);
    }

    /** Rules whose values are words. */
    static <E> RuleKind<E> words(Set<Variable> variables, Map<String, E> meanings) {
        return new RuleKind<>(
                "one of " + String.join(", ", meanings.keySet()),
                variables,
                meanings.keySet(),
                Conversion.words(meanings));
    }
}
