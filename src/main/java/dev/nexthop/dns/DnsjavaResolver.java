package dev.nexthop.dns;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.nexthop.smtp.Domain;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;

/** DNS through dnsjava: from the system's servers and hosts file, or from configured servers alone. */
public final class DnsjavaResolver implements Resolver {
    private static final Logger LOG = LoggerFactory.getLogger(DnsjavaResolver.class);
    private static final Path HOSTS = Path.of("/etc/hosts");

    private final Lookups lookups;
    private final Optional<HostsFileParser> hostsFile;

    DnsjavaResolver(ResolverSettings settings, Optional<Path> hostsFile, Ticker ticker) {
        List<InetSocketAddress> servers =
                settings.servers().isEmpty() ? new ResolverConfig().servers() : settings.servers();
        this.lookups = new Lookups(new Exchange(servers, settings), settings.cacheSize(), ticker);
        this.hostsFile = hostsFile.map(HostsFileParser::new);
    }

    /**
     * A resolver with an empty cache. With the servers of the system it looks for hosts in {@code /etc/hosts} first, as
     * every other program of the machine does; configured servers are asked alone.
     *
     * @param settings whom to ask and how
     * @return ready to use; holds no sockets while idle
     * @throws IllegalArgumentException when a server has no address, or a number makes no sense
     */
    public static DnsjavaResolver of(ResolverSettings settings) {
        for (InetSocketAddress server : settings.servers()) {
            if (server.isUnresolved()) {
                throw new IllegalArgumentException(
                        "a DNS server is given by its address, not by a name: " + server.getHostString());
            }
        }
        if (!settings.timeout().isPositive() || settings.attempts() < 1 || settings.cacheSize() < 0) {
            throw new IllegalArgumentException("timeout and attempts are at least 1, the size of the cache at least 0");
        }
        Optional<Path> hosts = settings.servers().isEmpty() ? Optional.of(HOSTS) : Optional.empty();
        return new DnsjavaResolver(settings, hosts, Ticker.systemTicker());
    }

    @Override
    public MxAnswer mx(Domain domain) {
        if (HostNames.isLocalhost(domain.name())) {
            return new MxAnswer.Implicit(domain.name()); // RFC 6761 §6.3: DNS is not asked
        }
        Name name;
        try {
            name = HostNames.toName(domain.name());
        } catch (HostNames.BadNameException e) {
            return new MxAnswer.NoSuchDomain(String.valueOf(e.getMessage()));
        }
        RawAnswer answer = lookups.ask(new Question(name, Type.MX), lookups.deadline());
        return MailExchangers.read(name.toString(true), answer);
    }

    @Override
    public AddressAnswer addresses(String host) {
        Optional<InetAddress> literal = HostNames.literal(host);
        if (literal.isPresent()) {
            return answer(List.of(literal.get()));
        }
        if (HostNames.isLocalhost(host)) {
            return HostNames.loopback();
        }
        Name name;
        try {
            name = HostNames.toName(host);
        } catch (HostNames.BadNameException e) {
            return new AddressAnswer.None(String.valueOf(e.getMessage()));
        }
        List<InetAddress> listed = listed(name);
        return listed.isEmpty() ? ask(name) : answer(listed);
    }

