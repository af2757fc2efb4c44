package dev.nexthop.config;

import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.directory.MemoryDirectory;
import dev.nexthop.dns.ResolverSettings;
import dev.nexthop.dsn.DsnSettings;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Lookups;
import dev.nexthop.limit.QuotaSettings;
import dev.nexthop.limit.ThrottleSettings;
import dev.nexthop.lookup.AnsweredLookups;
import dev.nexthop.lookup.LookupSettings;
import dev.nexthop.lookup.OfflineLookups;
import dev.nexthop.queue.SpoolSettings;
import dev.nexthop.report.ReportSettings;
import dev.nexthop.route.RoutingSettings;
import dev.nexthop.schedule.Grouping;
import dev.nexthop.schedule.ScheduleSettings;
import dev.nexthop.server.ListenerSettings;
import dev.nexthop.server.ListenerTls;
import dev.nexthop.server.Protocol;
import dev.nexthop.server.ServerSettings;
import dev.nexthop.sts.PolicyFile;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * A configuration that can be used: what each room needs, and what is in force.
 *
 * @param hostname this host's name
 * @param inbound how mail comes in
 * @param local who is local, and the look-up tables
 * @param stores where data is kept
 * @param outbound how mail leaves
 * @param administration who administers, and the log
 * @param effective every setting in force with its origin, secrets masked
 */
