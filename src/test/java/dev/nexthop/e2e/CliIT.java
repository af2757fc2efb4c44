package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands as processes of their own, as a person and as a script use them: not each of them, and not each refusal. */
class CliIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private ServerFile file;
    private Sink sink;

    @BeforeEach
    void configure() throws Exception {
        sink = scenario.closing(Sink.smtp());
        file = ServerFile.in(scenario.home()).retryEvery(300).routing("""
                [queue.outbound]
                next-hop = [ { if = "is_local_domain('', rcpt_domain)", then = "'local'" },
                             { if = "rcpt_domain = 'lost.example'", then = "'defer:no way known'" },
                             { else = "'relay'" } ]
                queue = [ { if = "rcpt_domain = 'example.com'", then = "'bulk'" }, { else = false } ]
                [queue.virtual.bulk]
                concurrency = 2
                schedule.retry = "[2h]"
                [remote.relay]
                address = "127.0.0.1"
                port = %d
                protocol = "smtp"
                tls.implicit = false
                """.formatted(sink.port()));
        file.write();
    }

    @Test
    void explainShowsTheDecisionTheRuleAndItsPlace() throws Exception {
        JsonNode explained = json(run(
                "explain",
                "--from",
                "jane@example.org",
                "--to",
                "bill@example.org",
                "--to",
                "a@example.net",
                "--json"));
        assertThat(explained.path("sender").asString()).isEqualTo("jane@example.org");
        JsonNode local = explained.path("recipients").get(0);
        assertThat(local.path("address").asString()).isEqualTo("bill@example.org");
        assertThat(local.path("decision").path("kind").asString()).isEqualTo("local");
        assertThat(local.path("rules").get(0).path("at").asString()).contains("nexthop.toml:2:");
        JsonNode relay = explained.path("recipients").get(1);
        assertThat(relay.path("decision").path("kind").asString()).isEqualTo("relay");
        assertThat(relay.path("decision").path("hop").asString()).isEqualTo("relay");
        assertThat(relay.path("decision").path("port").asInt()).isEqualTo(sink.port());
        assertThat(relay.path("decision").path("protocol").asString()).isEqualTo("smtp");
    }

    @Test
    void explainExitsWithThreeWhenSomebodyCanNotBeReached() throws Exception {
        Command.Result result = run("explain", "--from", "a@example.org", "--to", "b@lost.example", "--json");
        assertThat(result.exit()).isEqualTo(3);
        JsonNode decision = JsonMapper.shared()
                .readTree(result.output())
                .path("recipients")
                .get(0)
                .path("decision");
        assertThat(decision.path("kind").asString()).isEqualTo("defer");
        assertThat(decision.path("reason").asString()).contains("no way known");
    }

    @ParameterizedTest
    @CsvSource({
        "2, explode",
        "2, check --no-such-option",
        "2, explain --from a@example.org",
        "2, explain --from nonsense --to b@example.net",
        "2, explain --from a@example.org --to nonsense",
        "2, explain --from a@example.org --to b@example.net --last-error nonsense",
        "2, queue",
        "2, queue cancel",
        "2, queue cancel --all --domain example.net",
        "2, queue list --url http://192.0.2.1:8080",
        "0, --version",
        "0, --help",
        "0, explain --help",
        "1, queue list"
    })
    void exitCodesAreThoseOfTheManual(int exit, String words) throws Exception {
        // The last one: nobody serves.
        Command.Result result = words.equals("queue list")
                ? run("queue", "list")
                : NexthopProcess.command(scenario.home(), Network.ours(), Map.of(), words.split(" "));
        assertThat(result.exit()).as(result.toString()).isEqualTo(exit);
    }

    @Test
    void checkIsQuietAboutAGoodFile() throws Exception {
        Command.Result result = run("check");
        assertThat(result.exit()).as(result.toString()).isZero();
        JsonNode problems = json(run("check", "--json"));
        assertThat(problems.toString()).doesNotContain("\"error\"");
    }

    @Test
    void theQueueIsListedShownRetriedAndCancelled() throws Exception {
        sink.behave(line -> line.startsWith("RCPT") && !line.contains("bill") ? "450 4.2.0 later" : null);
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        Instant before = Instant.now().minusSeconds(1);
        server.take("jane@example.org", List.of("a@example.net", "b@example.com"), Mail.simple("one"));
        server.take("bill@example.org", List.of("c@example.net"), Mail.simple("two"));
        server.recipient("a@example.net", LIMIT, CliIT::deferred);
        server.recipient("c@example.net", LIMIT, CliIT::deferred);

        JsonNode list = json(server.cli("queue", "list", "--json"));
        assertThat(list).hasSize(2);
        assertThat(server.json("queue", "list", "--sender", "bill@example.org")).hasSize(1);
        assertThat(server.json("queue", "list", "--domain", "example.com")).hasSize(1);
        JsonNode message =
                server.json("queue", "list", "--rcpt", "b@example.com").get(0);
        assertThat(message.path("sender").asString()).isEqualTo("jane@example.org");
        assertThat(Instant.parse(message.path("created").asString())).isBetween(before, Instant.now());
        JsonNode recipient = message.path("recipients").get(0);
        assertThat(recipient.path("hop").asString()).isEqualTo("relay");
        assertThat(recipient.path("last").path("text").asString()).contains("later");
        assertThat(Instant.parse(recipient.path("due").asString())).isAfter(Instant.now());
        assertThat(recipient.has("queue")).isFalse();
        JsonNode bulk = server.json("queue", "list", "--queue", "bulk")
                .get(0)
                .path("recipients")
                .get(1);
        assertThat(bulk.path("queue").asString()).isEqualTo("bulk");
        assertThat(Instant.parse(bulk.path("due").asString()))
                .isAfter(Instant.now().plusSeconds(7_000));
        assertThat(server.cli("queue", "list", "--queue", "bulk").orFail().text())
                .contains("STATUS", "QUEUE  HOP", "bulk");
        String id = message.path("id").asString();
        assertThat(server.cli("queue", "show", id).orFail().text())
                .contains("a@example.net", "450", "later", "queue     bulk");
        assertThat(server.asked("queue", "show", "nonsense").exit()).isEqualTo(1);
        ordersAreGivenObeyedAndEnded(server, id);

        assertThat(server.json("queue", "cancel", "--rcpt", "b@example.com")
                        .path("recipients")
                        .asInt())
                .isEqualTo(1);
        sink.behave(line -> null);
        assertThat(server.json("queue", "retry", "--sender", "bill@example.org")
                        .path("recipients")
                        .asInt())
                .isEqualTo(1);
        Await.until("the second message is out", LIMIT, () -> sink.recipients().equals(List.of("c@example.net")));
        server.json("queue", "retry", id);
        server.drained(LIMIT);
        assertThat(sink.recipients()).containsExactly("a@example.net", "c@example.net");
    }

    /** With a server that others need as well; afterwards all is as it was. */
    private void ordersAreGivenObeyedAndEnded(NexthopProcess server, String id) throws Exception {
        int tries = server.json("queue", "show", id)
                .path("recipients")
                .get(0)
                .path("attempts")
                .asInt();
        String given = server.cli(
                        "queue", "suspend", "--domain", "Example.NET", "--for", "1h", "--reason", "they defer")
                .orFail()
                .text();
        assertThat(given).startsWith("order 1: suspend domain example.net, until ");
        assertThat(server.asked("queue", "suspend", "--domain", "example.net").errors())
                .contains("say why, in one sentence");
        assertThat(server.asked("queue", "reroute", "--all", "--to", "lost", "--reason", "why")
                        .errors())
                .contains("names the hop 'lost', which is not defined; defined: ");
        assertThat(server.asked("queue", "orders").orFail().text())
                .contains("ORDER  DOES     WHOM")
                .contains("1      suspend  domain example.net")
                .contains("they defer");
        server.json("queue", "retry", id);
        assertThat(server.asked("queue", "show", id).orFail().text()).contains("suspended", "by order 1: they defer");
        JsonNode suspended = server.json("queue", "list", "--rcpt", "a@example.net");
        assertThat(suspended.get(0).path("recipients").get(0).path("status").asString())
                .isEqualTo("suspended");
        assertThat(suspended.get(0).path("recipients").get(0).path("attempts").asInt())
                .isEqualTo(tries);
        assertThat(server.json("queue", "resume", "--domain", "example.net")
                        .path("orders")
                        .asInt())
                .isEqualTo(1);
        assertThat(server.json("queue", "orders")).isEmpty();
        server.recipient("a@example.net", LIMIT, one -> one.path("attempts").asInt() > tries);
        server.json("queue", "hold", "--rcpt", "a@example.net", "--reason", "a loop", "--for", "1d");
        assertThat(server.asked("queue", "list").orFail().text()).contains("held", ": a loop; until ");
        server.json("queue", "release", "--rcpt", "a@example.net");
    }

    @Test
    void whyItWentThereIsToldAfterwardsAndAfterARestart() throws Exception {
        sink.behave(line -> line.startsWith("RCPT") ? "450 4.2.0 later" : null);
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        server.take("jane@example.org", List.of("a@example.net"), Mail.simple("why"));
        server.recipient("a@example.net", LIMIT, CliIT::deferred);
        String id = server.json("queue", "list").get(0).path("id").asString();
        traced(server, id);
        assertThat(server.terminate()).isZero();
        traced(scenario.closing(NexthopProcess.start(file)), id);
    }

    private void traced(NexthopProcess server, String id) throws Exception {
        JsonNode last =
                server.json("queue", "show", id).path("recipients").get(0).path("last");
        assertThat(last.path("decision").path("kind").asString()).isEqualTo("relay");
        assertThat(last.path("decision").path("reason").asString()).contains("rule 3", "chose the relay 'relay'");
        JsonNode explained = json(run("explain", "--from", "jane@example.org", "--to", "a@example.net", "--json"));
        // The same shape and, as nothing has changed, the same content.
        assertThat(last.path("rules"))
                .isEqualTo(explained.path("recipients").get(0).path("rules"));
        assertThat(server.cli("queue", "show", id).orFail().text())
                .contains(
                        "rule 2    passed      if rcpt_domain = 'lost.example'  =>  'defer:no way known'",
                        "rcpt_domain = 'lost.example' is false because rcpt_domain is 'example.net'",
                        "rule 3    fired       else  =>  'relay'")
                .doesNotContain("\u001b");
    }

    @Test
    void aFailingTestInTheFileStopsTheServerFromStarting() throws Exception {
        Path other = Files.writeString(
                scenario.home().resolve("tested.toml"),
                file.text() + "\n[[test]]\nto = \"a@lost.example\"\nhop = \"relay\"\n");
        for (String command : List.of("check", "serve")) {
            Command.Result result = NexthopProcess.command(
                    scenario.home(), Network.ours(), Map.of(), command, "--config", other.toString());
            assertThat(result.exit()).isEqualTo(1);
            assertThat(result.text() + result.errors())
                    .contains("error NH020: test 1 fails for a@lost.example: expected hop 'relay', got 'defer'");
        }
    }

    @Test
    void accountsAreListedWithoutSecrets() throws Exception {
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        String json = server.json("account", "list").toString();
        assertThat(json).contains("jane", "bill@example.org").doesNotContain("secret");
        String text = server.cli("account", "list").orFail().text();
        assertThat(text).contains("jane", "bill").doesNotContain("jane-secret", "\u001b");
    }

    @Test
    void sigtermEndsWithZeroAndKeepsTheQueue() throws Exception {
        sink.behave(line -> line.startsWith("MAIL") ? "451 4.3.0 later" : null);
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        server.take("jane@example.org", List.of("a@example.net"), Mail.simple("kept"));
        server.recipient("a@example.net", LIMIT, CliIT::deferred);
        assertThat(server.terminate()).isZero();

        sink.behave(line -> null);
        NexthopProcess again = scenario.closing(NexthopProcess.start(file));
        again.cli("queue", "retry", "--all").orFail();
        again.drained(LIMIT);
        assertThat(sink.recipients()).containsExactly("a@example.net");
    }

    @Test
    void theLogHasALineForEachRecipientAndAttempt() throws Exception {
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        server.take("jane@example.org", List.of("a@example.net", "bill@example.org"), Mail.simple("logged"));
        server.drained(LIMIT);
        List<String> lines = Await.value(
                "two lines of the log",
                LIMIT,
                () -> (server.output() + server.log())
                        .lines()
                        .filter(line -> line.contains("event=delivery"))
                        .toList(),
                found -> found.size() == 2);
        assertThat(lines)
                .anySatisfy(line -> assertThat(line)
                        .contains("rcpt=a@example.net", "hop=relay", "status=delivered", "code=250", "delays="));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("rcpt=bill@example.org", "hop=local"));
    }

    @Test
    void theDataFolderIsForOneServerAtATime() throws Exception {
        scenario.closing(NexthopProcess.start(file));
        Path second = Files.writeString(
                scenario.home().resolve("second.toml"),
                file.text()
                        .replace("127.0.0.1:" + file.smtpPort(), "127.0.0.1:" + Ports.free())
                        .replace("127.0.0.1:" + file.httpPort(), "127.0.0.1:" + Ports.free()));
        Command.Result result = NexthopProcess.command(
                scenario.home(), Network.ours(), Map.of(), "serve", "--config", second.toString());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains(scenario.home().resolve("data").toString());
    }

    private static boolean deferred(JsonNode recipient) {
        return recipient.path("status").asString().equals("deferred");
    }

    private JsonNode json(Command.Result result) {
        return JsonMapper.shared().readTree(result.orFail().output());
    }

    private Command.Result run(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", file.path().toString()));
        return NexthopProcess.command(scenario.home(), Network.ours(), Map.of(), all.toArray(String[]::new));
    }
}
