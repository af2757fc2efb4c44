package dev.nexthop.config;

import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Value;
import dev.nexthop.tls.PolicyWish;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is perhaps not meant in the queue and in how mail leaves. */
final class QueueLints {
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final Values values;
    private final Configuration configuration;
    private final Surroundings surroundings;

    QueueLints(Values values, Configuration configuration, Surroundings surroundings) {
        this.values = values;
        this.configuration = configuration;
        this.surroundings = surroundings;
    }

    void run() {
        OutboundSettings delivery = configuration.outbound().delivery();
        policy(SettingsQueue.DANE, "DANE");
        policy(SettingsQueue.MTA_STS, "MTA-STS");
        new DnssecLints(values, configuration.outbound().resolver(), surroundings).run();
        sources(SettingsQueue.SOURCE_V4, delivery.sources().v4());
        sources(SettingsQueue.SOURCE_V6, delivery.sources().v6());
        namedSources(delivery.sources());
        unlimited(SettingsQueue.MAX_MX, delivery.maxMx(), "all MX hosts of a domain are");
        unlimited(SettingsQueue.MULTIHOMED, delivery.maxAddresses(), "all addresses of a host are");
        timeouts(delivery.timeouts());
        configuration.outbound().routing().nextHop().ifPresent(this::localByMx);
        elsewhere();
        limits();
        names();
    }

    /** Whoever is taken for another server must be sent there. */
    private void elsewhere() {
        boolean never = Constants.value(configuration.inbound().elsewhere())
                .filter(taken -> !taken)
                .isPresent();
        if (!never && configuration.outbound().routing().nextHop().isEmpty()) {
            values.wrong(
                    SettingsSession.ELSEWHERE,
                    Code.ELSEWHERE_WITHOUT_ROUTE,
                    "recipients are taken for another server, and no queue.outbound.next-hop sends them there",
                    "");
        }
    }

    private void policy(Setting<Conditional<PolicyWish>> setting, String name) {
        boolean off = values.given(setting)
                && values.optional(setting)
                        .flatMap(Constants::value)
                        .filter(policy -> policy == PolicyWish.DISABLE)
                        .isPresent();
        if (off && !configuration.outbound().routing().remotes().isEmpty()) {
            values.wrong(
                    setting,
                    Code.POLICY_OFF_FOR_ALL,
                    "this turns " + name + " off for every recipient, not for mail to a remote host alone",
                    "leave it away: a remote host never falls under the policy of the recipient's domain");
        }
    }

    private void sources(Setting<?> setting, Conditional<List<InetAddress>> sources) {
        for (InetAddress source : Constants.value(sources).orElse(List.of())) {
            if (!surroundings.ownAddress().test(source)) {
                values.wrongItem(
                        setting,
                        source.getHostAddress(),
                        Code.FOREIGN_SOURCE,
                        source.getHostAddress() + " is no address of this host, so no connection can begin there");
            }
        }
    }

    /** Names of addresses that no pool holds; where a pool depends on the message nothing can be said. */
    private void namedSources(OutboundSettings.Sources sources) {
        Optional<List<InetAddress>> v4 = Constants.value(sources.v4());
        Optional<List<InetAddress>> v6 = Constants.value(sources.v6());
        if (v4.isEmpty() || v6.isEmpty()) {
            return;
        }
        Set<InetAddress> pools = new HashSet<>(v4.get());
        pools.addAll(v6.get());
        for (String id : values.ids("remote")) {
            items(new KeyPath(List.of("remote", id, "source-ip")).find(values.root())).stream()
                    .flatMap(QueueLints::addresses)
                    .forEach(pools::add);
        }
        for (String text : values.ids("queue", "outbound", "source-ip", "names")) {
            InetAddress named = Texts.address(text);
            if (named != null && !pools.contains(named)) {
                values.wrong(
                        SettingsQueue.SOURCE_NAME,
                        Code.NAME_WITHOUT_SOURCE,
                        text + " has a name here, but no mail is sent from it",
                        "",
                        text);
            }
        }
    }

    private static Stream<InetAddress> addresses(Node node) {
        List<Node> all = node instanceof Node.Scalar scalar ? Texts.items(scalar) : List.of();
        return all.stream()
                .map(item -> item instanceof Node.Scalar one ? Texts.address(one.text()) : null)
                .filter(Objects::nonNull);
    }

