package dev.nexthop.delivery;

import dev.nexthop.client.Connector;
import dev.nexthop.client.IdleSessions;
import dev.nexthop.client.Sessions;
import dev.nexthop.client.Watchdog;
import dev.nexthop.delivery.OutboundSettings.IpStrategy;
import dev.nexthop.delivery.OutboundSettings.MxPolicy;
import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.MxHost;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.ServiceAnswer;
import dev.nexthop.dns.TextAnswer;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Lookups;
import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mailbox.Mailboxes;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.StsPolicies;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Everything around a delivery that tests set: DNS, settings, directory, store, and what was heard. */
final class Scene implements AutoCloseable, Resolver, Events, Directory, Mailboxes {
    static final TlsDemand CLEAR =
            new TlsDemand(false, StartTls.DISABLE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());

    final Map<String, MxAnswer> mx = new HashMap<>();
    final Map<String, AddressAnswer> addresses = new HashMap<>();
    final Map<String, ServiceAnswer> services = new HashMap<>();
    final List<String> alarms = new CopyOnWriteArrayList<>();
    final List<String> stored = new CopyOnWriteArrayList<>();
    OwnIdentity own = new OwnIdentity(Set.of("us.example"), Set.of());
    final Map<String, TlsaAnswer> tlsa = new HashMap<>();
    final List<TlsEvent> tlsEvents = new CopyOnWriteArrayList<>();
    MxPolicy mxPolicy = new MxPolicy(true, 25);
    OutboundSettings.Policies outboundPolicies = OutboundSettings.Policies.OFF;
    StsPolicies policies = StsPolicies.NONE;
    Optional<Path> ca = Optional.empty();
    StartTls startTls = StartTls.OPTIONAL;
    CertificateCheck certificates = CertificateCheck.OPPORTUNISTIC;
    Conditional<String> hostname = Conditional.constant("us.example");
    IpStrategy strategy = IpStrategy.IPV4_THEN_IPV6;
    List<InetAddress> sources = List.of();
    long maxMx = 5;
    long maxAddresses = 2;
    private int random = 7;
    Duration timeout = Duration.ofSeconds(20);
    /** Other ones of single steps, by the names of {@link OutboundSettings.Timeouts}. */
    Map<String, Duration> stepTimeouts = Map.of();

    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    InstantSource clock = () -> now;
    final List<String> turns = new CopyOnWriteArrayList<>();
    final HopHealth health = new HopHealth(() -> now, new HopHealth.Watcher() {
        @Override
        public void down(String hop, String text) {
            turns.add("down " + hop + " " + text);
        }

        @Override
        public void up(String hop, String text) {
            turns.add("up " + hop + " " + text);
        }
    });
    final AddressMemory addressMemory = new AddressMemory(() -> now);
    final StartTlsMemory startTlsMemory = new StartTlsMemory(() -> now);
    Map<String, String> sourceNames = Map.of();
    private final List<AutoCloseable> beside = new ArrayList<>();
    ThrottleRules throttles = ThrottleRules.NONE;
    boolean directoryDown;
    boolean storeDown;
    private final Watchdog watchdog = new Watchdog();
    private final IdleSessions idle = new IdleSessions(10, watchdog);
    private final Sessions sessions = new Sessions(new Connector(watchdog), new TlsClient(Optional.empty()), idle);

    OutboundSettings.Strength strength = OutboundSettings.Strength.DEFAULT;

    private Conditional<Duration> time(String step) {
        return Conditional.constant(stepTimeouts.getOrDefault(step, timeout));
    }

