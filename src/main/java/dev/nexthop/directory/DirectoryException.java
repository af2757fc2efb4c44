package dev.nexthop.directory;

/** The directory could not say. Callers defer; they never guess. */
public final class DirectoryException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Says what failed.
     *
     * @param message one sentence without secrets
     */
    public DirectoryException(String message) {
        super(message);
    }
}
