package dev.nexthop.sts;

/** A text is no policy of MTA-STS. Its message is one sentence that says why. */
public final class InvalidPolicyException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidPolicyException(String message) {
        super(message);
    }
}
