package dev.nexthop.config;

import java.util.List;

/**
 * A setting that is in force.
 *
 * @param key its full name
 * @param value its value as a person would write it; secrets are {@code [secret]}, macros as they are written
 * @param origin where it is written; {@link Origin#DEFAULT} for a default
 * @param mark tells two secrets, or two values of macros, apart within this process, and nothing else about them; 0 for
 *     what is neither
 */
public record Effective(String key, String value, Origin origin, long mark) {
    /**
     * A setting that is no secret.
     *
     * @param key its full name
     * @param value its value as a person would write it
     * @param origin where it is written
     */
    public Effective(String key, String value, Origin origin) {
        this(key, value, origin, 0);
    }

    /**
     * The name of a key or table as {@link #key} writes it.
     *
     * @param segments its parts; those that TOML wants in quotes get them
     */
    public static String key(String... segments) {
        return new KeyPath(List.of(segments)).toString();
    }

    @Override
    public String toString() {
        return key + " = " + value + " (" + origin + ")";
    }
}
