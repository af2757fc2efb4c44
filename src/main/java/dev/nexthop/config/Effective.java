package dev.nexthop.config;

import java.util.List;

/**
 * A setting that is in force.
 *
 * @param key its full name
 * @param value its value as a person would write it; secrets are {@code [secret]}
 * @param origin where it is written; {@link Origin#DEFAULT} for a default
 */
public record Effective(String key, String value, Origin origin) {
    /**
     * The name of a key or table as {@link #key} writes it.
     *
     * @param segments its parts; those that TOML wants in quotes get them
     */
    public static String key(String... segments) {
        return new KeyPath(List.of(segments)).toString();
    }
}