    @Override
    public TextAnswer texts(String name) {
        try {
            Question question = new Question(HostNames.toName(name), Type.TXT);
            return TextRecords.read(lookups.ask(question, lookups.deadline()));
        } catch (HostNames.BadNameException e) {
            return new TextAnswer.None(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public TextAnswer names(InetAddress address) {
        Question question = new Question(TextRecords.reverse(address), Type.PTR);
        return TextRecords.read(lookups.ask(question, lookups.deadline()));
    }

    @Override
    public ServiceAnswer services(String name) {
        Name asked;
        try {
            asked = HostNames.toName(name);
        } catch (HostNames.BadNameException e) {
            return new ServiceAnswer.None(String.valueOf(e.getMessage()));
        }
        RawAnswer answer = lookups.ask(new Question(asked, Type.SRV), lookups.deadline());
        return ServiceRecords.read(asked.toString(true), answer);
    }

    @Override
    public TlsaAnswer tlsa(String name) {
        try {
            Question question = new Question(HostNames.toName(name), Type.TLSA);
            return TlsaRecords.read(lookups.ask(question, lookups.deadline()));
        } catch (HostNames.BadNameException e) {
            return new TlsaAnswer.None(String.valueOf(e.getMessage()), Security.INDETERMINATE);
        }
    }

    /** What the hosts file says. */
    private List<InetAddress> listed(Name name) {
        List<InetAddress> found = new ArrayList<>();
        try {
            if (hostsFile.isPresent()) {
                hostsFile.get().getAddressForHost(name, Type.A).ifPresent(found::add);
                hostsFile.get().getAddressForHost(name, Type.AAAA).ifPresent(found::add);
            }
        } catch (IOException e) {
            LOG.warn("the hosts file can't be read, DNS is asked instead: {}", e.toString());
        }
        return found;
    }

    private AddressAnswer ask(Name name) {
        long deadline = lookups.deadline();
        FutureTask<RawAnswer> six = new FutureTask<>(() -> lookups.ask(new Question(name, Type.AAAA), deadline));
        Thread.ofVirtual().name("dns-aaaa").start(six);
        RawAnswer four = lookups.ask(new Question(name, Type.A), deadline);
        RawAnswer other = await(six, deadline);
        AddressAnswer answer = together(name.toString(true), four, other);
        return answer instanceof AddressAnswer.Addresses found
                ? new AddressAnswer.Addresses(
                        found.v4(), found.v6(), alias(name, four).or(() -> alias(name, other)))
                : answer;
    }

    /** The name whose records these are, when it is another than the one that was asked for. */
    private static Optional<String> alias(Name asked, RawAnswer answer) {
        return answer instanceof RawAnswer.Records found
                ? Optional.of(found.records().getFirst().getName())
                        .filter(owner -> !owner.equals(asked))
                        .map(owner -> owner.toString(true).toLowerCase(Locale.ROOT))
                : Optional.empty();
    }

    private static RawAnswer await(FutureTask<RawAnswer> task, long deadline) {
        try {
            return task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RawAnswer.Trouble("the look-up was interrupted");
        } catch (ExecutionException | TimeoutException e) {
            return new RawAnswer.Trouble("the look-up of AAAA records took too long");
        }
    }

    /** One family is enough; without any, a failure of either leaves the question open. */
    static AddressAnswer together(String host, RawAnswer four, RawAnswer six) {
        List<InetAddress> found = new ArrayList<>(addresses(four));
        found.addAll(addresses(six));
        if (!found.isEmpty()) {
            return answer(found);
        }
        if (four instanceof RawAnswer.Trouble trouble) {
            return new AddressAnswer.TryLater(trouble.reason());
        }
        if (six instanceof RawAnswer.Trouble trouble) {
            return new AddressAnswer.TryLater(trouble.reason());
        }
        return new AddressAnswer.None(
                four instanceof RawAnswer.NoName none ? none.reason() : host + " has neither an A nor an AAAA record");
    }

    private static List<InetAddress> addresses(RawAnswer answer) {
        List<InetAddress> found = new ArrayList<>();
        if (answer instanceof RawAnswer.Records records) {
            for (Record record : records.records()) {
                switch (record) {
                    case ARecord a -> found.add(a.getAddress());
                    case AAAARecord aaaa when aaaa.getAddress() instanceof Inet6Address six -> found.add(six);
                    // An IPv4-mapped address is none that a packet could be sent to.
                    default -> LOG.debug("an address record without an address: {}", record);
                }
            }
        }
        return found;
    }

    private static AddressAnswer answer(List<InetAddress> found) {
        List<Inet4Address> four = new ArrayList<>();
        List<Inet6Address> six = new ArrayList<>();
        for (InetAddress address : found) {
            switch (address) {
                case Inet4Address it -> four.add(it);
                case Inet6Address it -> six.add(it);
                default -> throw new IllegalStateException("an address of an unknown family: " + address);
            }
        }
        return new AddressAnswer.Addresses(List.copyOf(four), List.copyOf(six));
    }
}
