package dev.nexthop;

import dev.nexthop.admin.AdminSettings;
import dev.nexthop.client.Sessions;
import dev.nexthop.config.Configuration;
import dev.nexthop.config.RelayRule;
import dev.nexthop.delivery.AddressPolicy;
import dev.nexthop.delivery.Delivery;
import dev.nexthop.delivery.HopHealth;
import dev.nexthop.delivery.HopProbes;
import dev.nexthop.delivery.OwnIdentity;
import dev.nexthop.directory.Directory;
import dev.nexthop.dns.DnsjavaResolver;
import dev.nexthop.dns.DnssecSettings;
import dev.nexthop.dns.ResolverSettings;
import dev.nexthop.dsn.DsnWriter;
import dev.nexthop.event.Events;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.limit.QuotaRules;
import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.lookup.Hops;
import dev.nexthop.lookup.StoreLookups;
import dev.nexthop.report.Desk;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.route.Router;
import dev.nexthop.schedule.Ruleset;
import dev.nexthop.server.ServerSettings;
import dev.nexthop.server.Services;
import dev.nexthop.server.Tenancy;
import dev.nexthop.sts.PolicyCache;
import dev.nexthop.sts.PolicyFetcher;
import dev.nexthop.sts.PolicyFile;
import dev.nexthop.tls.ServerCertificates;
import dev.nexthop.tls.TlsClient;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is made of one configuration: unchanging, and in use as a whole or not at all. Decisions, attempts and
 * sessions are its tenants; what it opened is closed when it is no longer in force and the last of them has left.
 */
final class Generation implements Tenancy {
    private static final Logger LOG = LoggerFactory.getLogger(Generation.class);

    private final long number;
    private final Configuration configuration;
    private final DnsjavaResolver resolver;
    private final ResolverWatch resolving;
    private final Directory directory;
    private final HopHealth health;
    private final HopProbes probes;
    private final Sessions sessions;
    private final PolicyCache policies;
    private final PolicyCache.Means means;
    private final ThrottleRules throttles;
    private final QuotaRules quotas;
    private final Foundation.Limits limits;
    private final Ruleset rules;
    private final Services services;
    private final ServerSettings server;
    private final AdminSettings admin;
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** The tenants, and one for being in force; at none it is closed. */
    private final AtomicInteger tenants = new AtomicInteger(1);

