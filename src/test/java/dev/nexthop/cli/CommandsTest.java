package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands send, to whom, and how they end. */
class CommandsTest {
    private static final String NEXT = "01jdz6m8k4000";
    private static final String SECRET = "Basic YWRtaW46aHVzaA==";

    @TempDir
    Path folder;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CommandRun command = new CommandRun();
    private final StringWriter out = command.out;
    private final StringWriter err = command.err;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Files.writeString(folder.resolve("nexthop.toml"), """
                server.hostname = "mail.example.org"
                authentication.fallback-admin = { user = "admin", secret = "hush" }
                [server.listener.http]
                bind = "127.0.0.1:%d"
                protocol = "http"
                [queue.outbound]
                next-hop = "'relay.a'"
                [remote."relay.a"]
                address = "relay.example.org"
                port = 25
                tls.implicit = false
                """.formatted(
                        server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        boolean list = exchange.getRequestMethod().equals("GET");
        String query = exchange.getRequestURI().toString();
        if (query.contains("queue=slow")) {
            inParts(exchange, list, query.contains("from=" + NEXT));
        } else if (list) {
            exchange.getResponseHeaders().set("X-More", "true");
            send(exchange, 200, "[]");
        } else {
            send(exchange, 200, "{\"recipients\":1}");
        }
    }

    /** Two parts, in the second of which there is one of whom nobody can say. */
    private static void inParts(HttpExchange exchange, boolean list, boolean last) throws IOException {
        String message = "[{\"id\":\"x\",\"sender\":\"\",\"recipients\":[{%s}]}]";
        if (list && last) {
            send(exchange, 200, message.formatted("\"queue\":null,\"undecided\":\"nobody can say\""));
        } else if (list) {
            exchange.getResponseHeaders().set("X-More", "true");
            exchange.getResponseHeaders().set("X-Next", NEXT);
            send(exchange, 200, message.formatted("\"queue\":\"slow\""));
        } else if (last) {
            send(exchange, 503, "{\"recipients\":2,\"undecided\":1,\"error\":\"nobody can say\"}");
        } else {
            send(exchange, 200, "{\"recipients\":1,\"next\":\"" + NEXT + "\"}");
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private int run(String... words) {
        return command.with(folder.resolve("nexthop.toml"), words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "explain --from nonsense --to b@example.net",
                "explain --from a@example.org --to nonsense",
                "explain --from a@example.org --to b@example.net --last-error nonsense",
                "queue cancel",
                "queue retry",
                "queue hold --all --domain example.net",
                "queue release 01jdz6m8k4000 --all",
                "queue list --url nonsense",
                "queue list --url ftp://127.0.0.1"
            })
    void whatIsTypedWrongEndsWithTwo(String words) {
        assertThat(run(words.split(" "))).as(err.toString()).isEqualTo(2);
        assertThat(err.toString()).contains("--help");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"--all, all=true", "--domain example.net, domain=example.net", "01jdz6m8k4000, id=01jdz6m8k4000"})
    void anActionSaysWhatItMeans(String words, String query) {
        assertThat(run(("queue cancel " + words).split(" "))).isZero();
        assertThat(asked).containsExactly("POST /api/queue/cancel?" + query + " " + SECRET);
    }

    @Test
    void theConfiguredSecretGoesToTheConfiguredServerAlone() {
        int port = server.getAddress().getPort();
        for (String own : List.of("http://127.0.0.1:" + port, "http://localhost:" + port + "/")) {
            assertThat(run("queue", "list", "--url", own)).as(err.toString()).isZero();
        }
        assertThat(asked).hasSize(2).allSatisfy(one -> assertThat(one).endsWith(SECRET));
        asked.clear();
        for (String other : List.of(
                "http://127.0.0.2:" + port,
                "http://127.0.0.1:1",
                "http://127.0.0.1",
                "http://127.0.0.1:" + port + "@127.0.0.2:" + port,
                "http://localhost.example:" + port)) {
            assertThat(run("queue", "list", "--url", other)).as(other).isEqualTo(2);
        }
        assertThat(asked).isEmpty();
        assertThat(err.toString()).contains("--token").doesNotContain("hush");
        assertThat(run("queue", "list", "--url", "http://127.0.0.1:" + port, "--token", "t"))
                .isZero();
        assertThat(asked).singleElement().asString().endsWith(" Bearer t");
    }

    /** The server ends its answer after some seconds when it has to ask the rules; the command goes on to the end. */
    @Test
    void whatTheServerDoesInPartsIsOneCommand() {
        assertThat(run("queue", "list", "--queue", "slow")).as(err.toString()).isZero();
        assertThat(asked).hasSize(2).last().asString().contains("queue=slow", "limit=999", "from=" + NEXT);
        assertThat(out.toString()).contains("  undecided  ", "  nobody can say\n", "  slow\n");
        assertThat(err.toString()).isEmpty();
        assertThat(run("queue", "list", "--queue", "slow", "--limit", "1")).isZero();
        assertThat(err.toString()).contains("or go on with --from " + NEXT);
    }

    @Test
    void anActionInPartsIsOneCommandAndFailsWhenItWasNotForAll() {
        assertThat(run("queue", "hold", "--queue", "slow")).isEqualTo(1);
        assertThat(asked).hasSize(2).last().asString().contains("queue=slow", "from=" + NEXT);
        assertThat(out.toString()).isEqualTo("3 recipients held\n");
        assertThat(err.toString()).isEqualTo("undecided: 1; nobody can say\n");
        assertThat(run("queue", "hold", "--queue", "slow", "--json")).isEqualTo(1);
        assertThat(out.toString().replaceAll("\\s+", ""))
                .endsWith("{\"recipients\":3,\"undecided\":1,\"error\":\"nobodycansay\"}");
    }

    @Test
    void aListThatWasCutSaysSo() {
        assertThat(run("queue", "list", "--json")).isZero();
        assertThat(run("mailbox", "list", "jane")).isZero();
        assertThat(err.toString().lines()).hasSize(2).containsOnly("more follow: use --limit or a filter");
        assertThat(out.toString()).doesNotContain("more follow");
    }

    @Test
    void theOriginOfARemoteWhoseIdWantsQuotes() {
        assertThat(run("explain", "--from", "a@example.org", "--to", "b@example.net", "--json"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString().replaceAll("\\s+", " "))
                .containsPattern("remote\\.\\\\\"relay\\.a\\\\\"\\.tls\\.implicit\" ?: \\{ \"value\" ?: \"false\","
                        + " \"origin\" ?: \"[^\"]*nexthop\\.toml:11:");
    }
}
