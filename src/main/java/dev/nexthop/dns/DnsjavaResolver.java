package dev.nexthop.dns;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.nexthop.smtp.Domain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;

/** DNS through dnsjava: from the system's servers and hosts file, or from configured servers alone. */
public final class DnsjavaResolver implements Resolver {
    private static final Logger LOG = LoggerFactory.getLogger(DnsjavaResolver.class);
    private static final Path HOSTS = Path.of("/etc/hosts");

    private final Lookups lookups;
    private final Optional<HostsFileParser> hostsFile;
    private final SelfTest test;
    private final boolean testable;
    private volatile Verdict verdict;

    DnsjavaResolver(ResolverSettings settings, Optional<Path> hostsFile, Ticker ticker) {
        List<InetSocketAddress> servers = settings.asked();
        DnssecSettings dnssec = settings.dnssec();
        Exchange exchange = new Exchange(servers, settings);
        Asker asker = dnssec.mode() == DnssecSettings.Mode.VALIDATE
                ? new Validator(exchange, dnssec.anchors(), Clock.systemUTC())
                : exchange;
        this.lookups = new Lookups(asker, settings.cacheSize(), ticker);
        this.hostsFile = hostsFile.map(HostsFileParser::new);
        this.test = new SelfTest(lookups, dnssec);
        this.verdict = untested(dnssec, servers);
        this.testable = !(verdict instanceof Verdict.Unable);
    }

    /** What is known before any test: where nobody can look, no test is needed. */
    private static Verdict untested(DnssecSettings dnssec, List<InetSocketAddress> servers) {
        return switch (dnssec.mode()) {
            case OFF -> new Verdict.Unable("resolver.dnssec is \"off\"");
            case TRUST_AD ->
                servers.stream().anyMatch(dnssec::trusts)
                        ? new Verdict.Untested("the test has not ended yet")
                        : new Verdict.Unable("no DNS server is on loopback or in resolver.trusted, and what others"
                                + " say about signatures can be forged on the way");
            case VALIDATE -> new Verdict.Untested("the test has not ended yet");
        };
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
        RawAnswer answer = ask(new Question(name, Type.MX));
        return MailExchangers.read(name.toString(true), answer);
    }

    @Override
    public AddressAnswer addresses(String host) {
        Optional<InetAddress> literal = HostNames.literal(host);
        if (literal.isPresent()) {
            return HostAddresses.answer(List.of(literal.get()));
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
        return listed.isEmpty() ? ask(name) : HostAddresses.answer(listed);
    }

    @Override
    public TextAnswer texts(String name) {
        try {
            Question question = new Question(HostNames.toName(name), Type.TXT);
            return TextRecords.read(ask(question));
        } catch (HostNames.BadNameException e) {
            return new TextAnswer.None(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public TextAnswer names(InetAddress address) {
        Question question = new Question(TextRecords.reverse(address), Type.PTR);
        return TextRecords.read(ask(question));
    }

    @Override
    public ServiceAnswer services(String name) {
        Name asked;
        try {
            asked = HostNames.toName(name);
        } catch (HostNames.BadNameException e) {
            return new ServiceAnswer.None(String.valueOf(e.getMessage()));
        }
        RawAnswer answer = ask(new Question(asked, Type.SRV));
        return ServiceRecords.read(asked.toString(true), answer);
    }

    @Override
    public TlsaAnswer tlsa(String name) {
        try {
            Question question = new Question(HostNames.toName(name), Type.TLSA);
            return TlsaRecords.read(ask(question));
        } catch (HostNames.BadNameException e) {
            // Nobody need prove it: under a name that can't be, such as one too long, there is nothing.
            return new TlsaAnswer.None(String.valueOf(e.getMessage()), Security.INSECURE);
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
        FutureTask<RawAnswer> six = new FutureTask<>(() -> ask(new Question(name, Type.AAAA), deadline));
        Thread.ofVirtual().name("dns-aaaa").start(six);
        RawAnswer four = ask(new Question(name, Type.A), deadline);
        AddressAnswer answer = HostAddresses.together(name, four, await(six, deadline));
        return answer instanceof AddressAnswer.Addresses found
                        && found.alias().isPresent()
                        && found.security().whole() == Security.INSECURE
                ? withOwnState(found, ask(new Question(name, Type.CNAME), deadline))
                : answer;
    }

    /** RFC 7672 §2.2.2: where an alias leads out of signed zones, its own record may be signed all the same. */
    static AddressAnswer.Addresses withOwnState(AddressAnswer.Addresses found, RawAnswer alias) {
        // What can't be known is as good as forged to who asks for DANE; everybody else has the addresses.
        Security own = alias instanceof RawAnswer.Trouble ? Security.BOGUS : alias.security();
        return new AddressAnswer.Addresses(
                found.v4(), found.v6(), found.alias(), new AddressAnswer.Trust(Security.INSECURE, own));
    }

    private RawAnswer ask(Question question) {
        return ask(question, lookups.deadline());
    }

    /** What is kept is what servers said; what of it is believed may change with each test. */
    private RawAnswer ask(Question question, long deadline) {
        RawAnswer answer = lookups.ask(question, deadline);
        return verdict instanceof Verdict.Unable ? answer.after(answer.ttl(), Security.INDETERMINATE) : answer;
    }

    @Override
    public Verdict verdict() {
        return verdict;
    }

    /**
     * Tests whether signatures are looked at, and believes answers accordingly from now on. Blocks for at most two
     * look-ups; never throws.
     *
     * @return what came of it
     */
    public Verdict test() {
        if (testable) {
            verdict = test.run();
        }
        return verdict;
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
}
