package dev.nexthop.config;

import dev.nexthop.client.Login;
import dev.nexthop.route.Manner;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.ClientIdentity;
import dev.nexthop.tls.Fingerprint;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsDemand;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the remote hosts. */
final class RemoteReader {
    private static final Set<Integer> CLEAR_PORTS = Set.of(24, 25, 587);
    private static final int TLS_PORT = 465;

    /** Services that speak clear text first (RFC 6186 §3.1); behind others TLS begins with the connection. */
    private static final Set<String> CLEAR_SERVICES = Set.of("_smtp._tcp", "_submission._tcp", "_lmtp._tcp");

    /** The one service that is known to begin with TLS (RFC 8314 §5.1). */
    private static final String TLS_SERVICE = "_submissions._tcp";

    private static final List<Setting<?>> NETWORK = List.of(
            SettingsRemote.PORT,
            SettingsHop.SOURCES,
            SettingsRemote.CA,
            SettingsRemote.SERVER_NAME,
            SettingsHop.CERTIFICATE,
            SettingsHop.FINGERPRINTS,
            SettingsTls.REMOTE_LEAST,
            SettingsTls.REMOTE_SUITES);

    private final Values values;
    private final List<Certificate> certificates;

    /**
     * A reader.
     *
     * @param certificates those that can be shown to a host
     */
    RemoteReader(Values values, List<Certificate> certificates) {
        this.values = values;
        this.certificates = certificates;
    }

    /** The hosts of each id, in the order in which they are tried. */
    Map<String, List<RemoteHost>> read() {
        Map<String, List<RemoteHost>> all = new LinkedHashMap<>();
        for (String id : values.ids("remote")) {
            reserved(id);
            all.put(id, remote(id));
        }
        return all;
    }

    private void reserved(String id) {
        boolean taken =
                Set.of("local", "mx", "discard").contains(id) || id.startsWith("defer:") || id.startsWith("reject:");
        if (taken) {
            values.problems()
                    .addKey(
                            Code.RESERVED_ID,
                            values.place("remote", id),
                            id.length(),
                            "'" + id + "' has a meaning of its own in rules and can't be the id of a remote host",
                            "choose another id");
        }
    }