    private OutboundSettings settings() {
        return new OutboundSettings(
                hostname,
                Conditional.constant(maxMx),
                Conditional.constant(maxAddresses),
                Conditional.constant(strategy),
                new OutboundSettings.Sources(
                        Conditional.constant(sources), Conditional.constant(List.<InetAddress>of()), sourceNames),
                Conditional.constant(startTls),
                Conditional.constant(certificates),
                strength,
                ca,
                new OutboundSettings.Timeouts(
                        time("connect"),
                        time("greeting"),
                        time("ehlo"),
                        time("tls"),
                        time("mail"),
                        time("rcpt"),
                        time("data")),
                Conditional.constant(SevenBit.Policy.UNLESS_SIGNED),
                mxPolicy,
                outboundPolicies);
    }

    /** What the settings say about a message. */
    Terms terms() {
        return new Terms(
                settings(),
                Lookups.NONE,
                new Random(random++),
                job(mx("x.example"), "a@x.example").recipients().getFirst(),
                addressMemory);
    }

    Delivery delivery() {
        return new Delivery(settings(), around(), this, this, new Random(random++));
    }

    Survey survey() {
        return new Survey(settings(), around(), new Random(random++));
    }

    private Delivery.Around around() {
        return new Delivery.Around(
                this,
                sessions,
                own,
                Lookups.NONE,
                this,
                new Delivery.Memory(health, addressMemory, startTlsMemory),
                policies,
                throttles,
                clock);
    }

    Scene mxHosts(String domain, String... preferencesAndHosts) {
        List<MxHost> hosts = Arrays.stream(preferencesAndHosts)
                .map(text -> text.split(" "))
                .map(parts -> new MxHost(Integer.parseInt(parts[0]), parts[1]))
                .toList();
        mx.put(domain, new MxAnswer.Hosts(hosts));
        return this;
    }

    Scene host(String name, String... literals) {
        List<Inet4Address> v4 = new ArrayList<>();
        List<Inet6Address> v6 = new ArrayList<>();
        for (String literal : literals) {
            switch (InetAddress.ofLiteral(literal)) {
                case Inet4Address four -> v4.add(four);
                case Inet6Address six -> v6.add(six);
                default -> throw new IllegalArgumentException(literal);
            }
        }
        addresses.put(name, new AddressAnswer.Addresses(v4, v6));
        return this;
    }

    /** Addresses of a host on loopback, with what DNSSEC says of them. */
    static AddressAnswer loopback(Security security) {
        return new AddressAnswer.Addresses(
                List.of((Inet4Address) InetAddress.ofLiteral("127.0.0.1")),
                List.of(),
                Optional.empty(),
                new AddressAnswer.Trust(security, security));
    }

    static RemoteHost remote(String id, String address, int port, Dialect dialect) {
        return new RemoteHost(id, address, port, dialect, CLEAR, Optional.empty(), RemoteHost.Limits.DEFAULT);
    }

    static Job job(NextHop hop, String... recipients) {
        return jobWith(hop, "Subject: test\r\n\r\nhello\r\n", recipients);
    }

    static Job jobWith(NextHop hop, String content, String... recipients) {
        List<Mailbox> all = Arrays.stream(recipients).map(Mailbox::parse).toList();
        Envelope envelope = new Envelope(
                ReversePath.of("from@example.org"), all, BodyType.EIGHT_BIT_MIME, true, Reception.INTERNAL);
        MessageBody body = MessageBody.of(content.getBytes(StandardCharsets.UTF_8));
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        RecipientFacts.History history =
                new RecipientFacts.History(now, 0, 0, now.plusSeconds(1000), "", ErrorKind.NONE);
        QueueId id = new QueueId(1);
        List<RecipientFacts> facts = all.stream()
                .map(to -> new RecipientFacts(id, envelope, body.size(), to, history, now, RecipientFacts.Host.UNKNOWN))
                .toList();
        return new Job(id, envelope, body, hop, facts);
    }

    /** The same job of a message whose sender asked for something. */
    static Job asking(Requests requests, Job job) {
        Envelope plain = job.envelope();
        Envelope envelope = new Envelope(
                plain.sender(), plain.recipients(), plain.body(), plain.smtpUtf8(), plain.reception(), requests);
        return new Job(job.id(), envelope, job.body(), job.hop(), job.recipients());
    }

