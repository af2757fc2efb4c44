package dev.nexthop.cli;

import dev.nexthop.client.Connector;
import dev.nexthop.client.IdleSessions;
import dev.nexthop.client.Sessions;
import dev.nexthop.client.Watchdog;
import dev.nexthop.config.Configuration;
import dev.nexthop.delivery.AddressMemory;
import dev.nexthop.delivery.AddressPolicy;
import dev.nexthop.delivery.Delivery;
import dev.nexthop.delivery.HopHealth;
import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.delivery.OwnIdentity;
import dev.nexthop.delivery.StartTlsMemory;
import dev.nexthop.delivery.Survey;
import dev.nexthop.dns.DnsjavaResolver;
import dev.nexthop.dns.Resolver;
import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Domain;
import dev.nexthop.sts.PolicyCache;
import dev.nexthop.sts.PolicyFetcher;
import dev.nexthop.tls.StsPolicies;
import dev.nexthop.tls.TlsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The network as {@code explain --live} sees it: the parts that deliver, made of the configuration, with a memory of their own
 * that begins empty. What a running server has learned (kept policies, hosts that are down) is not seen from here.
 */
final class LiveNetwork implements AutoCloseable {
    private static final int IDLE = 1;

    private final Path scratch;
    private final Watchdog watchdog = new Watchdog();
    private final IdleSessions idle = new IdleSessions(IDLE, watchdog);
    private final PolicyCache policies;
    private final Survey survey;

    private LiveNetwork(Configuration configuration, Lookups lookups) throws IOException {
        Clock clock = Clock.systemUTC();
        OutboundSettings outbound = configuration.outbound().delivery();
        Resolver resolver = DnsjavaResolver.of(configuration.outbound().resolver());
        Set<String> names = new HashSet<>(outbound.mx().own().names());
        names.add(configuration.hostname());
        OwnIdentity own = OwnIdentity.ofMachine(names, outbound.mx().own().addresses());
        TlsClient tls = new TlsClient(outbound.ca());
        AddressPolicy addresses = new AddressPolicy(outbound.mx().privateAddresses());
        PolicyFetcher fetcher = new PolicyFetcher(
                resolver, tls, new PolicyFetcher.Reach(PolicyFetcher.Reach.HTTPS, addresses::refusal));
        Delivery.Memory memory = new Delivery.Memory(
                new HopHealth(clock, new Deaf()), new AddressMemory(clock), new StartTlsMemory(clock));
        // From here on there is something to close.
        this.scratch = Files.createTempDirectory("nexthop-explain-");
        this.policies = policies(scratch, clock);
        StsPolicies found = policies.by(new PolicyCache.Means(resolver, fetcher));
        this.survey = new Survey(
                outbound,
                new Delivery.Around(
                        resolver,
                        new Sessions(new Connector(watchdog), tls, idle),
                        own,
                        lookups,
                        new Deaf(),
                        memory,
                        (domain, patience) ->
                                found.of(domain, patience.compareTo(Survey.PATIENCE) < 0 ? patience : Survey.PATIENCE),
                        clock),
                new SecureRandom());
    }

    private static PolicyCache policies(Path scratch, Clock clock) throws IOException {
        try {
            return PolicyCache.open(scratch.resolve("policies"), clock, new Deaf());
        } catch (IOException | RuntimeException e) {
            remove(scratch);
            throw e;
        }
    }

    static LiveNetwork open(Configuration configuration, Lookups lookups) {
        try {
            return new LiveNetwork(configuration, lookups);
        } catch (IOException e) {
            throw new UncheckedIOException("the network can't be looked at: " + e.getMessage(), e);
        }
    }

    /** What there is to see on the way to a hop; a setting without a value is the outcome. */
    ObjectNode look(NextHop hop, RecipientFacts facts) {
        try {
            return LiveJson.of(survey.look(hop, facts));
        } catch (EvaluationException e) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("outcome", "would wait: a setting has no value: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("the network can't be looked at: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            policies.close();
        } finally {
            idle.close();
            watchdog.close();
            remove(scratch);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " can't be removed: " + e.getMessage(), e);
        }
    }

    /** Tells nobody: a question is no delivery, and no domain is to be told of it in a report. */
    private static final class Deaf implements Events, HopHealth.Watcher, PolicyCache.Watcher {
        @Override
        public void delivery(DeliveryEvent event) {}

        @Override
        public void accepted(AcceptedEvent event) {}

        @Override
        public void tls(TlsEvent event) {}

        @Override
        public void alarm(String subject, String text) {}

        @Override
        public void relief(String subject, String text) {}

        @Override
        public void changed(Domain domain) {}

        @Override
        public void failing(Domain domain, String text) {}

        @Override
        public void down(String hop, String text) {}

        @Override
        public void up(String hop, String text) {}
    }
}
