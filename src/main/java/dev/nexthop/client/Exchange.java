package dev.nexthop.client;

import org.jspecify.annotations.Nullable;

/** The client's side of one SASL exchange (RFC 4422 §3): challenges in, responses out. */
interface Exchange {
    /**
     * What the client says first.
     *
     * @return perhaps empty; null when the server speaks first
     */
    byte @Nullable [] initial();

    /**
     * The response to a challenge.
     *
     * @param challenge what the server said, decoded
     * @throws RefusedException when the client does not go on
     */
    byte[] respond(byte[] challenge) throws RefusedException;

    /**
     * The server says that the login succeeded.
     *
     * @throws RefusedException when it has not proved what the mechanism makes it prove
     */
    default void succeeded() throws RefusedException {}

    /** The client breaks off. */
    final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean bindingUnknown;

        /**
         * Says why.
         *
         * @param message one sentence without secrets
         * @param bindingUnknown whether the server only does not know this way of binding to TLS, before any proof
         */
        RefusedException(String message, boolean bindingUnknown) {
            super(message);
            this.bindingUnknown = bindingUnknown;
        }

        boolean bindingUnknown() {
            return bindingUnknown;
        }
    }
}
