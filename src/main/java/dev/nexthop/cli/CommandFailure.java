package dev.nexthop.cli;

/** A command could not do what it was asked; the message is the whole story for the person who typed it. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailure(String message) {
        super(message);
    }
}
