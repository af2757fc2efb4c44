package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** One message, five domains, four ways out: MX, a relay, LMTP, the local store. */
@Tag("namespace")
@Tag("postfix")
@Tag("dovecot")
class FourHopsIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String ROUTING = """
            [queue.outbound]
            next-hop = [ { if = "is_local_domain('', rcpt_domain)", then = "'local'" },
                         { if = "rcpt_domain = 'partner.example'", then = "'relay'" },
                         { if = "rcpt_domain = 'store.example'", then = "'dovecot'" },
                         { else = false } ]
            [remote.relay]
            address = "relay.example.org"
            port = 25
            protocol = "smtp"
            tls.implicit = false
            [remote.dovecot]
            address = "localhost"
            port = 24
            protocol = "lmtp"
            tls.implicit = false
            """;

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void eachHopGetsItsRecipientsOnceAndTheSenderLearnsOfTheFailure() throws Exception {
        Internet internet = scenario.closing(Internet.open());
        Sink first = scenario.closing(internet.exchanger("first.example", "192.0.2.10"));
        Sink second = scenario.closing(internet.exchanger("second.example", "192.0.2.11"));
        first.behave(line -> line.startsWith("RCPT") && line.contains("nobody@") ? "550 5.1.1 no such user" : null);
        second.behave(line -> line.startsWith("RCPT") && line.contains("later@") ? "451 4.2.1 later" : null);
        internet.address("192.0.2.25");
        internet.names().with("relay.example.org.", "A", "192.0.2.25");
        PostfixPeer relay = scenario.closing(PostfixPeer.start(
                scenario.folder("postfix"),
                internet.world(),
                new InetSocketAddress("192.0.2.25", 25),
                new PostfixPeer.Setup()));
        DovecotPeer dovecot =
                scenario.closing(DovecotPeer.start(scenario.folder("dovecot"), internet.host(), 24, List.of()));
        ServerFile file = ServerFile.in(scenario.home())
                .routing(ROUTING)
                .part("resolver", internet.resolver())
                .retryEvery(2);
        NexthopProcess server = scenario.closing(NexthopProcess.start(file, internet.host(), Map.of()));

        byte[] message = Mail.simple("four hops");
        server.take(
                "jane@example.org",
                List.of(
                        "a@first.example",
                        "b@first.example",
                        "nobody@first.example",
                        "later@second.example",
                        "c@second.example",
                        "d@partner.example",
                        "e@partner.example",
                        "f@store.example",
                        "bill@example.org"),
                message);

        JsonNode deferred = server.recipient(
                "later@second.example", LIMIT, it -> it.path("attempts").asInt() >= 1);
        assertThat(deferred.path("status").asString()).isEqualTo("deferred");
        assertThat(deferred.path("last").path("code").asInt()).isEqualTo(451);
        assertThat(deferred.path("last").path("host").asString()).startsWith("mx.second.example");
        Await.until("Postfix has two", LIMIT, () -> relay.delivered().size() == 2);
        Await.until(
                "Dovecot has one",
                LIMIT,
                () -> dovecot.mailbox("f", "store.example").size() == 1);
        assertThat(relay.recipients()).containsExactly("d@partner.example", "e@partner.example");
        Mail.assertSameBehindTrace(dovecot.mailbox("f", "store.example").getFirst(), message);
        server.arrived("bill", 1, LIMIT);

        server.arrived("jane", 1, LIMIT);
        assertBounce(server.stored("jane").getFirst());

        second.behave(line -> null);
        server.drained(LIMIT);
        assertThat(first.recipients()).containsExactly("a@first.example", "b@first.example");
        assertThat(second.recipients()).containsExactly("c@second.example", "later@second.example");
        assertThat(relay.recipients()).containsExactly("d@partner.example", "e@partner.example");
        assertThat(dovecot.mailbox("f", "store.example")).hasSize(1);
        assertThat(server.mailbox("bill")).hasSize(1);
        assertThat(server.mailbox("jane")).hasSize(1);
    }

    /** RFC 3464 §2 and RFC 6522 §3: three parts, and the failed recipient alone. */
    private static void assertBounce(String bounce) {
        assertThat(bounce).startsWith("Return-Path: <>").containsIgnoringCase("Auto-Submitted: auto-");
        assertThat(bounce).containsIgnoringCase("multipart/report").containsIgnoringCase("report-type=delivery-status");
        String boundary = bounce.replaceFirst("(?s).*?boundary=\"?([^\"\r\n;]+).*", "$1");
        List<String> parts = List.of(bounce.split("--" + java.util.regex.Pattern.quote(boundary)));
        assertThat(parts).hasSize(5);
        assertThat(parts.get(1))
                .containsIgnoringCase("Content-Type: text/plain")
                .contains("nobody@first.example");
        assertThat(parts.get(2))
                .containsIgnoringCase("Content-Type: message/delivery-status")
                .containsIgnoringCase("Final-Recipient: rfc822;")
                .contains("nobody@first.example")
                .containsIgnoringCase("Action: failed")
                .contains("Status: 5.1.1")
                .containsIgnoringCase("Remote-MTA: dns;")
                .contains("550 5.1.1 no such user")
                .doesNotContain("a@first.example", "later@", "partner.example");
        assertThat(parts.get(3))
                .containsAnyOf("text/rfc822-headers", "message/rfc822")
                .contains("Subject: four hops");
        assertThat(parts.get(4)).startsWith("--");
    }
}