public record Configuration(
        String hostname,
        Inbound inbound,
        LocalMail local,
        Stores stores,
        Outbound outbound,
        Administration administration,
        List<Effective> effective) {
    /** Copies the list. */
    public Configuration {
        effective = List.copyOf(effective);
    }

    /**
     * Loads a file in the surroundings of this process.
     *
     * @param file the file
     * @return the configuration, or everything that is wrong; never throws for what a file holds
     */
    public static Loaded load(Path file) {
        return load(file, Surroundings.ofProcess());
    }

    /**
     * Loads a file.
     *
     * @param file the file
     * @param surroundings where macros and the machine's name come from
     * @return the configuration, or everything that is wrong
     */
    public static Loaded load(Path file, Surroundings surroundings) {
        return new Loader(surroundings, file.toAbsolutePath().getParent()).load(Includes.read(file, surroundings));
    }

    /**
     * Loads the text of a file.
     *
     * @param name what messages call the file
     * @param octets its content
     * @param folder where relative paths begin
     * @param surroundings where macros and the machine's name come from
     * @return the configuration, or everything that is wrong
     */
    public static Loaded parse(String name, byte[] octets, Path folder, Surroundings surroundings) {
        return new Loader(surroundings, folder).load(Includes.parse(name, octets, folder, surroundings));
    }

    /**
     * The configuration without a file: loopback only, the domain {@code example.org} with the account {@code you}.
     *
     * @param data where data is kept
     * @param secret the account's hashed password
     * @return the configuration
     */
    public static Configuration builtIn(Path data, String secret) {
        return BuiltIn.configuration(data, secret, Surroundings.ofProcess());
    }

    /**
     * How mail comes in.
     *
     * @param plain all listeners, as without TLS
     * @param tls the listeners with TLS, and how they speak it
     * @param certificates this server's certificates; none when {@code tls} is empty
     * @param relay who may send to domains that are not local, for {@link RelayRule}
     * @param elsewhere which recipients of local domains are taken without an account, for {@link RelayRule}
     * @param policy the MTA-STS policy of local domains that HTTP listeners serve; empty for none
     */
    public record Inbound(
            ServerSettings plain,
            Map<String, InboundReader.Secured> tls,
            List<Certificate> certificates,
            Conditional<Boolean> relay,
            Conditional<Boolean> elsewhere,
            Optional<PolicyFile> policy) {
        /** Copies the map and the list. */
        public Inbound {
            tls = Map.copyOf(tls);
            certificates = List.copyOf(certificates);
        }

        /**
         * The settings of the server.
         *
         * @param context makes TLS of {@link #certificates}; asked once a handshake
         * @return the listeners with TLS where it is configured
         */
        public ServerSettings server(Supplier<SSLContext> context) {
            List<ListenerSettings> listeners = plain.listeners().stream()
                    .map(listener -> withTls(listener, context))
                    .toList();
            return new ServerSettings(
                    plain.hostname(),
                    plain.greeting(),
                    plain.postmasterDomain(),
                    listeners,
                    plain.limits(),
                    plain.timeouts(),
                    plain.connections());
        }

        private ListenerSettings withTls(ListenerSettings listener, Supplier<SSLContext> context) {
            Optional<ListenerTls> secured = Optional.ofNullable(tls.get(listener.id()))
                    .map(one -> new ListenerTls(context, one.implicit(), one.strength()));
            return new ListenerSettings(
                    listener.id(), listener.bind(), listener.protocol(), secured, listener.extensions());
        }

        /**
         * Where the HTTP API listens.
         *
         * @return the addresses of all HTTP listeners, in the order of the file
         */
        public List<InetSocketAddress> http() {
            return plain.listeners().stream()
                    .filter(listener -> listener.protocol() == Protocol.HTTP)
                    .flatMap(listener -> listener.bind().stream())
                    .toList();
        }
    }

    /**
     * The directory in use.
     *
     * @param id its id, which rules may name; empty when none is defined
     * @param directory who is local
     * @param domains the local domains, in lower case and in the order of the file
     */
    public record Local(String id, MemoryDirectory directory, Set<String> domains) {
        /** Copies the set. */
        public Local {
            domains = Collections.unmodifiableSet(new LinkedHashSet<>(domains));
        }
    }

    /**
     * Who is local, and what rules look up.
     *
     * @param directory the directory in use
     * @param lookups the stores that rules ask
     */
    public record LocalMail(Local directory, LookupSettings lookups) {
        /**
         * Look-ups that ask no network and write nothing, for tests and explanations.
         *
         * @param answers what a look-up that would go to a network gives, by the call as a rule writes it:
         *     {@code key_get('pg', 'x')}
         * @return the look-ups; what has no answer and is not in memory fails, and says so
         */
        public Lookups offline(Map<String, String> answers) {
            return new AnsweredLookups(new OfflineLookups(lookups, directory.id(), directory.directory()), answers);
        }
    }

    /**
     * Where data is kept.
     *
     * @param path the store's folder
     * @param spool the queue's part of it
     * @param mailbox the local message store's part of it
     */
    public record Stores(Path path, SpoolSettings spool, Path mailbox) {}

    /**
     * How mail leaves.
     *
     * @param routing which next hop
     * @param delivery how connections are made
     * @param schedule when
     * @param resolver whom DNS asks
     * @param dsn who tells the sender
     * @param reports what TLS reports say of us
     * @param limits how fast, how much at once, and how much in all
     */
    public record Outbound(
            RoutingSettings routing,
            OutboundSettings delivery,
            ScheduleSettings schedule,
            ResolverSettings resolver,
            DsnSettings dsn,
            ReportSettings reports,
            Limits limits) {
        /**
         * Which recipients of one hop may share a transaction.
         *
         * @return the coarsest grouping that every setting of a connection allows
         */
        public Grouping grouping() {
            return Groups.of(delivery);
        }
    }

    /**
     * How fast, how much at once, and how much in all.
     *
     * @param throttles those that are enabled
     * @param quotas those that are enabled
     */
    public record Limits(List<ThrottleSettings> throttles, List<QuotaSettings> quotas) {
        /** Copies the lists. */
        public Limits {
            throttles = List.copyOf(throttles);
            quotas = List.copyOf(quotas);
        }
    }

    /**
     * Who administers, and the log.
     *
     * @param admin the administrator; empty when none is configured
     * @param log how the log is written
     */
    public record Administration(Optional<Admin> admin, LogFormat log) {}

    /**
     * The configured administrator.
     *
     * @param user the name
     * @param secret the password; never shown
     */
    public record Admin(String user, String secret) {
        @Override
        public String toString() {
            return "Admin[" + user + "]";
        }
    }
}
