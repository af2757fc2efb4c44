package dev.nexthop.client;

import dev.nexthop.mail.Step;

/** A session did not come about, or can't go on. */
public final class SessionException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    /**
     * Says where and why.
     *
     * @param step where
     * @param response why
     */
    public SessionException(Step step, Response response) {
        super(step + ": " + response);
        this.answer = new Answer(step, response);
    }

    /** Where and why. */
    public Answer answer() {
        return answer;
    }
}
