package dev.nexthop.config;

import java.util.Optional;

/**
 * The declaration of one setting, from which the reader, the manual and the messages are made.
 *
 * @param key its name
 * @param kind how it is read
 * @param fallback what holds when nobody writes it
 * @param traits what else is special about it
 * @param manual what the manual says
 */
record Setting<T>(Key key, Kind<T> kind, Fallback fallback, Traits traits, Manual manual) {
    /**
     * What holds when a setting is not written.
     *
     * @param text the default as it would be written; empty when it is not a fixed value
     * @param words the default in words; empty when the text says it
     */
    record Fallback(Optional<String> text, String words) {}

    /**
     * What is special.
     *
     * @param ours whether Stalwart does not know it
     * @param secret whether its value is never shown
     */
    record Traits(boolean ours, boolean secret) {}

    /**
     * What the manual says.
     *
     * @param prose one sentence
     * @param example a value as TOML
     */
    record Manual(String prose, String example) {}

    static <T> Setting<T> of(String key, Kind<T> kind, String prose, String example) {
        return new Setting<>(
                new Key(key),
                kind,
                new Fallback(Optional.empty(), "not set"),
                new Traits(false, false),
                new Manual(prose, example));
    }

    /** The same with a default, written as its value would be. */
    Setting<T> or(String text) {
        return new Setting<>(key, kind, new Fallback(Optional.of(text), ""), traits, manual);
    }

    /** The same with a default that only words describe. */
    Setting<T> orElse(String words) {
        return new Setting<>(key, kind, new Fallback(Optional.empty(), words), traits, manual);
    }

    /** The same as a setting that Stalwart does not know. */
    Setting<T> ours() {
        return new Setting<>(key, kind, fallback, new Traits(true, traits.secret()), manual);
    }

    /** The same with a value that is never shown. */
    Setting<T> secret() {
        return new Setting<>(key, kind, fallback, new Traits(traits.ours(), true), manual);
    }
}
