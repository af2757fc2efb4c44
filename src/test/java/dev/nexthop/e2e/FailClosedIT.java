package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A rule that goes wrong defers and says so; the MX host of the recipient, which stands ready, never hears of it. */
@Tag("namespace")
class FailClosedIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private Internet internet;
    private Sink exchanger;

    @BeforeEach
    void stage() throws Exception {
        internet = scenario.closing(Internet.open());
        exchanger = scenario.closing(internet.exchanger("example.net", "192.0.2.10"));
    }

    /** Each rule stands alone on line 3, behind one that never fires. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "an unknown hop id         | `'hop-for-' + rcpt_domain`                   | hop-for-example.net",
                "an empty hop id           | `strip_prefix(rcpt_domain, rcpt_domain)`      | empty text",
                "a word that only looks    | `'defer ' + rcpt_domain`                     | defer example.net",
                "a list with a stranger    | `split('relay,' + rcpt_domain, ',')`         | example.net",
                "a directory nobody knows  | `if_then(is_local_domain('nowhere-' + rcpt_domain, rcpt_domain), 'a', 'b')` | directory"
            })
    void theRecipientIsDeferredAndTheReasonNamesTheRule(String name, String rule, String word) throws Exception {
        NexthopProcess server = serve("""
                [queue.outbound]
                next-hop = [ { if = "rcpt_domain = 'never.example'", then = "'relay'" },
                             { else = "%s" } ]
                [remote.relay]
                address = "relay.example.org"
                port = 25
                protocol = "smtp"
                tls.implicit = false
                """.formatted(rule));
        server.take("jane@example.org", List.of("somebody@example.net"), Mail.simple("closed"));

        JsonNode recipient = server.recipient(
                "somebody@example.net", LIMIT, it -> it.path("attempts").asInt() >= 1);
        assertThat(recipient.path("status").asString()).isEqualTo("deferred");
        String id = server.queue().get(0).path("id").asString();
        String last = server.message(id).toString();
        assertThat(last).contains("nexthop.toml:3").contains(word);
        assertThat(exchanger.connections()).isZero();
        assertThat(internet.names().asked()).noneMatch(question -> question.endsWith(" MX"));
        server.logged("event=alarm subject=routing");
    }

    @Test
    void whatCanBeKnownIsRefusedBeforeAnyMailComes() throws Exception {
        ServerFile file = ServerFile.in(scenario.home())
                .part("resolver", internet.resolver())
                .routing("""
                [queue.outbound]
                next-hop = [ { if = "rcpt_domain = 'a.example'", then = "'nowhere'" },
                             { if = "rcpt_domain = 'b.example'", then = "len(rcpt)" },
                             { if = "rcpt_domian = 'c.example'", then = false },
                             { else = false } ]
                """);
        file.write();
        Command.Result check = NexthopProcess.command(
                scenario.home(),
                Network.ours(),
                Map.of(),
                "check",
                "--config",
                file.path().toString());
        assertThat(check.exit()).isEqualTo(1);
        String report = check.text() + check.errors();
        assertThat(report)
                .contains("nexthop.toml:2:")
                .contains("nowhere")
                .contains("nexthop.toml:3:")
                .contains("nexthop.toml:4:")
                .contains("rcpt_domain");
    }

    @Test
    void aWordThatIsNoHopIsNeverTakenForMx() throws Exception {
        ServerFile file = ServerFile.in(scenario.home()).routing("""
                [queue.outbound]
                next-hop = "rellay"
                [remote.relay]
                address = "relay.example.org"
                port = 25
                protocol = "smtp"
                tls.implicit = false
                """);
        file.write();
        Command.Result check = NexthopProcess.command(
                scenario.home(),
                Network.ours(),
                Map.of(),
                "check",
                "--config",
                file.path().toString());
        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.text() + check.errors()).contains("rellay").contains("relay");
    }

    private NexthopProcess serve(String routing) throws Exception {
        ServerFile file = ServerFile.in(scenario.home())
                .routing(routing)
                .part("resolver", internet.resolver())
                .retryEvery(60);
        return scenario.closing(NexthopProcess.start(file, internet.host(), Map.of()));
    }
}
