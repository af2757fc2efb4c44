package dev.nexthop.server;

import dev.nexthop.tls.ServerStrength;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The certificate of a listener.
 *
 * @param context asked once a handshake, so that a renewed certificate is used at once
 * @param implicit whether TLS begins with the connection (RFC 8314 §3.3) instead of behind STARTTLS
 * @param strength what is not offered
 */
public record ListenerTls(Supplier<SSLContext> context, boolean implicit, ServerStrength strength) {
    /** All that the JDK offers; the parameters are those of the record. */
    public ListenerTls(Supplier<SSLContext> context, boolean implicit) {
        this(context, implicit, ServerStrength.DEFAULT);
    }
}
