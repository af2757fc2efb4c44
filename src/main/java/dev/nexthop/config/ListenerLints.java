package dev.nexthop.config;

import dev.nexthop.server.ListenerSettings;
import dev.nexthop.server.Protocol;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/** What is perhaps not meant in the listeners. */
final class ListenerLints {
    private static final Set<Integer> SUBMISSION = Set.of(465, 587);
    private static final int RELAY_PORT = 25;

    private final Values values;
    private final Configuration.Inbound inbound;

    ListenerLints(Values values, Configuration.Inbound inbound) {
        this.values = values;
        this.inbound = inbound;
    }

    void run() {
        List<ListenerSettings> listeners = inbound.plain().listeners();
        boolean submission = listeners.stream().anyMatch(listener -> isOn(listener, SUBMISSION));
        for (ListenerSettings listener : listeners) {
            switch (listener.protocol()) {
                case SMTP -> smtp(listener, submission);
                case LMTP -> lmtp(listener);
                case HTTP -> http(listener);
            }
        }
    }

    private void smtp(ListenerSettings listener, boolean submission) {
        String id = listener.id();
        boolean secured = inbound.tls().containsKey(id);
        boolean offersAuth = !listener.extensions().mechanisms().isEmpty();
        boolean mayLogIn = offersAuth && (secured || listener.extensions().plaintextAuth() || !isOpen(listener));
        if (!secured && isPublic(listener)) {
            values.wrong(
                    SettingsServer.BIND,
                    Code.CLEAR_LISTENER,
                    "'" + id + "' takes mail from the Internet in clear text",
                    "give this host a certificate: [certificate.default]",
                    id);
        } else if (isOn(listener, SUBMISSION) && !mayLogIn) {
            values.wrong(
                    SettingsServer.BIND,
                    Code.SUBMISSION_WITHOUT_AUTH,
                    "nobody can log in at '" + id + "', which is on a port of submission: "
                            + (offersAuth ? "AUTH is not offered without TLS" : "there is no SASL mechanism"),
                    offersAuth ? "give this host a certificate" : "write session.auth.mechanisms",
                    id);
        }
        if (isOn(listener, Set.of(RELAY_PORT)) && isPublic(listener) && secured && offersAuth && submission) {
            values.wrong(
                    SettingsServer.BIND,
                    Code.AUTH_ON_RELAY_PORT,
                    "'" + id + "' offers AUTH on port 25, where only other servers come",
                    "mechanisms = [{ if = \"listener = '" + id + "'\", then = [] }, { else = [\"plain\", \"login\"] }]",
                    id);
        }
    }

    private void lmtp(ListenerSettings listener) {
        if (isOpen(listener)) {
            values.wrong(
                    SettingsServer.BIND,
                    Code.PUBLIC_LMTP,
                    "'" + listener.id() + "' speaks LMTP to other machines",
                    "bind it to 127.0.0.1 or [::1]",
                    listener.id());
        }
    }

    private void http(ListenerSettings listener) {
        if (isOpen(listener)) {
            values.wrong(
                    SettingsServer.BIND,
                    Code.PUBLIC_ADMIN,
                    "'" + listener.id() + "' takes the administrator's password from other machines in clear text",
                    "bind it to 127.0.0.1, behind a proxy that speaks TLS",
                    listener.id());
        }
    }

    private static boolean isOn(ListenerSettings listener, Set<Integer> ports) {
        return listener.protocol() == Protocol.SMTP
                && listener.bind().stream().anyMatch(bind -> ports.contains(bind.getPort()));
    }

    /** Whether other machines reach it. */
    private static boolean isOpen(ListenerSettings listener) {
        return listener.bind().stream().anyMatch(bind -> !bind.getAddress().isLoopbackAddress());
    }

    /** Whether machines of other networks reach it. */
    private static boolean isPublic(ListenerSettings listener) {
        return listener.bind().stream().anyMatch(bind -> isPublic(bind.getAddress()));
    }

    private static boolean isPublic(InetAddress address) {
        boolean uniqueLocal = address instanceof Inet6Address && (address.getAddress()[0] & 0xFE) == 0xFC;
        return !address.isLoopbackAddress()
                && !address.isSiteLocalAddress()
                && !address.isLinkLocalAddress()
                && !uniqueLocal;
    }
}
