package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.server.ConnectionLimits;
import dev.nexthop.server.Extensions;
import dev.nexthop.server.ListenerSettings;
import dev.nexthop.server.Protocol;
import dev.nexthop.server.ServerSettings;
import dev.nexthop.server.SessionLimits;
import dev.nexthop.server.Timeouts;
import dev.nexthop.smtp.Domain;
import dev.nexthop.sts.PolicyFile;
import dev.nexthop.tls.ServerStrength;
import dev.nexthop.tls.StsPolicy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads how mail comes in: listeners, certificates, the session. */
final class InboundReader {
    private final Values values;
    private final Map<InetSocketAddress, Bound> bound = new HashMap<>();
    private final Map<String, Secured> tls = new LinkedHashMap<>();

    /**
     * How a listener speaks TLS.
     *
     * @param implicit whether it begins with the connection
     * @param strength what is not offered
     */
    record Secured(boolean implicit, ServerStrength strength) {}

    /** Who listens at an address, and where that is written. */
    private record Bound(String id, Node at) {}

    InboundReader(Values values) {
        this.values = values;
    }

    /** Reads everything for the host of this name; mail for a bare postmaster belongs to the domain. */
    Configuration.Inbound read(String hostname, Domain postmasterDomain, List<Certificate> certificates) {
        OfferRules offers = OfferRules.read(values);
        extensions("", 0); // what is wrong in them is said even without a listener
        List<ListenerSettings> listeners = new ArrayList<>();
        boolean certified = !values.ids("certificate").isEmpty();
        certificate(SettingsServer.TLS_CERTIFICATE);
        for (String id : values.ids("server", "listener")) {
            listener(id, certified, offers).ifPresent(listeners::add);
        }
        ServerSettings settings = new ServerSettings(
                hostname,
                ServerSettings.DEFAULT_GREETING,
                postmasterDomain,
                listeners,
                limits(),
                timeouts(),
                new ConnectionLimits(
                        values.value(SettingsServer.MAX_CONNECTIONS), values.value(SettingsServer.MAX_PER_ADDRESS)));
        Conditional<Boolean> relay = values.value(SettingsSession.RELAY);
        openRelay(relay, listeners);
        return new Configuration.Inbound(
                settings,
                Map.copyOf(tls),
                certificates,
                relay,
                values.value(SettingsSession.ELSEWHERE),
                policy(listeners));
    }

    /** The MTA-STS policy of our own domains. */
    private Optional<PolicyFile> policy(List<ListenerSettings> listeners) {
        List<String> hosts = values.optional(SettingsSession.STS_MX).orElse(List.of());
        Duration age = values.value(SettingsSession.STS_MAX_AGE);
        Optional<StsPolicy.Mode> mode = values.optional(SettingsSession.STS_MODE);
        if (mode.isEmpty()) {
            return Optional.empty();
        }
        if (hosts.isEmpty() && mode.get() != StsPolicy.Mode.NONE) {
            values.wrong(
                    SettingsSession.STS_MODE,
                    Code.VALUE,
                    "an MTA-STS policy names the MX hosts of the domain",
                    "write session.mta-sts.mx = [\"mx.example.org\"]");
        }
        if (listeners.stream().noneMatch(listener -> listener.protocol() == Protocol.HTTP)) {
            values.wrong(
                    SettingsSession.STS_MODE,
                    Code.VALUE,
                    "the MTA-STS policy is served by HTTP listeners, and there is none",
                    "write a listener with protocol = \"http\", and put a proxy with TLS before it");
        }
        return Optional.of(new PolicyFile(mode.get(), hosts, age));
    }

    private Optional<ListenerSettings> listener(String id, boolean certified, OfferRules offers) {
        int at = values.place("server", "listener", id);
        List<InetSocketAddress> bind = values.required(SettingsServer.BIND, at, "write bind = \"127.0.0.1:25\"", id)
                .orElse(List.of());
        unique(id, bind);
        Optional<Protocol> protocol = values.required(SettingsServer.PROTOCOL, at, "one of smtp, lmtp, http", id)
                .orElse(Optional.empty());
        if (protocol.isEmpty()) {
            if (values.node(SettingsServer.PROTOCOL, id) instanceof Node.Scalar word
                    && word.text().matches("(?i)imap|managesieve")) {
                values.wrong(
                        SettingsServer.PROTOCOL,
                        Code.SERVICE_NOT_SERVED,
                        "'" + word.text() + "' is not served yet; the listener is not opened",
                        "",
                        id);
            }
            return Optional.empty();
        }
        tls(id, protocol.get(), certified);
        int port = bind.isEmpty() ? 0 : bind.getFirst().getPort();
        return Optional.of(new ListenerSettings(
                id, bind, protocol.get(), Optional.empty(), extensions(id, port).offering(offers)));
    }

