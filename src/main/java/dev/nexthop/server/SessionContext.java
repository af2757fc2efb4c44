package dev.nexthop.server;

import dev.nexthop.smtp.Dialect;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * What all sessions of one listener share.
 *
 * @param settings of the server
 * @param listener of the listener
 * @param services what sessions work with
 * @param passwords where passwords are checked
 * @param hello the prepared answers
 * @param time both clocks
 * @param era counts the changes that end the sessions of before
 */
record SessionContext(
        ServerSettings settings,
        ListenerSettings listener,
        Services services,
        PasswordChecks passwords,
        HelloReplies hello,
        Time time,
        int era) {
    /**
     * What time it is.
     *
     * @param clock for dates
     * @param nanos for deadlines
     */
    record Time(InstantSource clock, LongSupplier nanos) {}

    Dialect dialect() {
        return switch (listener.protocol()) {
            case SMTP -> Dialect.SMTP;
            case LMTP -> Dialect.LMTP;
            case HTTP -> throw new IllegalStateException("no mail session comes from an HTTP listener");
        };
    }
}
