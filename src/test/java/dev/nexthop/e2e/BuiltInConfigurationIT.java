package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first minutes of a newcomer: no configuration, an empty folder, and the commands of the README. */
@Tag("namespace")
class BuiltInConfigurationIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private Network network;
    private Path folder;
    private NexthopProcess server;

    @BeforeEach
    void start() throws Exception {
        // Its ports are fixed; in a network of its own they are free.
        network = Network.of(scenario.closing(Namespace.open()));
        folder = scenario.folder("empty");
        server = scenario.closing(NexthopProcess.startWithout(folder, network));
    }

    @Test
    void theReadmesCommandsWork() throws Exception {
        assertThat(server.output() + server.log()).contains("you@example.org");
        byte[] message = Mail.simple("hello");
        try (SmtpClient client = SmtpClient.ready(network, new InetSocketAddress("127.0.0.1", 2525))) {
            assertThat(client.send("you@example.org", List.of("you@example.org"), message)
                            .code())
                    .isEqualTo(250);
        }
        Await.until(
                "the message is in the mailbox",
                LIMIT,
                () -> run("mailbox", "list", "you").orFail().text().contains("hello"));
        String explained = run(
                        "explain", "--from", "you@example.org", "--to", "you@example.org", "--to", "a@example.net")
                .orFail()
                .text();
        assertThat(explained).contains("you@example.org", "local", "a@example.net", "mx");
        assertThat(run("queue", "list").orFail().exit()).isZero();
        assertThat(run("account", "list").orFail().text()).contains("you");
        assertThat(run("check").exit()).isZero();
    }

    @Test
    void thePasswordThatIsPrintedOnceLogsIn() throws Exception {
        String secret = (server.output() + server.log())
                .lines()
                .filter(line -> line.contains("password"))
                .findFirst()
                .orElseThrow()
                .replaceFirst(".*password:? +", "")
                .replaceFirst("\\s.*", "");
        for (int port : new int[] {2525, 2587}) {
            try (SmtpClient client = SmtpClient.ready(network, new InetSocketAddress("127.0.0.1", port))) {
                assertThat(client.login("you", "not " + secret).code()).isEqualTo(535);
                assertThat(client.login("you", secret).code()).isEqualTo(235);
            }
        }
        assertThat(server.terminate()).isZero();
        NexthopProcess again = scenario.closing(NexthopProcess.startWithout(folder, network));
        assertThat(again.output() + again.log()).doesNotContain(secret);
        try (SmtpClient client = SmtpClient.ready(network, new InetSocketAddress("127.0.0.1", 2525))) {
            assertThat(client.login("you", secret).code()).isEqualTo(235);
        }
    }

    @Test
    void lmtpIsServedAndNothingListensBeyondLoopback() throws Exception {
        try (SmtpClient client = SmtpClient.connect(network, new InetSocketAddress("127.0.0.1", 2424))) {
            assertThat(client.say("LHLO client.example").code()).isEqualTo(250);
            assertThat(client.send("a@example.net", List.of("you@example.org"), Mail.simple("lmtp"))
                            .code())
                    .isEqualTo(250);
        }
        String listening = new Command(network.entering(List.of("ss", "-Hltn")), folder, Map.of())
                .run()
                .orFail()
                .text();
        assertThat(listening.lines())
                .isNotEmpty()
                .allMatch(line -> line.contains(" 127.0.0.1:") || line.contains("[::ffff:127.0.0.1]:"));
    }

    private Command.Result run(String... words) throws Exception {
        return NexthopProcess.command(folder, network, Map.of(), words);
    }
}
