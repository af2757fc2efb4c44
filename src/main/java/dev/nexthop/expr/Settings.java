package dev.nexthop.expr;

import org.jspecify.annotations.Nullable;

/** The settings that {@code config_get} reads while an expression is compiled. */
@FunctionalInterface
public interface Settings {
    /** No setting can be read. */
    Settings NONE = key -> new Answer.Refused("no setting can be read here", null);

    /**
     * The value of a setting.
     *
     * @param key its full key, such as {@code server.hostname}
     * @return the value, or why it cannot be had: no such key, a secret, not set, not the same for every message
     */
    Answer ask(String key);

    /** What comes of asking for a setting. */
    sealed interface Answer {
        /**
         * It has a value.
         *
         * @param value the value
         */
        record Found(Value value) implements Answer {}

        /**
         * It cannot be read.
         *
         * @param reason why, for people, without the value of a secret
         * @param suggestion the key that was perhaps meant; null = no idea
         */
        record Refused(String reason, @Nullable String suggestion) implements Answer {}
    }
}
