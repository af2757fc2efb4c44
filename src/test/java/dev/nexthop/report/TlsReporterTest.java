package dev.nexthop.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.nexthop.delivery.AddressPolicy;
import dev.nexthop.dns.TextAnswer;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.queue.Change;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.Spool;
import dev.nexthop.tls.TestCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Reports over days that pass at once: when they go, where to, what they say, and that each goes once. */
class TlsReporterTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder;

    private World world;

    @BeforeEach
    void open() throws IOException {
        world = new World(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static String text(QueuedMessage message) throws IOException {
        try (InputStream in = message.body().open()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static TlsReport report(QueuedMessage message) throws IOException {
        return ReportFile.read(new ByteArrayInputStream(text(message).getBytes(StandardCharsets.US_ASCII)))
                .getFirst();
    }

    @Test
    void aDayBecomesAMail() throws Exception {
        world.wants("example.org", "mailto:tlsrpt@reports.example");
        world.ledger.add(World.good("example.org"));
        world.ledger.add(World.bad("example.org", TlsFault.CERTIFICATE_HOST_MISMATCH, "it names mx.other.example"));
        world.ledger.add(new TlsEvent(
                "example.org",
                false,
                new TlsEvent.Policy(
                        TlsEvent.Kind.TLSA,
                        "mx.example.org",
                        List.of("_25._tcp.mx.example.org. IN TLSA 3 1 1 AB"),
                        List.of()),
                "mx.example.org",
                "2001:db8::1",
                "2001:db8::99",
                Optional.of(TlsFault.TLSA_INVALID),
                "no record fits"));
        world.pass(Duration.ofHours(11));
        assertThat(world.queued).isEmpty();
        world.pass(Duration.ofHours(6));
        assertThat(world.queued).hasSize(1);

        QueuedMessage message = world.queued.getFirst();
        Envelope envelope = message.envelope();
        assertThat(envelope.sender().address()).isEqualTo("noreply-tls@sender.example");
        assertThat(envelope.recipients()).hasToString("[tlsrpt@reports.example]");
        assertThat(envelope.reception()).isEqualTo(Reception.TLS_REPORT);
        assertThat(envelope.requests().recipients().getFirst().notices()).isEqualTo(Set.of(Requests.Notify.NEVER));
        String text = text(message);
        assertThat(text).doesNotContainPattern("[^\r]\n").isASCII();
        assertThat(text.lines()).allMatch(line -> line.length() <= 200);
        assertThat(text)
                .contains("Subject: Report Domain: example.org\r\n Submitter: mx.sender.example\r\n Report-ID: <")
                .contains("\r\nTLS-Report-Domain: example.org\r\n")
                .contains("\r\nTLS-Report-Submitter: mx.sender.example\r\n")
                .contains("\r\nTLS-Required: No\r\n")
                .contains("multipart/report; report-type=\"tlsrpt\"")
                .contains("Content-Type: application/tlsrpt+gzip\r\n")
                .contains(" filename=\"mx.sender.example!example.org!1772668800!1772755199!")
                .contains(".json.gz\"\r\n");

        TlsReport report = report(message);
        assertThat(text).contains("<" + report.id() + ">");
        assertThat(report.start()).hasToString("2026-03-05T00:00:00Z");
        assertThat(report.end()).hasToString("2026-03-05T23:59:59Z");
        assertThat(report.policies()).hasSize(2);
        assertThat(report.policies().getFirst().good()).isEqualTo(1);
        assertThat(report.policies().getFirst().failed()).isEqualTo(1);
        assertThat(report.policies().getLast().policy().domain()).isEqualTo("mx.example.org");
        assertThat(ReportSchema.faults(new JsonMapper().readTree(ReportJson.write(report))))
                .isEmpty();
    }

    @Test
    void eachGoesOnceHoweverOftenTheServerStarts() throws Exception {
        world.wants("example.org", "mailto:tlsrpt@reports.example");
        for (int day = 0; day < 3; day++) {
            world.ledger.add(World.good("example.org"));
            world.restart();
            world.pass(DAY);
            world.restart();
            world.pass(Duration.ZERO);
        }
        world.pass(DAY);
        List<String> ids = new ArrayList<>();
        for (QueuedMessage message : world.queued) {
            ids.add(report(message).id());
        }
        assertThat(ids).hasSize(3).doesNotHaveDuplicates();
        // A clock that is set back doesn't open a day again whose report is sent.
        world.now = World.START;
        world.ledger.add(World.good("example.org"));
        world.pass(DAY.multipliedBy(5));
        assertThat(world.queued).hasSize(3);
    }

    @Test
    void whoDoesNotAskGetsNone() throws Exception {
        world.texts.put("_smtp._tls.two.example", new TextAnswer.Texts(List.of("v=TLSRPTv1; rua=ftp://x.example/")));
        world.ledger.add(World.good("one.example"));
        world.ledger.add(World.good("two.example"));
        world.pass(DAY.multipliedBy(2));
        world.wants("one.example", "mailto:late@one.example");
        world.pass(DAY);
        assertThat(world.queued).isEmpty();
        world.pass(DAY.multipliedBy(10));
        world.ledger.flush();
        world.restart();
        assertThat(world.ledger.due(world.now, 1)).isEmpty();
    }

    @Test
    void dnsThatCannotSayIsAskedAgainForADay() throws Exception {
        world.texts.put("_smtp._tls.example.org", new TextAnswer.TryLater("no server answered"));
        world.ledger.add(World.good("example.org"));
        world.pass(DAY);
        world.pass(Duration.ofMinutes(20));
        assertThat(world.queued).isEmpty();
        world.wants("example.org", "mailto:a@example.org");
        world.pass(Duration.ofMinutes(1));
        assertThat(world.queued).isEmpty();
        world.pass(Duration.ofHours(1));
        assertThat(world.queued).hasSize(1);

        world.texts.put("_smtp._tls.example.org", new TextAnswer.TryLater("no server answered"));
        world.ledger.add(World.good("example.org"));
        for (int hour = 0; hour < 60; hour++) {
            world.pass(Duration.ofHours(1));
        }
        world.wants("example.org", "mailto:a@example.org");
        world.pass(DAY);
        assertThat(world.queued).hasSize(1);
    }

    @Test
    void aCrashBeforeTheCommitSendsOnceAndOneBehindItDoesNotSendAgain() throws Exception {
        world.wants("example.org", "mailto:a@example.org");
        world.ledger.add(World.good("example.org"));
        world.now = world.now.plus(DAY);
        // The queue fails at the commit: the id is written down, the mail is not there.
        world.reporter(new Crashing(world.spool, false)).work();
        assertThat(world.queued).isEmpty();
        world.restart();
        // Now the mail is committed, and the word that it was is lost.
        world.now = world.now.plus(Duration.ofHours(1));
        world.reporter(new Crashing(world.spool, true)).work();
        assertThat(world.queued).hasSize(1);
        world.restart();
        world.pass(Duration.ofHours(2));
        world.pass(DAY);
        assertThat(world.queued).hasSize(1);
    }

    @Test
    void settingsThatGiveNonsenseAndNeverSendNothing() throws Exception {
        world.wants("example.org", "mailto:a@example.org");
        world.ledger.add(World.good("example.org"));
        world.from = "no address";
        world.pass(DAY);
        assertThat(world.queued).isEmpty();
        world.rhythm = Optional.empty();
        world.from = "a@sender.example";
        world.pass(DAY);
        world.rhythm = Optional.of(Rhythm.DAILY);
        world.pass(DAY);
        assertThat(world.queued).isEmpty();
    }

    @Test
    void aLargeReportGoesWithoutDetails() throws Exception {
        world.wants("example.org", "mailto:a@example.org");
        for (int i = 0; i < 100; i++) {
            world.ledger.add(World.bad("example.org", TlsFault.VALIDATION_FAILURE, "trouble " + i * 7919));
        }
        world.maxSize = 600;
        world.pass(DAY);
        TlsReport report = report(world.queued.getFirst());
        assertThat(report.policies().getFirst().failed()).isEqualTo(100);
        assertThat(report.policies().getFirst().failures()).isEmpty();
    }

    @Test
    void httpsIsPostedCheckedAndTriedAgain() throws Exception {
        TestCertificates authority = new TestCertificates();
        world.http = trusting(authority);
        world.reporter = world.reporter(world.spool);
        List<byte[]> posted = Collections.synchronizedList(new ArrayList<>());
        List<Integer> answers = new ArrayList<>(List.of(503, 201));
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(authority.server("localhost")));
        server.createContext("/report", exchange -> {
            posted.add(exchange.getRequestBody().readAllBytes());
            assertThat(exchange.getRequestHeaders().getFirst("Content-Type")).isEqualTo("application/tlsrpt+gzip");
            exchange.sendResponseHeaders(answers.removeFirst(), -1);
            exchange.close();
        });
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().set("Location", "/report");
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        server.start();
        try {
            String base = "https://localhost:" + server.getAddress().getPort();
            world.wants("example.org", base + "/report,mailto:a@example.org," + base + "/moved");
            world.ledger.add(World.good("example.org"));
            world.pass(DAY);
            assertThat(posted).hasSize(1);
            assertThat(world.queued).hasSize(1);
            world.pass(Duration.ofHours(1));
            world.pass(DAY);
            assertThat(posted).hasSize(2);
            assertThat(world.queued).hasSize(1);
            TlsReport report =
                    ReportFile.read(new ByteArrayInputStream(posted.getLast())).getFirst();
            assertThat(report).isEqualTo(report(world.queued.getFirst()));

            // A private address is somebody's own network, unless the operator says so.
            world.privateHosts = false;
            world.ledger.add(World.good("example.org"));
            world.pass(DAY);
            assertThat(posted).hasSize(2);

            // A certificate that nobody vouches for.
            world.privateHosts = true;
            world.http = HttpClient.newHttpClient();
            world.reporter.close();
            world.reporter = world.reporter(world.spool);
            world.wants("example.org", base + "/report");
            world.ledger.add(World.good("example.org"));
            world.pass(DAY);
            assertThat(posted).hasSize(2);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aHostIsRefusedForTheReasonThatDeliveryWouldHave() throws Exception {
        Function<InetAddress, Optional<String>> refusal = new AddressPolicy(false)::refusal;
        try (HttpsPost post = new HttpsPost()) {
            for (String inside : List.of("100.64.0.1", "64:ff9b::7f00:1", "2002:a00:1::", "240.0.0.1", "127.0.0.1")) {
                world.address = InetAddress.ofLiteral(inside);
                assertThat(post.post(URI.create("https://reports.invalid/"), new byte[0], world, refusal))
                        .isInstanceOfSatisfying(
                                HttpsPost.Result.Refused.class,
                                refused -> assertThat(refused.why())
                                        .contains(refusal.apply(world.address).orElseThrow()));
            }
        }
    }

    /** A name server that says nothing until it is let go, or the asker is interrupted. */
    private static Optional<TextAnswer> silent(CountDownLatch asked, CountDownLatch end) {
        asked.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.of(new TextAnswer.TryLater("no server answered"));
    }

    @Test
    void aStopWaitsForNobodyAndIsNoTry() throws Exception {
        CountDownLatch asked = new CountDownLatch(16);
        CountDownLatch end = new CountDownLatch(1);
        world.nameserver = _ -> silent(asked, end);
        for (int i = 0; i < 40; i++) {
            world.ledger.add(World.good("d" + i + ".example"));
        }
        world.now = world.now.plus(DAY);
        Thread round = Thread.ofVirtual().start(() -> {
            try {
                world.reporter.work();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            round.interrupt();
            assertThat(round.join(Duration.ofSeconds(5))).isTrue();
        } finally {
            end.countDown();
        }
        assertThat(world.ledger.due(world.now.plus(DAY), 100)).hasSize(40).allMatch(page -> page.tries == 0);
    }

    @Test
    void countsAreWrittenWhileADestinationIsSlow() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        world.nameserver = _ -> silent(asked, end);
        world.ledger.add(World.good("slow.example"));
        world.now = world.now.plus(DAY);
        world.reporter.start(Duration.ofMillis(10));
        try {
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            world.ledger.add(World.good("other.example"));
            long patience = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (world.ledger.unwritten() > 0 && System.nanoTime() < patience) {
                Thread.onSpinWait();
            }
            assertThat(world.ledger.unwritten()).isZero();
            assertThat(end.getCount()).isOne();
        } finally {
            end.countDown();
        }
    }

    private HttpClient trusting(TestCertificates authority) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream pem = Files.newInputStream(authority.pem(folder))) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    /** A queue that fails at the commit, or right behind it. */
    private record Crashing(Spool spool, boolean behind) implements Spool {
        @Override
        public Draft begin() throws IOException {
            Draft draft = spool.begin();
            return new Draft() {
                @Override
                public QueueId id() {
                    return draft.id();
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    draft.write(bytes, offset, length);
                }

                @Override
                public long size() {
                    return draft.size();
                }

                @Override
                public QueuedMessage commit(Envelope envelope, List<RecipientState> recipients, List<Change> alongside)
                        throws IOException {
                    if (behind) {
                        draft.commit(envelope, recipients, alongside);
                    }
                    throw new IOException("the power is gone");
                }

                @Override
                public void close() {
                    draft.close();
                }
            };
        }

        @Override
        public CompletableFuture<Void> apply(List<Change> changes) {
            return spool.apply(changes);
        }

        @Override
        public Optional<QueuedMessage> read(QueueId id) throws IOException {
            return spool.read(id);
        }

        @Override
        public void scan(Predicate<QueuedMessage> taker) throws IOException {
            spool.scan(taker);
        }

        @Override
        public void close() {
            spool.close();
        }
    }
}
