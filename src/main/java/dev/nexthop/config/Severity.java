package dev.nexthop.config;

/** What a problem means for the server. */
public enum Severity {
    /** The configuration is not used. */
    ERROR("error"),
    /** It is used, but something in it has no effect yet. */
    WARNING("warning"),
    /** It is used as written; it may not be what was meant. */
    LINT("lint");

    private final String word;

    Severity(String word) {
        this.word = word;
    }

    /**
     * The word for people and programs.
     *
     * @return {@code error}, {@code warning} or {@code lint}
     */
    public String word() {
        return word;
    }
}
