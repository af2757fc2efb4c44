package dev.nexthop.config;

/**
 * A setting that is in force.
 *
 * @param key its full name
 * @param value its value as a person would write it; secrets are {@code [secret]}
 * @param origin where it is written; {@link Origin#DEFAULT} for a default
 */
public record Effective(String key, String value, Origin origin) {}
