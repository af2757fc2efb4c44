package dev.nexthop.cli;

import dev.nexthop.admin.RulesJson;
import dev.nexthop.config.Configuration;
import dev.nexthop.config.Effective;
import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.RuleTrace;
import dev.nexthop.expr.Traced;
import dev.nexthop.expr.Variable;
import dev.nexthop.route.Manner;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.route.Traces;
import dev.nexthop.schedule.ScheduleSettings;
import dev.nexthop.schedule.VirtualQueue;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.TlsVersion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The settings that matter to a next hop: what each is for one recipient, and where that is written. */
final class HopSettings {
    private static final String OUTBOUND = "queue.outbound.";
    private static final String HOSTNAME = OUTBOUND + "hostname";
    private static final String FETCH = OUTBOUND + "timeouts.mta-sts";
    private static final String MAX_MX = OUTBOUND + "limits.mx";

    private final Configuration configuration;
    private final Lookups lookups;
    private final Map<String, Effective> effective = new LinkedHashMap<>();

    HopSettings(Configuration configuration, Lookups lookups) {
        this.configuration = configuration;
        this.lookups = lookups;
        configuration.effective().forEach(one -> effective.put(one.key(), one));
    }

    /** The settings of connections to a hop; none for a hop that needs no connection. */
    ObjectNode of(NextHop hop, Facts facts) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        switch (hop) {
            case NextHop.Mx _ -> {
                connection(settings, facts, Set.of());
                mx(configuration.outbound().delivery()).forEach((key, setting) -> rules(settings, key, setting, facts));
                plain(settings, OUTBOUND + "tls.ciphers");
                plain(settings, OUTBOUND + "limits.private-mx");
                List.of("server.own-names", "server.own-addresses").forEach(key -> plain(settings, key));
            }
            case NextHop.Relay relay -> {
                connection(settings, facts, replaced(relay.hosts()));
                if (relay.hosts().stream()
                        .anyMatch(host -> host.manner().selection().service().isPresent())) {
                    rules(settings, MAX_MX, configuration.outbound().delivery().maxMx(), facts);
                }
                if (relay.hosts().stream()
                        .anyMatch(host -> host.manner().policies().mtaSts() != PolicyWish.DISABLE)) {
                    rules(
                            settings,
                            FETCH,
                            configuration.outbound().delivery().policies().fetch(),
                            facts);
                }
                relay.hosts().stream().map(RemoteHost::id).distinct().forEach(id -> remote(settings, id));
            }
            case NextHop.Local _, NextHop.Defer _, NextHop.Reject _, NextHop.Discard _ -> {}
        }
        return settings;
    }

    /** The settings of when a recipient of a queue is tried, null for the ordinary one; those of a virtual queue with their names. */
    ObjectNode schedule(Facts facts, @Nullable VirtualQueue queue) {
        ScheduleSettings schedule = configuration.outbound().schedule();
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        rules(settings, ScheduleSettings.Wait.RETRY.word(), schedule.retry(queue), facts);
        rules(settings, ScheduleSettings.Wait.NOTIFY.word(), schedule.notifyAfter(queue), facts);
        rules(settings, ScheduleSettings.Wait.EXPIRE.word(), schedule.expire(queue), facts);
        if (queue != null) {
            for (ScheduleSettings.Wait wait : ScheduleSettings.Wait.values()) {
                settings.withObjectProperty(wait.word()).put("setting", schedule.key(wait, queue));
            }
        }
        return settings;
    }

    /** The bounds of a virtual queue, as far as they are written. */
    void queue(ObjectNode settings, VirtualQueue queue) {
        String prefix = Effective.key("queue", "virtual", queue.id()) + ".";
        List.of("concurrency", "per-destination").forEach(name -> plain(settings, prefix + name));
    }

    private void connection(ObjectNode settings, Facts facts, Set<String> without) {
        connection(configuration.outbound().delivery()).forEach((key, setting) -> {
            if (!without.contains(key)) {
                rules(settings, key, setting, facts);
            }
        });
        plain(settings, OUTBOUND + "tls.ca");
        if (!without.contains(HOSTNAME)) { // Whoever is told our name by the hop asks no address for it.
            String names = OUTBOUND + "source-ip.names.";
            effective.keySet().stream().filter(key -> key.startsWith(names)).forEach(key -> plain(settings, key));
        }
    }

    /** The settings that each of the hosts has of its own. */
    private static Set<String> replaced(List<RemoteHost> hosts) {
        Map<String, Predicate<Manner>> own = new LinkedHashMap<>();
        own.put(HOSTNAME, manner -> manner.ehlo().isPresent());
        own.put(OUTBOUND + "source-ip.v4", manner -> !manner.sources().isEmpty());
        own.put(OUTBOUND + "source-ip.v6", manner -> !manner.sources().isEmpty());
        own.put(
                OUTBOUND + "timeouts.connect",
                manner -> manner.timeouts().connect().isPresent());
        own.put(
                OUTBOUND + "timeouts.greeting",
                manner -> manner.timeouts().greeting().isPresent());
        own.put(OUTBOUND + "timeouts.ehlo", manner -> manner.timeouts().ehlo().isPresent());
        own.put(OUTBOUND + "timeouts.tls", manner -> manner.timeouts().tls().isPresent());
        own.put(
                OUTBOUND + "timeouts.mail-from",
                manner -> manner.timeouts().mail().isPresent());
        own.put(
                OUTBOUND + "timeouts.rcpt-to",
                manner -> manner.timeouts().rcpt().isPresent());
        own.put(OUTBOUND + "timeouts.data", manner -> manner.timeouts().data().isPresent());
        return own.entrySet().stream()
                .filter(one -> hosts.stream().map(RemoteHost::manner).allMatch(one.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** The settings of every connection that may be rules. */
    private static Map<String, Conditional<?>> connection(OutboundSettings outbound) {
        Map<String, Conditional<?>> all = new LinkedHashMap<>();
        all.put(HOSTNAME, outbound.hostname());
        all.put(OUTBOUND + "ip-strategy", outbound.ipStrategy());
        all.put(OUTBOUND + "source-ip.v4", outbound.sources().v4());
        all.put(OUTBOUND + "source-ip.v6", outbound.sources().v6());
        all.put(OUTBOUND + "limits.multihomed", outbound.maxAddresses());
        all.put(OUTBOUND + "conversion", outbound.conversion());
        OutboundSettings.Timeouts timeouts = outbound.timeouts();
        all.put(OUTBOUND + "timeouts.connect", timeouts.connect());
        all.put(OUTBOUND + "timeouts.greeting", timeouts.greeting());
        all.put(OUTBOUND + "timeouts.ehlo", timeouts.ehlo());
        all.put(OUTBOUND + "timeouts.tls", timeouts.tls());
        all.put(OUTBOUND + "timeouts.mail-from", timeouts.mail());
        all.put(OUTBOUND + "timeouts.rcpt-to", timeouts.rcpt());
        all.put(OUTBOUND + "timeouts.data", timeouts.data());
        return all;
    }

    /** Those of MX delivery alone. */
    private static Map<String, Conditional<?>> mx(OutboundSettings outbound) {
        Map<String, Conditional<?>> all = new LinkedHashMap<>();
        all.put(MAX_MX, outbound.maxMx());
        all.put(OUTBOUND + "tls.starttls", outbound.startTls());
        all.put(OUTBOUND + "tls.allow-invalid-certs", outbound.certificates());
        all.put(OUTBOUND + "tls.min-version", outbound.strength().least());
        all.put(OUTBOUND + "tls.dane", outbound.policies().dane());
        all.put(OUTBOUND + "tls.mta-sts", outbound.policies().mtaSts());
        all.put(FETCH, outbound.policies().fetch());
        return all;
    }

    /** The settings of connections whose rules ask for one of these. */
    List<String> asking(Set<Variable> variables) {
        Map<String, Conditional<?>> all =
                new LinkedHashMap<>(connection(configuration.outbound().delivery()));
        all.putAll(mx(configuration.outbound().delivery()));
        return all.entrySet().stream()
                .filter(one -> one.getValue().rules().rules().stream().anyMatch(rule -> asks(rule, variables)))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean asks(Rule rule, Set<Variable> variables) {
        return rule.then().variables().stream().anyMatch(variables::contains)
                || rule.condition() != null
                        && rule.condition().variables().stream().anyMatch(variables::contains);
    }

    private void remote(ObjectNode settings, String id) {
        String prefix = Effective.key("remote", id) + ".";
        effective.keySet().stream().filter(key -> key.startsWith(prefix)).forEach(key -> plain(settings, key));
    }

    /** A setting of one value; none when it is neither written nor has a default. */
    private void plain(ObjectNode settings, String key) {
        Optional.ofNullable(effective.get(key))
                .ifPresent(one -> settings.putObject(key)
                        .put("value", one.value())
                        .put("origin", one.origin().toString()));
    }

    /** A setting that may be rules: its value for these facts, and the rule that gave it. */
    private void rules(ObjectNode settings, String key, Conditional<?> setting, Facts facts) {
        Traced<?> traced = setting.trace(facts, lookups);
        ObjectNode node = settings.putObject(key);
        if (traced.failure() == null) {
            node.put("value", shown(key, setting, traced));
        } else {
            node.putNull("value");
            node.put("failure", traced.failure());
        }
        List<RuleTrace> seen = traced.rules();
        String at = seen.isEmpty() ? "" : seen.getLast().at();
        node.put("origin", at.isEmpty() || at.startsWith("default") ? "default" : at);
        int count = setting.rules().rules().size();
        if (count > 1) {
            node.put("rule", seen.getLast().index() + 1);
            node.put("of", count);
            node.set("rules", RulesJson.of(Traces.all(seen, Optional.of(setting.rules()))));
        }
    }

    /** The value; one that a macro is a part of as it is written. */
    private String shown(String key, Conditional<?> setting, Traced<?> traced) {
        if (traced.rules().isEmpty()) {
            Effective one = effective.get(key);
            return one == null || one.mark() == 0 ? text(traced.value()) : one.value();
        }
        Rule rule = setting.rules().rules().get(traced.rules().getLast().index());
        return rule.then().holdsMacro() ? rule.then().source() : text(traced.value());
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Duration duration -> Durations.text(duration);
            case Collection<?> list ->
                String.join(", ", list.stream().map(HopSettings::text).toList());
            case TlsVersion version -> version.toString();
            case Enum<?> word -> word.name().toLowerCase(Locale.ROOT);
            case InetAddress address -> address.getHostAddress();
            default -> value.toString();
        };
    }
}