    static NextHop mx(String domain) {
        return new NextHop.Mx(new Domain(domain));
    }

    static String words(Outcome outcome) {
        String status = outcome.diagnosis().status().toString();
        return switch (outcome) {
            case Outcome.Delivered _ -> "delivered " + status;
            case Outcome.Deferred _ -> "deferred " + status;
            case Outcome.Failed _ -> "failed " + status;
        };
    }

    static List<String> words(Attempt attempt) {
        return attempt.outcomes().stream().map(Scene::words).toList();
    }

    @Override
    public MxAnswer mx(Domain domain) {
        return mx.getOrDefault(domain.name(), new MxAnswer.NoSuchDomain(domain + " does not exist"));
    }

    @Override
    public TextAnswer texts(String name) {
        return new TextAnswer.None("deliveries ask for no texts");
    }

    @Override
    public TextAnswer names(InetAddress address) {
        return new TextAnswer.None("deliveries ask for no names");
    }

    @Override
    public TlsaAnswer tlsa(String name) {
        return tlsa.getOrDefault(name, new TlsaAnswer.None(name + " has no TLSA record", Security.SECURE));
    }

    @Override
    public void tls(TlsEvent event) {
        tlsEvents.add(event);
    }

    @Override
    public ServiceAnswer services(String name) {
        return services.getOrDefault(name, new ServiceAnswer.None(name + " does not exist"));
    }

    @Override
    public AddressAnswer addresses(String host) {
        AddressAnswer known = addresses.get(host);
        if (known == null && Character.isDigit(host.charAt(0))) {
            host(host, host);
            known = addresses.get(host);
        }
        return known == null ? new AddressAnswer.None(host + " has no address") : known;
    }

    @Override
    public void delivery(DeliveryEvent event) {}

    @Override
    public void accepted(AcceptedEvent event) {}

    @Override
    public void alarm(String subject, String text) {
        alarms.add(subject + ": " + text);
    }

    @Override
    public void relief(String subject, String text) {
        alarms.add("over, " + subject + ": " + text);
    }

    @Override
    public boolean isLocalDomain(Domain domain) {
        return domain.name().equals("example.org");
    }

    private static Account account(String name) {
        return new Account(name, "", List.of(name + "@example.org"));
    }

    @Override
    public List<Account> recipients(Mailbox address) throws DirectoryException {
        if (directoryDown) {
            throw new DirectoryException("the directory is down");
        }
        return switch (address.localPart()) {
            case "nobody" -> List.of();
            case "all" -> List.of(account("jane"), account("john"));
            default -> List.of(new Account(address.localPart(), "", List.of(address.toString())));
        };
    }

    @Override
    public boolean isWritten(Mailbox address) throws DirectoryException {
        return !recipients(address).isEmpty();
    }

    @Override
    public Optional<Account> authenticate(String user, char[] password) {
        return Optional.empty();
    }

    @Override
    public List<Account> accounts() {
        return List.of();
    }

    @Override
    public void deliver(QueueId id, List<String> names, byte[] headers, MessageBody body) throws IOException {
        if (storeDown) {
            throw new IOException("no space left");
        }
        byte[] content = body.open().readAllBytes();
        stored.add(names + "|" + new String(headers, StandardCharsets.UTF_8)
                + new String(content, StandardCharsets.UTF_8));
    }

    @Override
    public List<StoredMessage> list(String account, int limit) {
        return List.of();
    }

    @Override
    public Optional<MessageBody> read(String account, String id) {
        return Optional.empty();
    }

    /** Something that is closed with the scene. */
    void beside(AutoCloseable thing) {
        beside.add(thing);
    }

    @Override
    public void close() {
        for (AutoCloseable thing : beside) {
            try {
                thing.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        idle.close();
        watchdog.close();
    }
}
