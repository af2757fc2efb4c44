package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.client.Login;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Step;
import dev.nexthop.route.Manner;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.schedule.Aftermath;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsDemand;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault at every step, with one host, with a second host, address or hop behind it, and over LMTP. Two recipients each.
 * A reply that comes late is the same as none: by then the connection is closed. Each attempt then goes through a scheduler:
 * {@link #fate} says when a recipient is tried again and what its sender is told at once. The columns of {@link #FAULTS}: the
 * script of the first host; what both recipients come to when it is the only one; whether a second host gets them (all, none,
 * or the second recipient only).
 */
@Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
class FaultMatrixTest {
    private static final AtomicInteger CELLS = new AtomicInteger();

    /** The timeout of a cell that uses it up; what does answer must do so within. */
    private static final Duration SHORT = Duration.ofMillis(600);

    enum Second {
        BOTH,
        NONE,
        OTHER
    }

    record Fault(String script, String first, String other, Second second) {}

    private static Fault fault(String script, String outcome, Second second) {
        return new Fault(script, outcome, outcome, second);
    }

    private static final List<Fault> FAULTS = List.of(
            fault("refused", "deferred 4.4.1", Second.BOTH),
            fault("greeting=421 4.3.2 busy", "deferred 4.3.2", Second.BOTH),
            fault("greeting=450 not now", "deferred 4.0.0", Second.BOTH),
            fault("greeting=554 5.7.1 go away", "deferred 4.7.1", Second.BOTH),
            fault("greeting=garbage", "deferred 4.5.0", Second.BOTH),
            fault("greeting=drop", "deferred 4.4.2", Second.BOTH),
            fault("ehlo=reset", "deferred 4.4.2", Second.BOTH),
            fault("greeting=stall", "deferred 4.4.2", Second.BOTH),
            fault("ehlo=421 bye", "deferred 4.3.2", Second.BOTH),
            fault("ehlo=451 later", "deferred 4.3.0", Second.BOTH),
            fault("ehlo=550 no;helo=550 no", "deferred 4.0.0", Second.BOTH),
            fault("ehlo=garbage", "deferred 4.5.0", Second.BOTH),
            fault("ehlo=drop", "deferred 4.4.2", Second.BOTH),
            fault("ehlo=stall", "deferred 4.4.2", Second.BOTH),
            fault("offer-starttls;starttls=454 4.7.0 no entropy", "deferred 4.7.0", Second.BOTH),
            fault("offer-starttls;starttls=502 what", "deferred 4.5.1", Second.BOTH),
            fault("offer-starttls;starttls=drop", "deferred 4.4.2", Second.BOTH),
            fault("offer-starttls;starttls=220 go\\n250 injected", "deferred 4.7.5", Second.BOTH),
            fault("mail=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("mail=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("mail=452 full", "deferred 4.3.1", Second.BOTH),
            fault("mail=550 5.7.1 not you", "failed 5.7.1", Second.NONE),
            fault("mail=552 too big", "failed 5.3.4", Second.NONE),
            fault("mail=garbage", "deferred 4.5.0", Second.BOTH),
            fault("mail=354 what", "deferred 4.5.0", Second.BOTH),
            fault("mail=drop", "deferred 4.4.2", Second.BOTH),
            fault("mail=stall", "deferred 4.4.2", Second.BOTH),
            fault("rcpt=450 4.2.0 grey", "deferred 4.2.0", Second.BOTH),
            fault("rcpt=452 4.5.3 too many", "deferred 4.5.3", Second.BOTH),
            fault("rcpt=550 5.1.1 who", "failed 5.1.1", Second.NONE),
            fault("rcpt=550 who", "failed 5.1.1", Second.NONE),
            fault("rcpt=421 bye", "deferred 4.3.2", Second.BOTH),
            fault("rcpt=drop", "deferred 4.4.2", Second.BOTH),
            fault("rcpt=stall", "deferred 4.4.2", Second.BOTH),
            new Fault("rcpt=250 ok|550 5.1.1 who", "delivered 2.0.0", "failed 5.1.1", Second.NONE),
            new Fault("rcpt=250 ok|450 4.2.1 later", "delivered 2.0.0", "deferred 4.2.1", Second.NONE),
            new Fault("rcpt=550 5.1.1 who|450 4.2.1 later", "failed 5.1.1", "deferred 4.2.1", Second.OTHER),
            new Fault("rcpt=550 5.1.1 who|421 bye", "failed 5.1.1", "deferred 4.3.2", Second.OTHER),
            new Fault("rcpt=550 5.1.1 who|drop", "failed 5.1.1", "deferred 4.4.2", Second.OTHER),
            fault("rcpt=250 ok|drop", "deferred 4.4.2", Second.BOTH),
            fault("data=421 bye", "deferred 4.3.2", Second.BOTH),
            fault("data=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("data=554 5.7.1 no", "failed 5.7.1", Second.NONE),
            fault("data=250 what", "deferred 4.5.0", Second.BOTH),
            fault("data=drop", "deferred 4.4.2", Second.BOTH),
            fault("data=stall", "deferred 4.4.2", Second.BOTH),
            fault("large;content=reset", "deferred 4.4.2", Second.BOTH),
            fault("large;content=552 5.3.4 too big", "failed 5.3.4", Second.NONE),
            fault("large;content=451 4.3.0 disk", "deferred 4.3.0", Second.BOTH),
            fault("dot=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("dot=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("dot=554 5.7.1 spam", "failed 5.7.1", Second.NONE),
            fault("dot=garbage", "deferred 4.5.0", Second.NONE),
            fault("dot=drop", "deferred 4.4.2", Second.NONE),
            fault("dot=reset", "deferred 4.4.2", Second.NONE),
            fault("dot=stall", "deferred 4.4.2", Second.NONE),
            fault("unaccepted", "deferred 4.4.1", Second.BOTH),
            fault("greeting=endless", "deferred 4.5.0", Second.BOTH),
            fault("ehlo=endless", "deferred 4.5.0", Second.BOTH),
            fault("ehlo=250-us\\n550 them", "deferred 4.5.0", Second.BOTH),
            fault("offer-starttls;starttls=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("offer-starttls;starttls=reset", "deferred 4.4.2", Second.BOTH),
            fault("offer-starttls;starttls=garbage", "deferred 4.5.0", Second.BOTH),
            fault("offer-starttls;starttls=stall", "deferred 4.4.2", Second.BOTH),
            fault("mail=reset", "deferred 4.4.2", Second.BOTH),
            fault("mail=endless", "deferred 4.5.0", Second.BOTH),
            fault("mail=250-ok\\n550 no", "deferred 4.5.0", Second.BOTH),
            fault("mail=250 ok\\n250 surplus", "deferred 4.5.0", Second.BOTH),
            fault("rcpt=reset", "deferred 4.4.2", Second.BOTH),
            fault("rcpt=garbage", "deferred 4.5.0", Second.BOTH),
            fault("rcpt=354 what", "deferred 4.5.0", Second.BOTH),
            fault("rcpt=250 ok\\n250 surplus", "deferred 4.5.0", Second.BOTH),
            new Fault("rcpt=250 ok|552 5.2.2 full", "delivered 2.0.0", "failed 5.2.2", Second.NONE),
            fault("data=reset", "deferred 4.4.2", Second.BOTH),
            fault("data=garbage", "deferred 4.5.0", Second.BOTH),
            fault("data=354 go\\n250 2.0.0 already", "deferred 4.5.0", Second.BOTH),
            fault("data=354 go\\n554 5.7.1 spam", "failed 5.7.1", Second.NONE),
            fault("data=354 go\\n421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("large;content=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("dot=endless", "deferred 4.5.0", Second.NONE),
            fault("dot=354 what", "deferred 4.5.0", Second.NONE),
            fault("dot=250-ok\\n550 no", "deferred 4.5.0", Second.NONE),
            fault("dot=452 4.3.1 disk", "deferred 4.3.1", Second.BOTH));

    /** The whole message leaves with its envelope, so that silence anywhere leaves open whether it was taken. */
    private static final List<Fault> ONE_FLIGHT = List.of(
            fault("chunk;mail=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("chunk;mail=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("chunk;mail=550 5.7.1 not you", "failed 5.7.1", Second.NONE),
            fault("chunk;mail=garbage", "deferred 4.5.0", Second.NONE),
            fault("chunk;mail=drop", "deferred 4.4.2", Second.NONE),
            fault("chunk;mail=stall", "deferred 4.4.2", Second.NONE),
            fault("chunk;rcpt=450 4.2.0 grey", "deferred 4.2.0", Second.BOTH),
            fault("chunk;rcpt=550 5.1.1 who", "failed 5.1.1", Second.NONE),
            fault("chunk;rcpt=421 bye", "deferred 4.3.2", Second.BOTH),
            fault("chunk;rcpt=drop", "deferred 4.4.2", Second.NONE),
            new Fault("chunk;rcpt=250 ok|550 5.1.1 who", "delivered 2.0.0", "failed 5.1.1", Second.NONE),
            new Fault("chunk;rcpt=250 ok|450 4.2.1 later", "delivered 2.0.0", "deferred 4.2.1", Second.NONE),
            new Fault("chunk;rcpt=550 5.1.1 who|drop", "failed 5.1.1", "deferred 4.4.2", Second.NONE),
            fault("chunk;rcpt=250 ok\\n250 surplus", "deferred 4.5.0", Second.NONE),
            fault("chunk;bdat=421 4.3.2 bye", "deferred 4.3.2", Second.BOTH),
            fault("chunk;bdat=451 4.3.0 later", "deferred 4.3.0", Second.BOTH),
            fault("chunk;bdat=554 5.7.1 spam", "failed 5.7.1", Second.NONE),
            fault("chunk;bdat=354 what", "deferred 4.5.0", Second.NONE),
            fault("chunk;bdat=drop", "deferred 4.4.2", Second.NONE),
            fault("chunk;bdat=stall", "deferred 4.4.2", Second.NONE));

    private static final List<String> MECHANISMS = List.of("SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN");

    /** The credentials belong to the hop: whatever the server says to them, the mail waits or goes to the next host. */
    private static List<Fault> logins() {
        List<Fault> all = new ArrayList<>();
        for (String mechanism : MECHANISMS) {
            String script = "login:" + mechanism + ";auth=";
            all.add(fault(script + "535 5.7.8 no", "deferred 4.7.8", Second.BOTH));
            all.add(fault(script + "504 5.5.4 what", "deferred 4.5.4", Second.BOTH));
            all.add(fault(script + "454 4.7.0 later", "deferred 4.7.0", Second.BOTH));
            all.add(fault(script + "421 4.3.2 bye", "deferred 4.3.2", Second.BOTH));
            all.add(fault(script + "garbage", "deferred 4.5.0", Second.BOTH));
            all.add(fault(script + "reset", "deferred 4.4.2", Second.BOTH));
            all.add(fault(script + "stall", "deferred 4.4.2", Second.BOTH));
        }
        return all;
    }

    static Stream<Arguments> twoHosts() {
        return Stream.concat(cells(), FAULTS.stream().map(fault -> Arguments.of("addresses", fault)));
    }

    static Stream<Arguments> cells() {
        return Stream.of(
                        cells(FAULTS, "mx", "relay", "lmtp"),
                        cells(ONE_FLIGHT, "relay"),
                        cells(logins(), "relay", "lmtp"))
                .flatMap(cells -> cells);
    }

    private static Stream<Arguments> cells(List<Fault> faults, String... ways) {
        return faults.stream().flatMap(fault -> Stream.of(ways).map(way -> Arguments.of(way, fault)));
    }

    /** The first interval of the schedule: one that is nobody's default. */
    static final Duration RETRY = Duration.ofMinutes(7);

    /**
     * What follows from an outcome, and from nothing else: only a failure is told at once, under its own status (RFC 3464
     * §2.3.4), and only a deferral is tried again.
     */
    static Aftermath.Fate fate(String outcome) {
        String[] words = outcome.split(" ");
        return switch (words[0]) {
            case "delivered" -> new Aftermath.Fate("never", "nothing");
            case "deferred" -> new Aftermath.Fate("PT7M", "nothing");
            case "failed" -> new Aftermath.Fate("never", "failed " + words[1]);
            default -> throw new IllegalArgumentException(outcome);
        };
    }

    /** Each recipient has its outcome, and what follows from it. */
    private static void expect(Attempt attempt, String... outcomes) {
        assertThat(Scene.words(attempt)).containsExactly(outcomes);
        assertThat(Aftermath.of(attempt, RETRY))
                .isEqualTo(Stream.of(outcomes).map(FaultMatrixTest::fate).toList());
    }

    private static final String SMALL = "Subject: small\r\n\r\nhello\r\n";
    private static final String LARGE =
            "Subject: large\r\n\r\n" + "x".repeat(78).concat("\r\n").repeat(150_000);

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cells")
    void oneHost(String way, Fault fault) throws IOException {
        try (Scene scene = new Scene();
                FaultServer server = server(way, fault.script())) {
            Attempt attempt = run(scene, way, fault, List.of(server));
            expect(attempt, fault.first(), fault.other());
            boolean busy = fault.script().contains("421");
            assertThat(attempt.verdict() instanceof HopVerdict.Busy).isEqualTo(busy);
            for (int i = 0; i < 2; i++) {
                Outcome outcome = attempt.outcomes().get(i);
                assertThat(times(server, i)).isBetween(outcome instanceof Outcome.Delivered ? 1L : 0L, most(outcome));
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("twoHosts")
    void aSecondHostBehindIt(String way, Fault fault) throws IOException {
        try (Scene scene = new Scene();
                FaultServer first = server(way, fault.script());
                FaultServer second = behind(first, way)) {
            Attempt attempt = run(scene, way, fault, List.of(first, second));
            String done = "delivered 2.0.0";
            expect(
                    attempt,
                    fault.second() == Second.BOTH ? done : fault.first(),
                    fault.second() == Second.NONE ? fault.other() : done);
            assertThat(times(second, 0)).isEqualTo(fault.second() == Second.BOTH ? 1 : 0);
            assertThat(times(second, 1)).isEqualTo(fault.second() == Second.NONE ? 0 : 1);
            for (int i = 0; i < 2; i++) {
                assertThat(times(first, i) + times(second, i)).as("never twice").isLessThanOrEqualTo(1);
            }
            if (fault.second() == Second.BOTH) {
                assertThat(attempt.verdict()).isInstanceOf(HopVerdict.Healthy.class);
            }
        }
    }

    /** Notices of success and of failure, for both recipients. */
    private static final Requests ASKED = new Requests(
            Optional.empty(),
            "",
            Collections.nCopies(
                    2,
                    new Requests.Recipient(Set.of(Requests.Notify.SUCCESS, Requests.Notify.FAILURE), Optional.empty())),
            false,
            Optional.empty(),
            Optional.empty());

    static Stream<Arguments> asking() {
        List<Fault> all = new ArrayList<>(FAULTS);
        all.add(fault("", "delivered 2.0.0", Second.NONE));
        return cells(all, "relay", "dsn", "lmtp");
    }

    /** RFC 3461 §5.2: of success tells who is the last to know of it. */
    private static Aftermath.Fate askedFate(String way, String outcome) {
        if (!outcome.startsWith("delivered") || way.equals("dsn")) {
            return fate(outcome);
        }
        return new Aftermath.Fate("never", (way.equals("lmtp") ? "delivered" : "relayed") + " 2.0.0");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("asking")
    void whoAskedIsToldOnceOfEachSuccess(String way, Fault fault) throws IOException {
        try (Scene scene = new Scene();
                FaultServer server = server(way, fault.script())) {
            List<FaultServer> servers = List.of(server);
            Attempt attempt = run(scene, fault, servers, hop(scene, way, servers, false), ASKED);
            assertThat(Scene.words(attempt)).containsExactly(fault.first(), fault.other());
            assertThat(Aftermath.of(attempt, RETRY, ASKED))
                    .containsExactly(askedFate(way, fault.first()), askedFate(way, fault.other()));
        }
    }

    @Test
    void ofWhatARuleDiscardsNobodyIsTold() {
        try (Scene scene = new Scene()) {
            Job job = Scene.job(new NextHop.Discard(), "r0@x.example", "r1@x.example");
            Attempt attempt = scene.delivery().attempt(Scene.asking(ASKED, job));
            assertThat(Aftermath.of(attempt, RETRY, ASKED))
                    .containsOnly(new Aftermath.Fate("never", "nothing"))
                    .hasSize(2);
        }
    }

    static Stream<Arguments> standIns() {
        return cells(FAULTS, "relay", "lmtp", "pool");
    }

    /** A host that is down by its health stands behind the one that is up, whose faults then lead to it all the same. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("standIns")
    void aHostThatIsDownIsTheLastToBeTried(String way, Fault fault) throws IOException {
        try (Scene scene = new Scene();
                FaultServer up = server(way, fault.script());
                FaultServer down = behind(up, way)) {
            NextHop.Relay relay = (NextHop.Relay) hop(scene, way, List.of(up, down), false);
            down(scene, relay.hosts().getLast());
            NextHop hop = new NextHop.Relay(relay.hosts().reversed());
            Attempt attempt = run(scene, fault, List.of(up, down), hop);
            String done = "delivered 2.0.0";
            expect(
                    attempt,
                    fault.second() == Second.BOTH ? done : fault.first(),
                    fault.second() == Second.NONE ? fault.other() : done);
            assertThat(times(down, 0)).isEqualTo(fault.second() == Second.BOTH ? 1 : 0);
            assertThat(times(down, 1)).isEqualTo(fault.second() == Second.NONE ? 0 : 1);
            assertThat(down.connections()).isEqualTo(fault.second() == Second.NONE ? 0 : 1);
        }
    }

    /** The first host has the fault and is down by its health, so that nobody meets it. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("standIns")
    void theFaultsOfAHostThatIsDownAreNotMet(String way, Fault fault) throws IOException {
        try (Scene scene = new Scene();
                FaultServer faulty = server(way, fault.script());
                FaultServer up = behind(faulty, way)) {
            NextHop.Relay relay = (NextHop.Relay) hop(scene, way, List.of(faulty, up), false);
            down(scene, relay.hosts().getFirst());
            expect(run(scene, fault, List.of(faulty, up), relay), "delivered 2.0.0", "delivered 2.0.0");
            assertThat(faulty.connections()).isZero();
            assertThat(times(up, 0)).isEqualTo(1);
            assertThat(times(up, 1)).isEqualTo(1);
        }
    }

    private static void down(Scene scene, RemoteHost host) {
        for (int i = 0; i < host.manner().health().failures(); i++) {
            scene.health.lost(
                    host, Diagnosis.local(new EnhancedStatus(4, 4, 1), ErrorKind.CONNECTION, "refused", Step.CONNECT));
        }
    }

    /** How often the server may have taken what came to this: it is not known only after the end of the message. */
    private static long most(Outcome outcome) {
        Diagnosis diagnosis = outcome.diagnosis();
        boolean inDoubt =
                diagnosis.step() == Step.END_OF_DATA && diagnosis.reply().isEmpty();
        return outcome instanceof Outcome.Delivered || inDoubt ? 1 : 0;
    }

    private static long times(FaultServer server, int recipient) {
        String address = "r" + recipient + "@x.example";
        return server.taken().stream()
                .filter(taken -> taken.recipients().contains(address))
                .count();
    }

    private static Attempt run(Scene scene, String way, Fault fault, List<FaultServer> servers) throws IOException {
        return run(
                scene, fault, servers, hop(scene, way, servers, fault.script().startsWith("login:")));
    }

    private static Attempt run(Scene scene, Fault fault, List<FaultServer> servers, NextHop hop) throws IOException {
        return run(scene, fault, servers, hop, Requests.NONE);
    }

    private static Attempt run(Scene scene, Fault fault, List<FaultServer> servers, NextHop hop, Requests requests)
            throws IOException {
        scene.timeout = fault.script().contains("stall") ? SHORT : Duration.ofSeconds(20);
        if (fault.script().equals("refused") || fault.script().equals("unaccepted")) {
            servers.getFirst().close();
        }
        if (fault.script().equals("unaccepted")) {
            scene.timeout = SHORT;
            scene.beside(new Unaccepting(servers.getFirst().address()));
        }
        String content = fault.script().startsWith("large") ? LARGE : SMALL;
        Job job = Scene.jobWith(hop, content, "r0@x.example", "r1@x.example");
        return scene.delivery().attempt(Scene.asking(requests, job));
    }

    private static NextHop hop(Scene scene, String way, List<FaultServer> servers, boolean login) {
        if (way.equals("mx")) {
            String[] hosts = new String[servers.size()];
            for (int i = 0; i < hosts.length; i++) {
                hosts[i] = i * 10 + " mx" + i + ".example";
                scene.host(
                        "mx" + i + ".example",
                        servers.get(i).address().getAddress().getHostAddress());
            }
            scene.mxHosts("x.example", hosts);
            scene.mxPolicy =
                    new OutboundSettings.MxPolicy(true, servers.getFirst().port());
            return Scene.mx("x.example");
        }
        if (way.equals("addresses")) {
            scene.host(
                    "mx.example",
                    servers.stream()
                            .map(server -> server.address().getAddress().getHostAddress())
                            .toArray(String[]::new));
            scene.mxHosts("x.example", "0 mx.example");
            scene.mxPolicy =
                    new OutboundSettings.MxPolicy(true, servers.getFirst().port());
            return Scene.mx("x.example");
        }
        List<RemoteHost> remotes = new ArrayList<>();
        boolean pool = way.equals("pool");
        for (FaultServer server : servers) {
            RemoteHost plain = Scene.remote(
                    pool ? "pool" : "hop" + remotes.size(),
                    server.address().getAddress().getHostAddress(),
                    server.port(),
                    way.equals("lmtp") ? Dialect.LMTP : Dialect.SMTP);
            remotes.add(new RemoteHost(
                    plain.id(),
                    plain.address(),
                    plain.port(),
                    plain.dialect(),
                    new TlsDemand(
                            false, StartTls.OPTIONAL, CertificateCheck.REQUIRE, Optional.empty(), Optional.empty()),
                    login && remotes.isEmpty() ? Optional.of(new Login("user", "pass", false, false)) : plain.login(),
                    new RemoteHost.Limits(20, 100, 1_000, Duration.ofSeconds(30), true),
                    pool ? weighted(5) : Manner.DEFAULT));
        }
        return new NextHop.Relay(remotes);
    }

    private static Manner weighted(int weight) {
        Manner plain = Manner.DEFAULT;
        return new Manner(
                new Manner.Selection(weight, Optional.empty()),
                plain.proxy(),
                plain.ehlo(),
                plain.sources(),
                plain.timeouts(),
                plain.health());
    }

    /** Any port of an address that no other cell has: a port that is closed again stays closed. */
    private static FaultServer server(String way, String script) {
        int cell = CELLS.incrementAndGet();
        return server(new InetSocketAddress("127.1." + cell / 256 + "." + cell % 256, 0), way, script);
    }

    /** On another address and the same port, as MX hosts must share it. */
    private static FaultServer behind(FaultServer first, String way) {
        String address = first.address().getAddress().getHostAddress().replaceFirst("127\\.1", "127.2");
        return server(new InetSocketAddress(address, first.port()), way, "");
    }

    private static FaultServer server(InetSocketAddress where, String way, String script) {
        List<String> steps = new ArrayList<>(List.of(script.split(";")));
        steps.removeIf(step -> !step.contains("="));
        if (script.startsWith("offer-starttls")) {
            steps.add("extensions=PIPELINING,STARTTLS");
        } else if (script.startsWith("chunk")) {
            steps.add("extensions=PIPELINING,CHUNKING");
        } else if (script.startsWith("login:")) {
            steps.add("extensions=PIPELINING,AUTH " + script.substring("login:".length(), script.indexOf(';')));
        }
        if (way.equals("dsn")) {
            steps.removeIf(step -> step.startsWith("extensions="));
            steps.add("extensions=PIPELINING,DSN" + (script.startsWith("offer-starttls") ? ",STARTTLS" : ""));
        }
        return FaultServer.start(
                where, way.equals("lmtp") ? FaultServer.Way.LMTP : FaultServer.Way.SMTP, steps.toArray(String[]::new));
    }
}
