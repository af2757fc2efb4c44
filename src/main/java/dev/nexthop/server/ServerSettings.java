package dev.nexthop.server;

import dev.nexthop.smtp.Domain;
import java.util.List;

/**
 * How the server meets its clients.
 *
 * @param hostname its name in greetings and Received fields
 * @param greeting words behind the name in the 220 greeting and in Received fields, such as {@code Nexthop}
 * @param postmasterDomain where {@code <Postmaster>} without a domain belongs (RFC 5321 §4.5.1)
 * @param listeners those of protocol SMTP and LMTP are opened by {@link Server}
 * @param limits what one session may ask for
 * @param timeouts how long a client may take
 * @param connections how many at once
 */
public record ServerSettings(
        String hostname,
        String greeting,
        Domain postmasterDomain,
        List<ListenerSettings> listeners,
        SessionLimits limits,
        Timeouts timeouts,
        ConnectionLimits connections) {
    /** The default of {@link #greeting}. */
    public static final String DEFAULT_GREETING = "Nexthop";

    /** Copies the list. */
    public ServerSettings {
        listeners = List.copyOf(listeners);
    }
}