    /**
     * Puts a configuration to work, without anybody noticing yet.
     *
     * @param configuration what is wanted
     * @param before what is in force; null at the start
     * @throws IOException when something of it can't be used; nothing stays open then
     */
    Generation(Configuration configuration, @Nullable Generation before, Foundation foundation) throws IOException {
        this.number = before == null ? 1 : before.number + 1;
        this.configuration = configuration;
        boolean made = false;
        try {
            Configuration.Outbound outbound = configuration.outbound();
            this.directory = configuration.local().directory().directory();
            this.resolver = resolver(outbound.resolver(), before);
            this.resolving = foundation.outbound().resolving();
            this.health = foundation.outbound().health();
            Lookups lookups = keep(lookups(foundation));
            Configuration.Limits limited = outbound.limits();
            this.limits = foundation.limits();
            Node.tellLosses(
                    foundation.events(), "of throttles", limits.throttles().prepare(limited.throttles()));
            this.throttles = ThrottleRules.of(limited.throttles(), limits.throttles(), lookups, foundation.events());
            this.quotas = new QuotaRules(limited.quotas(), lookups, foundation.events(), this::leave);
            TlsClient tls = new TlsClient(outbound.delivery().ca());
            this.sessions = new Sessions(
                    foundation.outbound().connector(),
                    tls,
                    foundation.outbound().idle());
            this.policies = foundation.policies();
            AddressPolicy addresses = new AddressPolicy(outbound.delivery().mx().privateAddresses());
            this.means = new PolicyCache.Means(
                    resolver,
                    new PolicyFetcher(
                            resolver, tls, new PolicyFetcher.Reach(PolicyFetcher.Reach.HTTPS, addresses::refusal)));
            Delivery delivery = delivery(foundation, lookups);
            this.probes = keep(new HopProbes(health, delivery::probe, HopProbes.Later.STANDARD));
            this.rules = rules(delivery, lookups);
            this.server = configuration.inbound().server(context(configuration));
            this.services = new Services(
                    foundation.spool(),
                    directory,
                    new RelayRule(
                            configuration.inbound().relay(),
                            configuration.inbound().elsewhere(),
                            lookups),
                    rules.starting(foundation.events())::initial,
                    foundation.events(),
                    this,
                    limits.quotas());
            this.admin = admin(configuration, foundation.token());
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    /** The one before, with all that it knows, where nothing of it changed. */
    private static DnsjavaResolver resolver(ResolverSettings settings, @Nullable Generation before) throws IOException {
        return before != null && before.configuration.outbound().resolver().equals(settings)
                ? before.resolver
                : DnsjavaResolver.of(settings);
    }

    private Delivery delivery(Foundation foundation, Lookups lookups) throws IOException {
        Configuration.Outbound outbound = configuration.outbound();
        OwnIdentity more = outbound.delivery().mx().own();
        Set<String> names = new HashSet<>(more.names());
        names.add(configuration.hostname());
        OwnIdentity own = OwnIdentity.ofMachine(names, more.addresses());
        return new Delivery(
                outbound.delivery(),
                new Delivery.Around(
                        resolver,
                        sessions,
                        own,
                        lookups,
                        foundation.events(),
                        foundation.outbound().memory(),
                        policies.by(means),
                        throttles,
                        foundation.clock()),
                directory,
                foundation.mailboxes(),
                new SecureRandom());
    }

    private Ruleset rules(Delivery delivery, Lookups lookups) {
        Configuration.Outbound outbound = configuration.outbound();
        return new Ruleset(
                number,
                new Router(outbound.routing()),
                lookups,
                delivery,
                new DsnWriter(outbound.dsn(), lookups),
                new Ruleset.Timing(outbound.schedule(), outbound.grouping(), throttles),
                this::leave);
    }

    private StoreLookups lookups(Foundation foundation) throws IOException {
        Configuration.LocalMail local = configuration.local();
        Set<String> hops = configuration.outbound().routing().remotes().keySet();
        Hops watched = id -> {
            if (!hops.contains(id)) {
                throw new LookupException("there is no next hop '" + id + "'");
            }
            return health.isUp(id);
        };
        return StoreLookups.open(
                local.lookups(),
                new StoreLookups.Around(local.directory().id(), directory, resolver, watched, foundation.embedded()));
    }

    private static Supplier<SSLContext> context(Configuration configuration) throws IOException {
        List<ServerCertificates.Identity> identities = configuration.inbound().certificates().stream()
                .map(one -> new ServerCertificates.Identity(one.chain(), one.key(), one.preferred()))
                .toList();
        if (identities.isEmpty()) {
            return () -> {
                throw new IllegalStateException("no listener has TLS, so nobody asks for a certificate");
            };
        }
        try {
            SSLContext context = ServerCertificates.context(identities);
            return () -> context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates of this server can't be used: " + e.getMessage(), e);
        }
    }

    private static AdminSettings admin(Configuration configuration, String token) {
        Optional<AdminSettings.User> user = configuration
                .administration()
                .admin()
                .map(admin -> new AdminSettings.User(admin.user(), admin.secret()));
        return new AdminSettings(
                configuration.inbound().http(),
                user,
                token,
                configuration.inbound().policy().map(PolicyFile::text));
    }

    /** Closes it with the generation, if it is of the kind that wants to be closed. */
    <T> T keep(T part) {
        if (part instanceof AutoCloseable closeable) {
            opened.add(closeable);
        }
        return part;
    }

    long number() {
        return number;
    }

    Configuration configuration() {
        return configuration;
    }

    Directory directory() {
        return directory;
    }

    Ruleset rules() {
        return rules;
    }

    /** The quotas; the caller has entered, and closing them leaves. */
    QuotaRules quotas() {
        return quotas;
    }

    /** What TLS reports are made with; the caller has entered, and closing it leaves. */
    Desk desk(Events events) {
        return new Desk(
                configuration.outbound().reports(),
                resolver,
                rules.lookups(),
                rules.starting(events)::initial,
                new AddressPolicy(configuration.outbound().delivery().mx().privateAddresses())::refusal,
                this::leave);
    }

    Services services() {
        return services;
    }

    ServerSettings server() {
        return server;
    }

    AdminSettings admin() {
        return admin;
    }

    @Override
    public boolean enter() {
        int before = tenants.get();
        while (before > 0) {
            if (tenants.compareAndSet(before, before + 1)) {
                return true;
            }
            before = tenants.get();
        }
        return false;
    }

    @Override
    public void leave() {
        if (tenants.decrementAndGet() == 0) {
            // The last to leave may be a session or an attempt: it has no time for farewells that can block.
            Thread.ofVirtual().name("configuration-end").start(this::close);
        }
    }

    /** The ids of remotes that are defined in another way, or no more, in another configuration. */
    Set<String> hopsChangedBy(Generation successor) {
        Set<String> changed = new HashSet<>();
        Map<String, List<RemoteHost>> young = successor.remotes();
        remotes().forEach((id, hosts) -> {
            if (!hosts.equals(young.get(id))) {
                changed.add(id);
            }
        });
        return changed;
    }

    private Map<String, List<RemoteHost>> remotes() {
        return configuration.outbound().routing().remotes();
    }

    /** It is in force: who is down is probed by its means, policies are renewed by them, and its resolver is tested. */
    void inForce() {
        limits.spool().follow(quotas);
        health.serve(remotes(), probes::watch);
        policies.serve(means);
        DnssecSettings.Mode mode = configuration.outbound().resolver().dnssec().mode();
        resolving.serve(resolver, mode != DnssecSettings.Mode.OFF);
    }

    /** It is no longer in force. What is kept and known of next hops that mean something else now is given up. */
    void replacedBy(Generation successor) {
        Set<String> changed = hopsChangedBy(successor);
        sessions.retire(changed);
        probes.close();
        health.forget(changed, successor.remotes());
        successor.inForce();
        leave();
    }

    /** It is in force no more, and nothing comes after it; or it never was. Closes on this thread. */
    void end() {
        probes.close();
        if (tenants.decrementAndGet() == 0) {
            close();
        }
    }

    private void close() {
        for (AutoCloseable part : opened) {
            try {
                part.close();
            } catch (Exception e) { // AutoCloseable declares no narrower type.
                LOG.error(
                        "{} of configuration {} did not close cleanly",
                        part.getClass().getSimpleName(),
                        number,
                        e);
            }
        }
    }
}
