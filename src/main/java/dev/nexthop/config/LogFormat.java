package dev.nexthop.config;

/** How the log is written, {@code log.format}. */
public enum LogFormat {
    /** One readable line for each event. */
    TEXT,
    /** One JSON object for each event. */
    JSON
}
