package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A configuration that is wrong in many places: all of them are told, with their places, and nothing starts. */
class BrokenConfigurationIT {
    private static final String BROKEN = """
            [queue.outbound]
            next-hop = "nowhere("
            nexthop = false
            [remote.relay]
            address = "relay.example.org"
            port = 70000
            protocol = "smpt"
            tls.implicit = "perhaps"
            auth.username = "us"
            auth.secret = "%{env:NO_SUCH_VARIABLE_HERE}%"
            [queue.schedule]
            retry = ["soon"]
            """;

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void serveTellsEveryProblemAndExitsWithOne() throws Exception {
        Command.Result result = run("serve", BROKEN);
        assertThat(result.exit()).isEqualTo(1);
        assertAllTold(result.text() + result.errors());
        assertThat(result.text()).doesNotContain("nexthop ready");
    }

    @Test
    void checkTellsTheSame() throws Exception {
        Command.Result result = run("check", BROKEN);
        assertThat(result.exit()).isEqualTo(1);
        assertAllTold(result.text() + result.errors());
    }

    @Test
    void textThatIsNotTomlIsToldWithItsPlace() throws Exception {
        Command.Result result = run("check", "[queue.outbound\nnext-hop = \n");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.text() + result.errors()).contains("nexthop.toml:1:").contains("nexthop.toml:2:");
    }

    @Test
    void aFileThatIsNotThereIsSaid() throws Exception {
        Command.Result result = NexthopProcess.command(
                scenario.home(), Network.ours(), Map.of(), "serve", "--config", "/no/such/file.toml");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains("/no/such/file.toml");
    }

    private static void assertAllTold(String report) {
        for (int line : new int[] {2, 3, 6, 7, 8, 10, 12}) {
            assertThat(report).contains("nexthop.toml:" + line + ":");
        }
        assertThat(report).contains("next-hop").contains("smtp").contains("NO_SUCH_VARIABLE_HERE");
    }

    private Command.Result run(String command, String routing) throws Exception {
        ServerFile file = ServerFile.in(scenario.home()).routing(routing);
        file.write();
        return NexthopProcess.command(
                scenario.home(),
                Network.ours(),
                Map.of(),
                command,
                "--config",
                file.path().toString());
    }
}