    private void unlimited(Setting<?> setting, Conditional<Long> limit, String what) {
        if (Constants.value(limit).filter(number -> number == 0).isPresent()) {
            values.wrong(setting, Code.NO_LIMIT, what + " tried in one attempt, however many DNS names", "");
        }
    }

    private void timeouts(OutboundSettings.Timeouts timeouts) {
        timeout(SettingsQueue.CONNECT, timeouts.connect(), Duration.ZERO);
        timeout(SettingsQueue.GREETING, timeouts.greeting(), Duration.ofMinutes(5));
        timeout(SettingsQueue.EHLO, timeouts.ehlo(), Duration.ZERO);
        timeout(SettingsQueue.TLS, timeouts.tls(), Duration.ZERO);
        timeout(SettingsQueue.MAIL, timeouts.mail(), Duration.ofMinutes(5));
        timeout(SettingsQueue.RCPT, timeouts.rcpt(), Duration.ofMinutes(5));
        timeout(SettingsQueue.DATA, timeouts.data(), Duration.ofMinutes(10));
        timeout(SettingsSession.TIMEOUT, Optional.of(values.value(SettingsSession.TIMEOUT)), Duration.ofMinutes(5));
    }

    private void timeout(Setting<?> setting, Conditional<Duration> timeout, Duration least) {
        timeout(setting, Constants.value(timeout), least);
    }

    private void timeout(Setting<?> setting, Optional<Duration> timeout, Duration least) {
        if (timeout.filter(value -> value.compareTo(least) < 0).isPresent()) {
            values.wrong(
                    setting,
                    Code.SHORT_TIMEOUT,
                    "RFC 5321 §4.5.3.2 wants at least " + least.toMinutes() + " minutes here",
                    "write \"" + least.toMinutes() + "m\"");
        } else if (timeout.filter(value -> value.compareTo(LONGEST) > 0).isPresent()) {
            values.wrong(
                    setting,
                    Code.LONG_TIMEOUT,
                    "a peer that says nothing keeps its connection for more than half an hour",
                    "write a duration of at most \"30m\"");
        }
    }

    private void localByMx(Rules rules) {
        Rule first = rules.rules().getFirst();
        boolean mx = first.condition() == null
                && Constants.value(first.then())
                        .filter(value -> value instanceof Value.Int number && number.number() == 0)
                        .isPresent();
        Set<String> domains = configuration.local().directory().domains();
        if (mx && !domains.isEmpty()) {
            values.wrong(
                    SettingsQueue.NEXT_HOP,
                    Code.LOCAL_BY_MX,
                    "mail for the local domain " + domains.iterator().next() + " goes where its MX records say",
                    "leave next-hop away: local domains then stay here, and all others go by MX");
        }
    }

    /** Throttles and quotas, which have no effect yet, are looked at as they are written. */
    private void limits() {
        for (String index : values.ids("queue", "throttle")) {
            Node key = new KeyPath(List.of("queue", "throttle", index, "key")).find(values.root());
            items(key).stream()
                    .filter(item ->
                            item instanceof Node.Scalar word && word.text().equals("rcpt"))
                    .forEach(item -> say(item, Code.THROTTLE_BY_RCPT, "this throttle counts each recipient alone"));
        }
        for (String index : values.ids("queue", "quota")) {
            Node match = new KeyPath(List.of("queue", "quota", index, "match")).find(values.root());
            Node quota = new KeyPath(List.of("queue", "quota", index)).find(values.root());
            if (match == null && quota instanceof Node.Table) {
                say(quota, Code.QUOTA_FOR_ALL, "this quota has no 'match' and holds for all mail");
            }
        }
    }

    private static List<Node> items(@Nullable Node node) {
        return node instanceof Node.Items items ? items.items() : node == null ? List.of() : List.of(node);
    }

    private void say(Node node, Code code, String message) {
        new Reading("queue", false, Set.of(), values.problems()).wrong(node, code, message, "");
    }

    private void names() {
        Node other = new KeyPath(List.of("lookup", "default", "hostname")).find(values.root());
        if (values.given(SettingsServer.HOSTNAME)
                && other instanceof Node.Scalar name
                && !name.text().equalsIgnoreCase(configuration.hostname())) {
            say(name, Code.TWO_NAMES, "server.hostname is " + configuration.hostname() + ", and this is another name");
        }
    }
}