    private void certificate(Setting<String> setting, String... ids) {
        List<String> defined = values.ids("certificate");
        values.optional(setting, ids).ifPresent(name -> {
            if (!defined.contains(name)) {
                StoreReader.undefined(values, setting, "certificate", name, defined, ids);
            } else if (defined.size() > 1) {
                String message =
                        "which certificate a client gets depends on the name it asks for, whatever this setting says";
                values.wrong(setting, Code.LISTENER_NOT_SERVED, message, "", ids);
            }
        });
    }

    private void tls(String id, Protocol protocol, boolean certified) {
        certificate(SettingsServer.LISTENER_CERTIFICATE, id);
        boolean all = values.valueOr(SettingsServer.TLS_ENABLE, certified, Boolean.toString(certified));
        boolean enabled = values.valueOr(SettingsServer.LISTENER_ENABLE, all, Boolean.toString(all), id);
        boolean every = values.value(SettingsServer.TLS_IMPLICIT);
        boolean implicit = values.valueOr(SettingsServer.LISTENER_IMPLICIT, every, Boolean.toString(every), id);
        boolean asked = implicit || values.given(SettingsServer.LISTENER_ENABLE, id) && enabled;
        if (protocol == Protocol.HTTP) {
            if (asked) {
                values.wrong(
                        implicit ? SettingsServer.LISTENER_IMPLICIT : SettingsServer.LISTENER_ENABLE,
                        Code.VALUE,
                        "the HTTP listener '" + id + "' does not speak TLS yet",
                        "bind it to loopback and put a proxy before it",
                        id);
            }
            return;
        }
        if (asked && !certified) {
            values.missing(
                    "the listener '" + id + "' wants TLS, but there is no certificate",
                    values.at(SettingsServer.LISTENER_IMPLICIT, id),
                    "write [certificate.default] with cert and private-key");
        }
        if ((enabled || implicit) && certified) {
            tls.put(id, new Secured(implicit, new StrengthReader(values).listener(id)));
        }
    }

    private void unique(String id, List<InetSocketAddress> bind) {
        Node written = values.node(SettingsServer.BIND, id);
        List<Node> items = written instanceof Node.Items list
                ? list.items()
                : written instanceof Node.Scalar scalar ? Texts.items(scalar) : List.of();
        for (int i = 0; i < bind.size(); i++) {
            InetSocketAddress address = bind.get(i);
            Node item = items.get(i);
            Bound other = address.getPort() == 0 ? null : bound.putIfAbsent(address, new Bound(id, item));
            if (other != null) {
                String who = other.id().equals(id) ? "this listener" : "the listener '" + other.id() + "'";
                values.twice(
                        item, other.at(), Code.DUPLICATE_BIND, shown(address) + " is bound by " + who + " already", "");
            }
        }
    }

    private static String shown(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private Extensions extensions(String id, int port) {
        return new Extensions(
                values.value(SettingsSession.PIPELINING).of(id, port),
                values.value(SettingsSession.VRFY).of(id, port),
                values.value(SettingsSession.EXPN).of(id, port),
                values.value(SettingsSession.MECHANISMS).of(id, port),
                values.value(SettingsSession.ALLOW_PLAIN).of(id, port));
    }

    private SessionLimits limits() {
        SessionLimits fixed = SessionLimits.DEFAULT;
        return new SessionLimits(
                values.value(SettingsSession.DATA_SIZE),
                values.value(SettingsSession.MAX_RECIPIENTS),
                values.value(SettingsSession.RECEIVED),
                values.value(SettingsSession.DATA_MESSAGES),
                fixed.errors(),
                values.value(SettingsSession.RCPT_ERRORS),
                values.value(SettingsSession.AUTH_ERRORS),
                fixed.commandLine(),
                fixed.contentLine(),
                values.value(SettingsSession.LINE_ENDS));
    }

    private Timeouts timeouts() {
        return new Timeouts(
                values.value(SettingsSession.TIMEOUT),
                Timeouts.DEFAULT.block(),
                Timeouts.DEFAULT.content(),
                values.value(SettingsServer.TLS_TIMEOUT),
                values.value(SettingsSession.DURATION));
    }

    private void openRelay(Conditional<Boolean> relay, List<ListenerSettings> listeners) {
        boolean reachable = listeners.stream()
                .filter(listener -> listener.protocol() != Protocol.HTTP)
                .flatMap(listener -> listener.bind().stream())
                .anyMatch(address -> !address.getAddress().isLoopbackAddress());
        if (reachable && Constants.value(relay).orElse(false)) {
            values.wrong(
                    SettingsSession.RELAY,
                    Code.OPEN_RELAY,
                    "every client may send mail to everywhere",
                    "allow users: \"!is_empty(authenticated_as)\"");
        }
    }
}
