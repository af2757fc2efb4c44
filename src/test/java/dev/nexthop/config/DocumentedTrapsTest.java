package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.route.Router;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.StartTls;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Examples that do not work in Stalwart as its documentation prints them: here they do what their reader expects, with a lint. */
class DocumentedTrapsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final String RELAY = """
            [remote."relay"]
            address = "relay.example.org"
            port = 25
            protocol = "smtp"

            [remote."relay".tls]
            implicit = false
            allow-invalid-certs = false
            """;

    private static final Lookups LOOKUPS = new LocalExample();

    private static String route(String text, String recipient) {
        Mailbox rcpt = Mailbox.parse(recipient);
        Envelope envelope = new Envelope(
                ReversePath.of("amy@sender.example"), List.of(rcpt), BodyType.SEVEN_BIT, false, Reception.INTERNAL);
        RecipientFacts facts = new RecipientFacts(
                new QueueId(1),
                envelope,
                100,
                rcpt,
                new RecipientFacts.History(NOW, 0, 0, NOW.plus(Duration.ofDays(5)), "", ErrorKind.NONE),
                NOW,
                RecipientFacts.Host.UNKNOWN);
        NextHop hop = new Router(Load.ok(text).outbound().routing())
                .decide(facts, LOOKUPS)
                .hop();
        return switch (hop) {
            case NextHop.Mx mx -> "mx " + mx.domain();
            case NextHop.Relay relay ->
                relay.hosts().getFirst().address() + ":"
                        + relay.hosts().getFirst().port();
            case NextHop.Local _ -> "local";
            case NextHop.Defer defer -> "defer " + defer.reason();
            case NextHop.Reject _ -> "reject";
            case NextHop.Discard _ -> "discard";
        };
    }

    private static List<String> lints(String text) {
        return Load.text(text).problems().stream()
                .filter(problem -> problem.severity() == Severity.LINT)
                .map(problem -> problem.code().id() + " " + problem.origin().line() + ":"
                        + problem.origin().column())
                .toList();
    }

    @Test
    void aBareHop() {
        String text = "[queue.outbound]\nnext-hop = \"relay\"\n" + RELAY;
        assertThat(lints(text)).containsExactly("NH201 2:13");
        assertThat(route(text, "bob@example.net")).isEqualTo("relay.example.org:25");
    }

    @Test
    void lmtpOnLocalhostWithoutStartTls() {
        String text = """
                [queue.outbound]
                next-hop = [ { if = "is_local_domain('', rcpt_domain)", then = "'lmtp'" },
                             { else = false } ]

                [remote."lmtp"]
                address = "localhost"
                port = 24
                protocol = "lmtp"

                [remote."lmtp".tls]
                implicit = false
                allow-invalid-certs = true

                [remote."lmtp".auth]
                username = "relay_server"
                secret = "123456"
                """;
        assertThat(lints(text)).containsExactly("NH235 6:12", "NH249 16:11");
        assertThat(route(text, "bob@example.org")).isEqualTo("localhost:24");
        assertThat(route(text, "bob@example.net")).isEqualTo("mx example.net");
        RemoteHost lmtp = Load.hosts(Load.ok(text), "lmtp").getFirst();
        assertThat(lmtp.tls().startTls()).isEqualTo(StartTls.OPTIONAL);
    }

    @Test
    void sourceAddressesAsTomlArrays() {
        String text = "[queue.outbound.source-ip]\nv4 = [\"10.0.0.10\", \"10.0.0.11\"]\nv6 = [\"a::b\", \"a::c\"]\n";
        assertThat(lints(text)).containsExactly("NH206 2:6", "NH206 3:6");
        var sources = Load.ok(text).outbound().delivery().sources();
        assertThat(Constants.value(sources.v4()))
                .isEqualTo(
                        Optional.of(List.of(InetAddress.ofLiteral("10.0.0.10"), InetAddress.ofLiteral("10.0.0.11"))));
        assertThat(Constants.value(sources.v6()))
                .isEqualTo(Optional.of(List.of(InetAddress.ofLiteral("a::b"), InetAddress.ofLiteral("a::c"))));
        assertThat(route(text, "bob@example.net")).isEqualTo("mx example.net");
    }

    @Test
    void aBackslashInsideABasicString() {
        String text = "[queue.outbound]\nnext-hop = [ { if = \"matches('^([^.]+)@([^.]+)\\.(.+)$', rcpt)\","
                + " then = \"'relay'\" }, { else = false } ]\n" + RELAY;
        assertThat(lints(text)).containsExactly("NH205 2:47");
        assertThat(route(text, "bob@mail.example")).isEqualTo("relay.example.org:25");
        assertThat(route(text, "bob@nodot")).as("the dot is a dot").isEqualTo("mx nodot");
    }

    @Test
    void aThrottleForEachRecipient() {
        String text = "[[queue.throttle]]\nkey = [\"rcpt\"]\nconcurrency = 5\nenable = true\n";
        assertThat(lints(text)).containsExactly("NH239 2:9");
        assertThat(route(text, "bob@example.net")).isEqualTo("mx example.net");
    }

    @Test
    void aQuotaWithoutAMatch() {
        String text = "[[queue.quota]]\nmessages = 100000\nsize = 10737418240 # 10gb\nenable = true\n";
        assertThat(lints(text)).containsExactly("NH240 1:1");
        assertThat(route(text, "bob@example.net")).isEqualTo("mx example.net");
    }

    @Test
    void sortingUpwards() {
        String text = "[queue.outbound]\nnext-hop = [ { if = \"count(sort(['z', 'a', 'b'], true)) = 3"
                + " && sort([rcpt_domain, 'm.example'], true)[0] = rcpt_domain\", then = \"'relay'\" },"
                + " { else = false } ]\n" + RELAY;
        assertThat(route(text, "bob@a.example")).isEqualTo("relay.example.org:25");
        assertThat(route(text, "bob@z.example")).isEqualTo("mx z.example");
    }

    @Test
    void policiesTurnedOffForTheSakeOfARelay() {
        String text = "[queue.outbound]\nnext-hop = \"'relay'\"\n" + RELAY
                + "[queue.outbound.tls]\nmta-sts = \"disable\"\ndane = \"disable\"\n";
        assertThat(lints(text)).containsExactly("NH238 12:12", "NH238 13:9");
        assertThat(route(text, "bob@example.net")).isEqualTo("relay.example.org:25");
        String without = "[queue.outbound]\nnext-hop = \"'relay'\"\n" + RELAY;
        assertThat(lints(without)).as("and nothing is lost without them").isEmpty();
        assertThat(route(without, "bob@example.net")).isEqualTo("relay.example.org:25");
    }
}
