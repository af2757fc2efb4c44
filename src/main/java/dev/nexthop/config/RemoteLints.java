package dev.nexthop.config;

import dev.nexthop.client.Login;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.server.ListenerSettings;
import dev.nexthop.server.Protocol;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** What is perhaps not meant in the remote hosts. */
final class RemoteLints {
    private final Values values;
    private final Configuration configuration;

    RemoteLints(Values values, Configuration configuration) {
        this.values = values;
        this.configuration = configuration;
    }

    void run() {
        for (String id : values.ids("remote")) {
            List<RemoteHost> hosts =
                    configuration.outbound().routing().remotes().getOrDefault(id, List.of());
            if (!hosts.isEmpty()) {
                RemoteHost first = hosts.getFirst();
                boolean here = RemoteReader.isHere(
                        values, id, hosts.stream().map(RemoteHost::address).toList());
                if (first.socket().isEmpty()) {
                    transport(first);
                    pinned(first);
                }
                weights(hosts);
                if (!here) {
                    passwords(first);
                }
                if (first.manner().proxy().isEmpty()
                        && first.manner().selection().service().isEmpty()) {
                    hosts.forEach(this::loop);
                }
            }
        }
    }

    private void transport(RemoteHost host) {
        String id = host.id();
        boolean implicit = host.tls().implicit();
        if (!implicit && host.port() == 465) {
            values.wrong(
                    SettingsRemote.IMPLICIT,
                    Code.CLEAR_ON_TLS_PORT,
                    "'" + id + "' is spoken to in clear text on port 465, where TLS begins with the connection",
                    "write tls.implicit = true",
                    id);
        }
        if (host.dialect() != Dialect.LMTP || implicit) {
            return;
        }
        if (host.tls().startTls() == StartTls.REQUIRE) {
            values.wrong(
                    SettingsRemote.STARTTLS,
                    Code.LMTP_STARTTLS,
                    "mail for '" + id + "' waits unless the LMTP server offers STARTTLS",
                    "write tls.starttls = \"optional\", or make sure that it does",
                    id);
        }
        if (host.address().equals("localhost")) {
            values.wrong(
                    SettingsRemote.ADDRESS,
                    Code.LMTP_LOCALHOST,
                    "'localhost' is taken for this machine; newer Stalwart refuses such a host",
                    "write 127.0.0.1, which needs no resolver",
                    id);
        }
    }

    private void pinned(RemoteHost host) {
        if (!host.tls().pins().isEmpty() && !host.tls().implicit() && host.tls().startTls() != StartTls.REQUIRE) {
            values.wrong(
                    SettingsRemote.STARTTLS,
                    Code.PIN_IN_CLEAR,
                    "'" + host.id() + "' has a fingerprint, and is spoken to in clear text "
                            + (host.tls().startTls() == StartTls.DISABLE ? "always" : "when it offers no STARTTLS"),
                    "write tls.starttls = \"require\"",
                    host.id());
        }
    }

    private void weights(List<RemoteHost> hosts) {
        RemoteHost first = hosts.getFirst();
        boolean zero = hosts.stream().allMatch(host -> host.manner().selection().weight() == 0);
        boolean alone = hosts.size() == 1; // The places of a service have the weights of their SRV records.
        if (first.manner().selection().weighted() && (alone || zero)) {
            values.wrong(
                    SettingsHop.WEIGHTS,
                    Code.IDLE_WEIGHTS,
                    "the weights of '" + first.id() + "' choose nothing: "
                            + (alone ? "it has one address" : "all of them are 0"),
                    "remove them, or give the hosts that are to share the load more than 0",
                    first.id());
        }
    }

    /** Of a host that is not this machine. */
    private void passwords(RemoteHost host) {
        String id = host.id();
        boolean clear = !host.tls().implicit();
        StartTls startTls = host.tls().startTls();
        boolean plaintext = host.login().filter(Login::allowPlaintext).isPresent();
        if (clear && plaintext && startTls != StartTls.REQUIRE) {
            values.wrong(
                    SettingsLogin.ALLOW_PLAINTEXT,
                    Code.CLEAR_PASSWORD,
                    "the password of '" + id + "' may go over the network in clear text",
                    "write tls.starttls = \"require\", or leave auth.allow-plaintext away",
                    id);
        }
        if (clear && host.login().isPresent() && !plaintext && startTls == StartTls.DISABLE) {
            values.wrong(
                    SettingsRemote.STARTTLS,
                    Code.AUTH_WITHOUT_TLS,
                    "'" + id + "' has credentials, which are never sent without TLS, and TLS is off: its mail waits",
                    "write tls.starttls = \"require\"",
                    id);
        }
        if (host.login().isEmpty()
                && host.tls().check() == CertificateCheck.NEVER
                && host.tls().pins().isEmpty()) {
            values.wrong(
                    SettingsRemote.INVALID_CERTS,
                    Code.UNVERIFIED_HOST,
                    "mail for '" + id + "' goes to whoever answers: nobody checks the certificate",
                    "trust its authority with remote." + KeyPath.quoted(id) + ".tls.ca instead",
                    id);
        }
    }

    private void loop(RemoteHost host) {
        for (ListenerSettings listener : configuration.inbound().plain().listeners()) {
            boolean same = listener.protocol() == (host.dialect() == Dialect.LMTP ? Protocol.LMTP : Protocol.SMTP)
                    && listener.bind().stream().anyMatch(bind -> bind.getPort() == host.port() && isAt(host, bind));
            if (same) {
                values.wrongItem(
                        SettingsRemote.ADDRESS,
                        host.address(),
                        Code.LOOP,
                        "'" + host.id() + "' is this server: " + host.address() + " port " + host.port()
                                + " is its listener '" + listener.id() + "', so mail would go in a circle",
                        host.id());
            }
        }
    }

    private boolean isAt(RemoteHost host, InetSocketAddress bind) {
        InetAddress literal = Texts.address(host.address());
        boolean wildcard = bind.getAddress().isAnyLocalAddress();
        if (host.address().equals(configuration.hostname())) {
            return wildcard || !bind.getAddress().isLoopbackAddress();
        }
        return bind.getAddress().equals(literal)
                || RemoteReader.isLoopback(host.address())
                        && (wildcard || bind.getAddress().isLoopbackAddress());
    }
}
