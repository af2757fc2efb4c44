package dev.nexthop.config;

import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsDemand;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the remote hosts. */
final class RemoteReader {
    private static final Set<Integer> CLEAR_PORTS = Set.of(24, 25, 587);
    private static final int TLS_PORT = 465;

    private final Values values;

    RemoteReader(Values values) {
        this.values = values;
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
        Dialect dialect = values.value(SettingsRemote.PROTOCOL, id);
        int port = port(id, dialect);
        boolean implicit = implicit(id, port);
        boolean loopback = !addresses.isEmpty() && addresses.stream().allMatch(RemoteReader::isLoopback);
        Optional<RemoteHost.Credentials> credentials = credentials(id);
        boolean unchecked = values.value(SettingsRemote.INVALID_CERTS, id);
        if (unchecked && credentials.isPresent() && !loopback) {
            values.wrong(
                    SettingsRemote.INVALID_CERTS,
                    Code.UNVERIFIED_CREDENTIALS,
                    "the password of '" + id + "' goes to a host whose certificate nobody checks",
                    "trust its authority with remote." + KeyPath.quoted(id) + ".tls.ca instead",
                    id);
        }
        boolean careful = dialect == Dialect.SMTP && credentials.isPresent() && !loopback;
        StartTls derived = careful ? StartTls.REQUIRE : StartTls.OPTIONAL;
        StartTls startTls = values.valueOr(SettingsRemote.STARTTLS, derived, careful ? "require" : "optional", id);
        TlsDemand tls = new TlsDemand(
                implicit,
                startTls,
                unchecked ? CertificateCheck.NEVER : CertificateCheck.REQUIRE,
                values.optional(SettingsRemote.SERVER_NAME, id),
                file(values, SettingsRemote.CA, id));
        RemoteHost.Limits limits = new RemoteHost.Limits(
                values.value(SettingsRemote.CONCURRENCY, id),
                values.value(SettingsRemote.MAX_RECIPIENTS, id),
                values.value(SettingsRemote.MESSAGES, id),
                values.value(SettingsRemote.IDLE, id));
        return addresses.stream()
                .map(address -> new RemoteHost(id, address, port, dialect, tls, credentials, limits))
                .toList();
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

    private boolean implicit(String id, int port) {
        boolean given = values.given(SettingsRemote.IMPLICIT, id);
        boolean implicit = values.value(SettingsRemote.IMPLICIT, id);
        if (implicit && CLEAR_PORTS.contains(port)) {
            values.wrong(
                    SettingsRemote.IMPLICIT,
                    Code.IMPLICIT_TLS_PORT,
                    "TLS begins with the connection to '" + id + "'" + (given ? "" : " (the default)") + ", but port "
                            + port + " speaks clear text first",
                    "write tls.implicit = false, or use port 465",
                    id);
        } else if (!given && port != TLS_PORT) {
            values.wrong(
                    SettingsRemote.IMPLICIT,
                    Code.IMPLICIT_TLS_DEFAULT,
                    "tls.implicit of '" + id + "' is not set; TLS begins with the connection by default",
                    "write tls.implicit = true or false",
                    id);
        }
        return implicit;
    }

    private Optional<RemoteHost.Credentials> credentials(String id) {
        boolean user = values.given(SettingsRemote.USERNAME, id);
        boolean secret = values.given(SettingsRemote.SECRET, id);
        if (user != secret && values.isWhole(values.at(SettingsRemote.USERNAME, id), values.place("remote", id))) {
            Setting<String> there = user ? SettingsRemote.USERNAME : SettingsRemote.SECRET;
            Setting<String> missing = user ? SettingsRemote.SECRET : SettingsRemote.USERNAME;
            values.problems()
                    .addKey(
                            Code.HALF_CREDENTIALS,
                            values.at(there, id),
                            1,
                            there.key().with(id) + " is set, but "
                                    + missing.key().with(id) + " is not",
                            "set both, or neither");
        }
        Optional<String> name = values.optional(SettingsRemote.USERNAME, id);
        Optional<String> password = values.optional(SettingsRemote.SECRET, id);
        password.ifPresent(text -> lineEnd(values, SettingsRemote.SECRET, text, id));
        boolean plaintext = values.value(SettingsRemote.ALLOW_PLAINTEXT, id);
        boolean require = values.value(SettingsRemote.AUTH_REQUIRE, id);
        return name.flatMap(found -> password.map(text -> new RemoteHost.Credentials(found, text, plaintext, require)));
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

    static boolean isLoopback(String host) {
        InetAddress address = Texts.address(host);
        return address != null ? address.isLoopbackAddress() : host.equals("localhost") || host.endsWith(".localhost");
    }
}