    private List<RemoteHost> remote(String id) {
        int at = values.place("remote", id);
        List<String> addresses = values.required(
                        SettingsRemote.ADDRESS, at, "write address = \"relay.example.org\"", id)
                .orElse(List.of());
        if (addresses.isEmpty()
                && values.node(SettingsRemote.ADDRESS, id) instanceof Node.Items items
                && items.items().isEmpty()) {
            values.wrong(SettingsRemote.ADDRESS, Code.VALUE, "a remote host has at least one address", "", id);
        }
        boolean sockets = addresses.stream().anyMatch(address -> address.startsWith("/"));
        boolean network = !addresses.stream().allMatch(address -> address.startsWith("/"));
        if (sockets && network && !addresses.isEmpty()) {
            values.wrong(
                    SettingsRemote.ADDRESS,
                    Code.VALUE,
                    "unix sockets and hosts of a network can't share one remote",
                    "write two remotes, and name both in the rule: \"['" + id + "', 'other']\"",
                    id);
            return List.of();
        }
        Dialect dialect = values.value(SettingsRemote.PROTOCOL, id);
        if (sockets) {
            socket(id);
        }
        Optional<String> service = values.node(SettingsHop.SRV, id) instanceof Node.Scalar word
                ? Optional.ofNullable(SettingsHop.service(word.text())) // The reader of the manner says what is wrong.
                : Optional.empty();
        int port = sockets || values.given(SettingsHop.SRV, id) ? 0 : port(id, dialect);
        boolean loopback = !addresses.isEmpty() && isHere(values, id, addresses);
        Optional<Login> login = new LoginReader(values).read(id);
        TlsDemand tls = tls(id, new Ends(dialect, port, service, sockets, loopback), login.isPresent());
        RemoteHost.Limits limits = new RemoteHost.Limits(
                values.value(SettingsRemote.CONCURRENCY, id),
                values.value(SettingsRemote.MAX_RECIPIENTS, id),
                values.value(SettingsRemote.MESSAGES, id),
                values.value(SettingsRemote.IDLE, id),
                values.value(SettingsRemote.ONE_FLIGHT, id));
        List<Manner> manners = new MannerReader(values).read(id, addresses);
        List<RemoteHost> hosts = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            hosts.add(new RemoteHost(id, addresses.get(i), port, dialect, tls, login, limits, manners.get(i)));
        }
        return List.copyOf(hosts);
    }

    /**
     * Between what connections run.
     *
     * @param dialect SMTP or LMTP
     * @param port where the host listens; 0 when that has no number, or SRV records say it
     * @param service what SRV records are asked for
     * @param socket whether it is a unix socket
     * @param loopback whether it is this machine
     */
    private record Ends(Dialect dialect, int port, Optional<String> service, boolean socket, boolean loopback) {}

    private TlsDemand tls(String id, Ends ends, boolean login) {
        boolean implicit = ends.socket() ? socketTls(id) : implicit(id, ends);
        boolean unchecked = values.value(SettingsRemote.INVALID_CERTS, id);
        Set<Fingerprint> pins = ends.socket()
                ? Set.of()
                : Set.copyOf(values.optional(SettingsHop.FINGERPRINTS, id).orElse(List.of()));
        if (unchecked && login && !ends.loopback() && pins.isEmpty()) {
            values.wrong(
                    SettingsRemote.INVALID_CERTS,
                    Code.UNVERIFIED_CREDENTIALS,
                    "the password of '" + id + "' goes to a host whose certificate nobody checks",
                    "trust its authority with remote." + KeyPath.quoted(id) + ".tls.ca instead",
                    id);
        }
        boolean careful = ends.dialect() == Dialect.SMTP && login && !ends.loopback() || !pins.isEmpty();
        StartTls derived = ends.socket() ? StartTls.DISABLE : careful ? StartTls.REQUIRE : StartTls.OPTIONAL;
        StartTls startTls =
                values.valueOr(SettingsRemote.STARTTLS, derived, derived.name().toLowerCase(Locale.ROOT), id);
        CertificateCheck check = unchecked ? CertificateCheck.NEVER : CertificateCheck.REQUIRE;
        if (ends.socket()) {
            return new TlsDemand(false, startTls, check, Optional.empty(), Optional.empty());
        }
        return new TlsDemand(
                        implicit,
                        startTls,
                        check,
                        values.optional(SettingsRemote.SERVER_NAME, id),
                        file(values, SettingsRemote.CA, id),
                        pins,
                        identity(id))
                .encrypted(new StrengthReader(values).remote(id));
    }

    /** What is about names, addresses, ports and TLS does nothing on a unix socket. */
    private void socket(String id) {
        for (Setting<?> one : NETWORK) {
            if (values.given(one, id)) {
                values.wrong(
                        one,
                        Code.VALUE,
                        one.key().with(id) + " does nothing on a unix socket: it has no port and no IP address, and"
                                + " there is no TLS on it",
                        "remove the key",
                        id);
            }
        }
    }

    /** Nobody listens between the ends of a unix socket, and what it is called is in no certificate. */
    private boolean socketTls(String id) {
        boolean implicit = values.optional(SettingsRemote.IMPLICIT, id).orElse(false);
        boolean behind = values.optional(SettingsRemote.STARTTLS, id).orElse(StartTls.DISABLE) != StartTls.DISABLE;
        if (implicit || behind) {
            values.wrong(
                    implicit ? SettingsRemote.IMPLICIT : SettingsRemote.STARTTLS,
                    Code.VALUE,
                    "there is no TLS on a unix socket, which nobody can listen to",
                    "remove the key",
                    id);
        }
        return false;
    }

    private Optional<ClientIdentity> identity(String id) {
        Optional<String> name = values.optional(SettingsHop.CERTIFICATE, id);
        Optional<Certificate> found = name.flatMap(wanted ->
                certificates.stream().filter(one -> one.id().equals(wanted)).findFirst());
        if (name.isPresent() && values.place("certificate", name.get()) == 0) {
            values.wrong(
                    SettingsHop.CERTIFICATE,
                    Code.UNKNOWN_ID,
                    "there is no certificate '" + name.get() + "'",
                    "define certificate." + KeyPath.quoted(name.get()),
                    id);
        }
        return found.map(one -> new ClientIdentity(one.chain(), one.key()));
    }

    private int port(String id, Dialect dialect) {
        int derived = dialect == Dialect.LMTP ? 24 : 25;
        if (!values.given(SettingsRemote.PORT, id) && values.place("remote", id) > 0) {
            values.problems()
                    .addKey(
                            Code.PORT_DEFAULT,
                            values.place("remote", id),
                            id.length(),
                            "the remote host '" + id + "' has no port; " + derived + " is used",
                            "write port = " + derived);
        }
        return values.valueOr(SettingsRemote.PORT, derived, Integer.toString(derived), id);
    }

    private boolean implicit(String id, Ends ends) {
        boolean given = values.given(SettingsRemote.IMPLICIT, id);
        boolean derived = ends.service().filter(CLEAR_SERVICES::contains).isEmpty();
        boolean implicit = values.valueOr(SettingsRemote.IMPLICIT, derived, Boolean.toString(derived), id);
        if (implicit && CLEAR_PORTS.contains(ends.port())) {
            values.wrong(
                    SettingsRemote.IMPLICIT,
                    Code.IMPLICIT_TLS_PORT,
                    "TLS begins with the connection to '" + id + "'" + (given ? "" : " (the default)") + ", but port "
                            + ends.port() + " speaks clear text first",
                    "write tls.implicit = false, or use port 465",
                    id);
        } else if (!given && !isPlain(ends)) {
            values.wrong(
                    SettingsRemote.IMPLICIT,
                    Code.IMPLICIT_TLS_DEFAULT,
                    "tls.implicit of '" + id + "' is not set; TLS begins with the connection by default",
                    "write tls.implicit = true or false",
                    id);
        }
        return implicit;
    }

    /** Whether the port or the service says by itself when TLS begins. */
    private static boolean isPlain(Ends ends) {
        return ends.service()
                .map(service -> CLEAR_SERVICES.contains(service) || service.equals(TLS_SERVICE))
                .orElse(ends.port() == TLS_PORT);
    }

    static void lineEnd(Values values, Setting<String> setting, String secret, String... ids) {
        if (secret.endsWith("\n") || secret.endsWith("\r")) {
            values.wrong(
                    setting,
                    Code.SECRET_LINE_END,
                    setting.key().with(ids) + " ends with a line end",
                    "end the file with one line end, or none",
                    ids);
        }
    }

    /** A file that must be readable. */
    static Optional<Path> file(Values values, Setting<Path> setting, String... ids) {
        Optional<Path> path = values.optional(setting, ids).map(found -> values.resolve(found, setting, ids));
        if (path.isPresent() && !(Files.isRegularFile(path.get()) && Files.isReadable(path.get()))) {
            values.wrong(setting, Code.UNREADABLE, "'" + path.get() + "' is no file that can be read", "", ids);
        }
        return path;
    }

    /** Whether the hosts are this machine; what a proxy calls loopback is its own. */
    static boolean isHere(Values values, String id, List<String> addresses) {
        return !values.given(SettingsHop.PROXY, id) && addresses.stream().allMatch(RemoteReader::isLoopback);
    }

    static boolean isLoopback(String host) {
        InetAddress address = Texts.address(host);
        if (host.startsWith("/")) {
            return true; // a unix socket
        }
        return address != null ? address.isLoopbackAddress() : host.equals("localhost") || host.endsWith(".localhost");
    }
}
