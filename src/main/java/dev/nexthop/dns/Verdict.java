package dev.nexthop.dns;

/** Whether this resolver can tell signed from forged, as far as a test has shown; DANE rests on it. */
public sealed interface Verdict {
    /** It can: a signed name was secure, and a name with broken signatures was refused. */
    record Able() implements Verdict {}

    /**
     * It can not: no answer is secure or insecure, all are {@link Security#INDETERMINATE}; bogus ones stay bogus.
     *
     * @param reason one sentence
     */
    record Unable(String reason) implements Verdict {}

    /**
     * Nobody knows: answers are believed as they come.
     *
     * @param reason one sentence
     */
    record Untested(String reason) implements Verdict {}

    /** In one line, such as {@code able} or {@code unable: …}. */
    default String line() {
        return switch (this) {
            case Able _ -> "able";
            case Unable unable -> "unable: " + unable.reason();
            case Untested untested -> "untested: " + untested.reason();
        };
    }
}
