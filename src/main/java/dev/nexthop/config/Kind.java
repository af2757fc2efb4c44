package dev.nexthop.config;

import org.jspecify.annotations.Nullable;

/** How what is written becomes the value of a setting. */
interface Kind<T> {
    /** What it is, for the manual: {@code duration}, {@code list of addresses}. */
    String noun();

    /** The variables that rules may read and words that they may use, for the manual; empty for a plain value. */
    default String scope() {
        return "";
    }

    /**
     * Reads a value.
     *
     * @return the value; null when there is none, after saying why
     */
    @Nullable
    T read(Node node, Reading reading);
}
