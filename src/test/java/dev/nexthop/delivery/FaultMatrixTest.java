package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.route.NextHop;
import dev.nexthop.smtp.Dialect;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault at every step, with one host, with a second host behind it, and over LMTP. Two recipients each. The columns
 * of {@link #FAULTS}: the script of the first host; what both recipients come to when it is the only one; whether a second
 * host gets them (all, none, or the second recipient only).
 */
class FaultMatrixTest {
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
            fault("dot=stall", "deferred 4.4.2", Second.NONE));

    static Stream<Arguments> cells() {
        return FAULTS.stream().flatMap(fault -> Stream.of("mx", "relay", "lmtp").map(way -> Arguments.of(way, fault)));
    }

    private static final String SMALL = "Subject: small\r\n\r\nhello\r\n";
    private static final String LARGE =
            "Subject: large\r\n\r\n" + "x".repeat(78).concat("\r\n").repeat(150_000);

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cells")
    void oneHost(String way, Fault fault) throws IOException {
        try (Scene scene = new Scene();
                FaultServer server = server(0, way, fault.script())) {
            Attempt attempt = run(scene, way, fault, List.of(server));
            assertThat(Scene.words(attempt)).containsExactly(fault.first(), fault.other());
            boolean busy = fault.script().contains("421");
            assertThat(attempt.verdict() instanceof HopVerdict.Busy).isEqualTo(busy);
            for (int i = 0; i < 2; i++) {
                boolean taken = attempt.outcomes().get(i) instanceof dev.nexthop.mail.Outcome.Delivered;
                assertThat(times(server, i)).isEqualTo(taken ? 1 : 0);
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cells")
    void aSecondHostBehindIt(String way, Fault fault) throws IOException {
        try (Scene scene = new Scene();
                FaultServer first = server(0, way, fault.script());
                FaultServer second = server(first.port(), way, "")) {
            Attempt attempt = run(scene, way, fault, List.of(first, second));
            String done = "delivered 2.0.0";
            assertThat(Scene.words(attempt))
                    .containsExactly(
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

    private static long times(FaultServer server, int recipient) {
        String address = "r" + recipient + "@x.example";
        return server.taken().stream()
                .filter(taken -> taken.recipients().contains(address))
                .count();
    }

    private static Attempt run(Scene scene, String way, Fault fault, List<FaultServer> servers) throws IOException {
        scene.timeout = fault.script().contains("stall") ? Duration.ofMillis(400) : Duration.ofSeconds(20);
        if (fault.script().equals("refused")) {
            servers.getFirst().close();
        }
        String content = fault.script().startsWith("large") ? LARGE : SMALL;
        NextHop hop = hop(scene, way, servers);
        return scene.delivery().attempt(Scene.jobWith(hop, content, "r0@x.example", "r1@x.example"));
    }

    private static NextHop hop(Scene scene, String way, List<FaultServer> servers) {
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
        List<dev.nexthop.route.RemoteHost> remotes = new ArrayList<>();
        for (FaultServer server : servers) {
            var plain = Scene.remote(
                    "hop" + remotes.size(),
                    server.address().getAddress().getHostAddress(),
                    server.port(),
                    way.equals("lmtp") ? Dialect.LMTP : Dialect.SMTP);
            remotes.add(new dev.nexthop.route.RemoteHost(
                    plain.id(),
                    plain.address(),
                    plain.port(),
                    plain.dialect(),
                    new dev.nexthop.tls.TlsDemand(
                            false,
                            dev.nexthop.tls.StartTls.OPTIONAL,
                            dev.nexthop.tls.CertificateCheck.REQUIRE,
                            java.util.Optional.empty(),
                            java.util.Optional.empty()),
                    plain.credentials(),
                    plain.limits()));
        }
        return new NextHop.Relay(remotes);
    }

    /** The first server takes any port on 127.0.0.1, the second the same port on 127.0.0.2, as MX hosts must share it. */
    private static FaultServer server(int port, String way, String script) {
        InetAddress address = InetAddress.ofLiteral(port == 0 ? "127.0.0.1" : "127.0.0.2");
        List<String> steps = new ArrayList<>(List.of(script.split(";")));
        steps.removeIf(step -> !step.contains("="));
        if (script.startsWith("offer-starttls")) {
            steps.add("extensions=PIPELINING,STARTTLS");
        }
        return FaultServer.start(
                new InetSocketAddress(address, port),
                way.equals("lmtp") ? FaultServer.Way.LMTP : FaultServer.Way.SMTP,
                steps.toArray(String[]::new));
    }
}
