package dev.nexthop.mime;

/** A message that has no 7-bit form that says the same. Its message is one phrase. */
public final class UnconvertibleException extends Exception {
    private static final long serialVersionUID = 1L;

    UnconvertibleException(String why) {
        super(why);
    }
}
