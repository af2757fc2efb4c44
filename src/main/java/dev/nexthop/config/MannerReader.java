package dev.nexthop.config;

import dev.nexthop.client.Proxy;
import dev.nexthop.client.Secret;
import dev.nexthop.route.Manner;
import dev.nexthop.tls.PolicyWish;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how a remote host is found and spoken to. */
final class MannerReader {
    private final Values values;

    MannerReader(Values values) {
        this.values = values;
    }

    /** One for each address, in their order. */
    List<Manner> read(String id, List<String> addresses) {
        Optional<List<Integer>> weights = weights(id, addresses);
        Optional<String> service = service(id, addresses);
        Optional<Manner.Via> proxy = proxy(id, addresses);
        Manner first = new Manner(
                new Manner.Selection(-1, service),
                proxy,
                values.optional(SettingsHop.EHLO, id),
                values.optional(SettingsHop.SOURCES, id).orElse(List.of()),
                timeouts(id),
                new Manner.Health(
                        values.value(SettingsHop.HEALTH_FAILURES, id),
                        values.value(SettingsHop.HEALTH_PAUSE, id),
                        values.optional(SettingsHop.HEALTH_PROBE, id)),
                new Manner.Policies(dane(id, addresses, service), mtaSts(id, addresses, service)));
        List<Manner> all = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            int weight = weights.isPresent() ? weights.get().get(i) : -1;
            all.add(new Manner(
                    new Manner.Selection(weight, service),
                    proxy,
                    first.ehlo(),
                    first.sources(),
                    first.timeouts(),
                    first.health(),
                    first.policies()));
        }
        return all;
    }

    /** TLSA records are at a name that an operator wrote; nothing says that SRV records are signed. */
    private PolicyWish dane(String id, List<String> addresses, Optional<String> service) {
        PolicyWish dane = values.value(SettingsHop.DANE, id);
        boolean socket = addresses.stream().anyMatch(address -> address.startsWith("/"));
        if (dane != PolicyWish.DISABLE && (service.isPresent() || socket)) {
            values.wrong(
                    SettingsHop.DANE,
                    Code.VALUE,
                    socket
                            ? "a unix socket has no TLSA records"
                            : "DANE needs a host that the configuration names; SRV records of anybody would choose it",
                    socket ? "remove the key" : "write the host and its port instead of srv",
                    id);
        }
        return dane;
    }

    /** The policy domain is the name that an operator wrote; literals have none (RFC 8461 §3.4). */
    private PolicyWish mtaSts(String id, List<String> addresses, Optional<String> service) {
        PolicyWish wish = values.value(SettingsTls.REMOTE_STS, id);
        boolean socket = addresses.stream().anyMatch(address -> address.startsWith("/"));
        Optional<String> nameless = addresses.stream()
                .filter(address -> Texts.address(address) != null || RemoteReader.isLoopback(address))
                .findFirst();
        if (wish == PolicyWish.DISABLE || !socket && nameless.isEmpty() && service.isEmpty()) {
            return wish;
        }
        String message = "MTA-STS needs a host that the configuration names; SRV records of anybody would choose it";
        String hint = "write the host and its port instead of srv";
        if (socket || nameless.isPresent()) {
            message =
                    (socket ? "a unix socket" : nameless.get()) + " has no MTA-STS policy: only a name in DNS has one";
            hint = socket ? "remove the key" : "write the name of the host as its address, or remove the key";
        }
        values.wrong(SettingsTls.REMOTE_STS, Code.VALUE, message, hint, id);
        return wish;
    }

    private Optional<List<Integer>> weights(String id, List<String> addresses) {
        Optional<List<Integer>> weights = values.optional(SettingsHop.WEIGHTS, id);
        boolean fits = weights.isEmpty() || weights.get().size() == addresses.size();
        if (!fits && !addresses.isEmpty()) {
            values.wrong(
                    SettingsHop.WEIGHTS,
                    Code.VALUE,
                    "'" + id + "' has " + addresses.size() + (addresses.size() == 1 ? " address" : " addresses")
                            + " and " + weights.get().size() + " weights",
                    "write one number for each address",
                    id);
        }
        return fits ? weights : Optional.empty();
    }

    private Optional<String> service(String id, List<String> addresses) {
        Optional<String> service = values.optional(SettingsHop.SRV, id);
        boolean name = addresses.stream().allMatch(one -> !one.startsWith("/") && Texts.address(one) == null);
        if (service.isPresent() && !name) {
            values.wrong(
                    SettingsHop.SRV,
                    Code.VALUE,
                    "SRV records are asked for below a name, and '" + id + "' has an address that is none",
                    "write the domain as the address, such as example.org",
                    id);
        }
        if (service.isPresent() && values.given(SettingsRemote.PORT, id)) {
            values.wrong(
                    SettingsRemote.PORT, Code.VALUE, "SRV records say the port of '" + id + "'", "remove the port", id);
        }
        return service;
    }

    private Optional<Manner.Via> proxy(String id, List<String> addresses) {
        Optional<ProxyUrl> url =
                values.optional(SettingsHop.PROXY, id).flatMap(text -> Optional.ofNullable(ProxyUrl.parse(text)));
        Optional<String> name = values.optional(SettingsHop.PROXY_USER, id);
        Optional<String> secret = values.optional(SettingsHop.PROXY_SECRET, id);
        secret.ifPresent(text -> RemoteReader.lineEnd(values, SettingsHop.PROXY_SECRET, text, id));
        if (name.isPresent() != secret.isPresent()) {
            values.wrong(
                    name.isPresent() ? SettingsHop.PROXY_USER : SettingsHop.PROXY_SECRET,
                    Code.HALF_CREDENTIALS,
                    "the login at the proxy of '" + id + "' has only one of username and secret",
                    "set both, or neither",
                    id);
        }
        if ((name.isPresent() || secret.isPresent()) && !values.given(SettingsHop.PROXY, id)) {
            values.wrong(
                    name.isPresent() ? SettingsHop.PROXY_USER : SettingsHop.PROXY_SECRET,
                    Code.HALF_CREDENTIALS,
                    "'" + id + "' has a login at a proxy, and no proxy",
                    "write remote." + KeyPath.quoted(id) + ".proxy, or remove the login",
                    id);
        }
        if (url.isPresent() && addresses.stream().anyMatch(one -> one.startsWith("/"))) {
            values.wrong(SettingsHop.PROXY, Code.VALUE, "a unix socket is not behind a proxy", "remove the proxy", id);
        }
        Optional<Proxy.User> user = name.flatMap(found -> secret.map(word -> new Proxy.User(found, Secret.of(word))));
        return url.map(found -> new Manner.Via(found.kind(), found.host(), found.port(), user));
    }

    private Manner.Timeouts timeouts(String id) {
        return new Manner.Timeouts(
                values.optional(SettingsHop.CONNECT, id),
                values.optional(SettingsHop.GREETING, id),
                values.optional(SettingsHop.HELLO, id),
                values.optional(SettingsHop.TLS, id),
                values.optional(SettingsHop.MAIL, id),
                values.optional(SettingsHop.RCPT, id),
                values.optional(SettingsHop.DATA, id));
    }
}
