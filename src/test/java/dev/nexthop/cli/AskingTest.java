package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code check} and {@code explain} as they are typed: options, output and how they end. */
class AskingTest {
    private static final String FILE = """
            server.hostname = "mail.example.org"
            [queue.outbound]
            next-hop = [ { if = "key_get('routes', rcpt_domain) = 'relay'", then = "'relay'" },
                         { if = "authenticated_as = 'jane' || priority > 1", then = "'relay'" },
                         { if = "listener = 'sub' || remote_ip = '192.0.2.7' || size >= 1048576", then = "'relay'" },
                         { if = "received_via_port = 2525", then = "'discard'" },
                         { if = "rcpt_domain = 'lost.test'", then = "'defer:no way known'" },
                         { else = false } ]
            [server.listener.in]
            protocol = "smtp"
            bind = ["127.0.0.1:2525", "127.0.0.1:25"]
            [server.listener.sub]
            protocol = "smtp"
            bind = "127.0.0.1:587"
            [remote.relay]
            address = "relay.example.org"
            port = 25
            tls.implicit = false
            [lookup.routes]
            "b.test" = "relay"
            """;

    private static final String TEST = """
            [[test]]
            name = "b goes to the relay"
            to = "a@b.test"
            kind = "%s"
            """;

    @TempDir
    Path folder;

    private final CommandRun command = new CommandRun();
    private final StringWriter out = command.out;
    private final StringWriter err = command.err;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("nexthop.toml"), FILE);
    }

    private int run(String... words) {
        return command.with(folder.resolve("nexthop.toml"), words);
    }

    private JsonNode json() {
        return JsonMapper.shared().readTree(out.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--to a@b.test | relay",
                "--to a@c.test | mx",
                "--to a@c.test --auth jane | relay",
                "--to a@c.test --priority 2 | relay",
                "--to a@c.test --listener sub | relay",
                "--to a@c.test --listener in | discard",
                "--to a@c.test --listener in --port 25 | mx",
                "--to a@c.test --port 2525 | discard",
                "--to a@c.test --remote-ip 192.0.2.7 | relay",
                "--to a@c.test --remote-ip 192.0.2.8 | mx",
                "--to a@c.test --size 1mb | relay",
                "--to a@c.test --size 1048575 | mx",
                "--to a@c.test --answer key_get('routes','c.test')=relay | relay",
                "--to a@c.test --answer key_get('routes','c.test')=a=b | mx"
            })
    void everyOptionIsAFactOfTheRules(String words, String kind) {
        String[] options = ("explain --json --from j@example.org " + words).split(" ");
        assertThat(run(options)).as(err.toString()).isZero();
        assertThat(json().path("recipients")
                        .get(0)
                        .path("decision")
                        .path("kind")
                        .asString())
                .isEqualTo(kind);
    }

    @Test
    void whoCanNotBeRoutedMakesItThree() {
        assertThat(run("explain", "--from", "", "--to", "a@b.test", "b@lost.test", "a@b.test"))
                .isEqualTo(3);
        assertThat(out.toString())
                .contains(
                        "a@b.test  ->  relay 'relay'", "b@lost.test  ->  defer", "not with b@lost.test: it is deferred")
                .doesNotContain("\u001b");
        assertThat(out.toString().split("a@b.test  ->  ", -1))
                .as("named twice, told once")
                .hasSize(2);
    }

    @Test
    void colourOnRequest() {
        assertThat(run("explain", "--from", "a@b.test", "--to", "a@b.test", "--color=always"))
                .isZero();
        assertThat(out.toString()).contains("\u001b[1ma@b.test\u001b[0m");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--size many",
                "--size -1",
                "--retry-num -1",
                "--answer key_get=x",
                "--answer nonsense",
                "--answer key_gat('a','b')=x",
                "--answer key_get('a')=x",
                "--listener smpt",
                "--port 0",
                "--color purple"
            })
    void whatIsTypedWrongEndsWithTwo(String words) {
        String[] options = ("explain --from a@b.test --to a@b.test " + words).split(" ");
        assertThat(run(options)).as(out.toString()).isEqualTo(2);
        assertThat(err.toString()).contains("--help");
    }

    @Test
    void checkTellsHowManyTestsRan() throws IOException {
        Files.writeString(folder.resolve("nexthop.toml"), FILE + TEST.formatted("relay") + TEST.formatted("relay"));
        assertThat(run("check")).as(out.toString()).isZero();
        assertThat(out.toString()).contains("; 2 tests ran, 0 failed");
    }

    @Test
    void aFailingTestMakesCheckFailAndStopsEveryCommand() throws IOException {
        Files.writeString(folder.resolve("nexthop.toml"), FILE + TEST.formatted("relay") + TEST.formatted("mx"));
        assertThat(run("check")).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "nexthop.toml:25:1: error NH020: test 'b goes to the relay' fails for a@b.test: expected kind 'mx',"
                                + " got 'relay'",
                        "rule 1 fired: if key_get('routes', rcpt_domain) = 'relay', so 'relay' [rcpt_domain = 'b.test'",
                        "; 2 tests ran, 1 failed");
        assertThat(run("explain", "--from", "", "--to", "a@b.test")).isEqualTo(1);
        assertThat(err.toString()).contains("error NH020");
    }

    @Test
    void theTestsAreInTheJsonOfCheck() throws IOException {
        Files.writeString(folder.resolve("nexthop.toml"), FILE + TEST.formatted("mx"));
        assertThat(run("check", "--json")).isEqualTo(1);
        assertThat(json().path("tests").toString()).isEqualTo("{\"written\":1,\"run\":1,\"failed\":1}");
        JsonNode problem = json().path("problems")
                .valueStream()
                .filter(one -> one.path("code").asString().equals("NH020"))
                .findFirst()
                .orElseThrow();
        assertThat(problem.path("related").get(0).path("message").asString()).startsWith("rule 1 fired");
    }

    @Test
    void aFileWithAnotherErrorSaysThatTheTestsDidNotRun() throws IOException {
        Files.writeString(folder.resolve("nexthop.toml"), FILE + TEST.formatted("mx") + "[nonsense]\nx = 1\n");
        assertThat(run("check")).isEqualTo(1);
        assertThat(out.toString()).contains("; 1 test did not run").doesNotContain("NH020");
    }

    @Test
    void theHelpHasExamples() {
        for (String command : List.of("check", "explain")) {
            CommandLine line = Commands.line("0", (_, _) -> 0);
            StringWriter help = new StringWriter();
            line.setOut(new PrintWriter(help, true));
            assertThat(line.execute(command, "--help")).isZero();
            assertThat(help.toString()).contains("nexthop " + command, "Example");
        }
        assertThat(Arrays.stream(Palette.When.values()).map(Enum::name)).contains("AUTO");
    }
}
