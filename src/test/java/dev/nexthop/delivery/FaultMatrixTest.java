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
 * {@link #fate} says when a recipient is tried again and what its sender is told at once. The columns of {@link HostFaults#FAULTS}: the
 * script of the first host; what both recipients come to when it is the only one; whether a second host gets them (all, none,
 * or the second recipient only).
 */
class FaultMatrixTest {
    private static final AtomicInteger CELLS = new AtomicInteger();

    static Stream<Arguments> twoHosts() {
        return Stream.concat(cells(), HostFaults.FAULTS.stream().map(fault -> Arguments.of("addresses", fault)));
    }

    static Stream<Arguments> cells() {
        return Stream.of(
                        cells(HostFaults.FAULTS, "mx", "relay", "lmtp"),
                        cells(HostFaults.ONE_FLIGHT, "relay"),
                        cells(HostFaults.logins(), "relay", "lmtp"))
                .flatMap(cells -> cells);
    }

    private static Stream<Arguments> cells(List<HostFaults.Fault> faults, String... ways) {
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

    @Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cells")
    void oneHost(String way, HostFaults.Fault fault) throws IOException {
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

    @Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("twoHosts")
    void aSecondHostBehindIt(String way, HostFaults.Fault fault) throws IOException {
        try (Scene scene = new Scene();
                FaultServer first = server(way, fault.script());
                FaultServer second = behind(first, way)) {
            Attempt attempt = run(scene, way, fault, List.of(first, second));
            String done = "delivered 2.0.0";
            expect(
                    attempt,
                    fault.second() == HostFaults.Second.BOTH ? done : fault.first(),
                    fault.second() == HostFaults.Second.NONE ? fault.other() : done);
            assertThat(times(second, 0)).isEqualTo(fault.second() == HostFaults.Second.BOTH ? 1 : 0);
            assertThat(times(second, 1)).isEqualTo(fault.second() == HostFaults.Second.NONE ? 0 : 1);
            for (int i = 0; i < 2; i++) {
                assertThat(times(first, i) + times(second, i)).as("never twice").isLessThanOrEqualTo(1);
            }
            if (fault.second() == HostFaults.Second.BOTH) {
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
        List<HostFaults.Fault> all = new ArrayList<>(HostFaults.FAULTS);
        all.add(HostFaults.fault("", "delivered 2.0.0", HostFaults.Second.NONE));
        return cells(all, "relay", "dsn", "lmtp");
    }

    /** RFC 3461 §5.2: of success tells who is the last to know of it. */
    private static Aftermath.Fate askedFate(String way, String outcome) {
        if (!outcome.startsWith("delivered") || way.equals("dsn")) {
            return fate(outcome);
        }
        return new Aftermath.Fate("never", (way.equals("lmtp") ? "delivered" : "relayed") + " 2.0.0");
    }

    @Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("asking")
    void whoAskedIsToldOnceOfEachSuccess(String way, HostFaults.Fault fault) throws IOException {
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
        return cells(HostFaults.FAULTS, "relay", "lmtp", "pool");
    }

    /** A host that is down by its health stands behind the one that is up, whose faults then lead to it all the same. */
    @Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("standIns")
    void aHostThatIsDownIsTheLastToBeTried(String way, HostFaults.Fault fault) throws IOException {
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
                    fault.second() == HostFaults.Second.BOTH ? done : fault.first(),
                    fault.second() == HostFaults.Second.NONE ? fault.other() : done);
            assertThat(times(down, 0)).isEqualTo(fault.second() == HostFaults.Second.BOTH ? 1 : 0);
            assertThat(times(down, 1)).isEqualTo(fault.second() == HostFaults.Second.NONE ? 0 : 1);
            assertThat(down.connections()).isEqualTo(fault.second() == HostFaults.Second.NONE ? 0 : 1);
        }
    }

    /** The first host has the fault and is down by its health, so that nobody meets it. */
    @Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("standIns")
    void theFaultsOfAHostThatIsDownAreNotMet(String way, HostFaults.Fault fault) throws IOException {
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

    private static Attempt run(Scene scene, String way, HostFaults.Fault fault, List<FaultServer> servers)
            throws IOException {
        return run(
                scene, fault, servers, hop(scene, way, servers, fault.script().startsWith("login:")));
    }

    private static Attempt run(Scene scene, HostFaults.Fault fault, List<FaultServer> servers, NextHop hop)
            throws IOException {
        return run(scene, fault, servers, hop, Requests.NONE);
    }

    private static Attempt run(
            Scene scene, HostFaults.Fault fault, List<FaultServer> servers, NextHop hop, Requests requests)
            throws IOException {
        scene.stepTimeouts = HostFaults.timeouts(fault.script());
        if (fault.script().equals("refused") || fault.script().equals("unaccepted")) {
            servers.getFirst().close();
        }
        if (fault.script().equals("unaccepted")) {
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
