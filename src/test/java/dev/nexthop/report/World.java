package dev.nexthop.report;

import dev.nexthop.delivery.AddressPolicy;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.ServiceAnswer;
import dev.nexthop.dns.TextAnswer;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.event.AcceptedEvent;
import dev.nexthop.event.DeliveryEvent;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.queue.RocksSpool;
import dev.nexthop.queue.Spool;
import dev.nexthop.queue.SpoolSettings;
import dev.nexthop.smtp.Domain;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A ledger, a spool and a reporter over a clock and a zone that the test sets; it can be ended and begun again. */
final class World extends Clock implements Resolver, Events, AutoCloseable {
    static final Instant START = Instant.parse("2026-03-05T12:00:00Z");

    final Map<String, TextAnswer> texts = new HashMap<>();
    final List<QueuedMessage> queued = new CopyOnWriteArrayList<>();
    final List<AcceptedEvent> accepted = new CopyOnWriteArrayList<>();
    Optional<Rhythm> rhythm = Optional.of(Rhythm.DAILY);
    String from = "noreply-tls@sender.example";
    long maxSize = 1_000_000;
    boolean privateHosts = true;
    InetAddress address = InetAddress.ofLiteral("127.0.0.1");
    Function<String, Optional<TextAnswer>> nameserver = _ -> Optional.empty();
    HttpClient http = HttpClient.newHttpClient();
    volatile Instant now = START;

    private final Path folder;
    Spool spool;
    TlsLedger ledger;
    TlsReporter reporter;

    World(Path folder) throws IOException {
        this.folder = folder;
        spool = RocksSpool.open(new SpoolSettings(folder.resolve("spool"), 262_144, 1_000), this, queued::add);
        ledger = TlsLedger.open(folder.resolve("report"), this, () -> rhythm);
        reporter = reporter(spool);
    }

    TlsReporter reporter(Spool through) {
        return new TlsReporter(
                ledger,
                this::desk,
                new TlsReporter.Outbox(through, new HttpsPost(http), this),
                new TlsReporter.Chance(this, new Random(1)));
    }

    private Desk desk() {
        ReportSettings settings = new ReportSettings(
                rhythm,
                new ReportSettings.From(Conditional.constant("Überbringer"), Conditional.constant(from)),
                Conditional.constant("Sender Ltd"),
                Conditional.constant("postmaster@sender.example"),
                Conditional.constant("mx.sender.example"),
                maxSize);
        return new Desk(
                settings,
                this,
                Lookups.NONE,
                (envelope, id, size, to, at) -> new RecipientState(
                        to,
                        RecipientStatus.SCHEDULED,
                        0,
                        0,
                        at,
                        Instant.MAX,
                        at.plus(Duration.ofDays(5)),
                        Optional.empty()),
                new AddressPolicy(privateHosts)::refusal,
                () -> {});
    }

    /** A stop and a start. */
    void restart() throws IOException {
        close();
        spool = RocksSpool.open(new SpoolSettings(folder.resolve("spool"), 262_144, 1_000), this, queued::add);
        ledger = TlsLedger.open(folder.resolve("report"), this, () -> rhythm);
        reporter = reporter(spool);
    }

    void pass(Duration time) throws InterruptedException {
        now = now.plus(time);
        reporter.work();
    }

    void wants(String domain, String rua) {
        texts.put("_smtp._tls." + domain, new TextAnswer.Texts(List.of("v=TLSRPTv1; rua=" + rua)));
    }

    static TlsEvent.Policy sts(String domain) {
        return new TlsEvent.Policy(
                TlsEvent.Kind.STS,
                domain,
                List.of("version: STSv1", "mode: enforce", "mx: mx." + domain, "max_age: 86400"),
                List.of("mx." + domain));
    }

    static TlsEvent good(String domain) {
        return new TlsEvent(sts(domain), "mx." + domain, "192.0.2.1", "192.0.2.99", Optional.empty(), "");
    }

    static TlsEvent bad(String domain, TlsFault fault, String reason) {
        return new TlsEvent(sts(domain), "mx." + domain, "192.0.2.1", "192.0.2.99", Optional.of(fault), reason);
    }

    @Override
    public TextAnswer texts(String name) {
        return nameserver.apply(name).orElseGet(() -> texts.getOrDefault(name, new TextAnswer.None("there is none")));
    }

    @Override
    public AddressAnswer addresses(String host) {
        return address instanceof Inet6Address six
                ? new AddressAnswer.Addresses(List.of(), List.of(six))
                : new AddressAnswer.Addresses(List.of((Inet4Address) address), List.of());
    }

    @Override
    public MxAnswer mx(Domain domain) {
        throw new AssertionError("nobody needs it");
    }

    @Override
    public TextAnswer names(InetAddress address) {
        throw new AssertionError("nobody needs it");
    }

    @Override
    public ServiceAnswer services(String name) {
        throw new AssertionError("nobody needs it");
    }

    @Override
    public TlsaAnswer tlsa(String name) {
        throw new AssertionError("nobody needs it");
    }

    @Override
    public void delivery(DeliveryEvent event) {}

    @Override
    public void accepted(AcceptedEvent event) {
        accepted.add(event);
    }

    @Override
    public void tls(TlsEvent event) {
        ledger.add(event);
    }

    @Override
    public void alarm(String subject, String text) {}

    @Override
    public void relief(String subject, String text) {}

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public void close() {
        reporter.close();
        ledger.close();
        spool.close();
    }
}
