package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code config show} and {@code check --json} print. */
class ConfigCommandTest {
    @TempDir
    Path folder;

    private final CommandRun command = new CommandRun();
    private final StringWriter out = command.out;
    private final StringWriter err = command.err;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("relay.toml"), """
                [remote.relay]
                address = "relay.example.org"
                port = 465
                tls.implicit = true
                auth = { username = "us", secret = "hush" }
                """);
        Files.writeString(folder.resolve("nexthop.toml"), """
                include = ["relay.toml"]
                server.hostname = "mail.example.org"
                queue.outbound.next-hop = "'relay'"
                """);
    }

    private int run(String... words) {
        return command.with(folder.resolve("nexthop.toml"), words);
    }

    private String printed() {
        return out.toString().replace(folder + "/", "");
    }

    @Test
    void showsWhatIsInForceAndWhereItIsWritten() {
        assertThat(run("config", "show", "--origin", "--written"))
                .as(err.toString())
                .isZero();
        assertThat(printed().replaceAll("ORIGIN +", "ORIGIN             ")).isEqualTo("""
                SETTING                     ORIGIN             VALUE
                server.hostname             nexthop.toml:2:19  mail.example.org
                remote.relay.address        relay.toml:2:11    relay.example.org
                remote.relay.port           relay.toml:3:8     465
                remote.relay.auth.username  relay.toml:5:21    us
                remote.relay.auth.secret    relay.toml:5:36    [secret]
                remote.relay.tls.implicit   relay.toml:4:16    true
                queue.outbound.next-hop     nexthop.toml:3:27  'relay'
                """);
    }

    @Test
    void showsDefaultsToo() {
        assertThat(run("config", "show", "queue.schedule")).as(err.toString()).isZero();
        assertThat(printed()).isEqualTo("""
                SETTING                VALUE
                queue.schedule.retry   [2m, 5m, 10m, 15m, 30m, 1h, 2h]
                queue.schedule.notify  [1d, 3d]
                queue.schedule.expire  5d
                """);
    }

    @Test
    void showsJson() {
        assertThat(run("config", "show", "--json", "remote.relay.auth"))
                .as(err.toString())
                .isZero();
        JsonNode list = JsonMapper.shared().readTree(printed());
        JsonNode secret = list.valueStream()
                .filter(node -> node.path("key").asString().equals("remote.relay.auth.secret"))
                .findFirst()
                .orElseThrow();
        assertThat(secret.path("value").asString()).isEqualTo("[secret]");
        assertThat(secret.path("origin").asString()).isEqualTo("relay.toml:5:36");
        assertThat(secret.path("line").asInt()).isEqualTo(5);
        assertThat(printed()).doesNotContain("hush");
    }

    @Test
    void saysThatThereIsNoSuchSetting() {
        assertThat(run("config", "show", "queue.schedul")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no setting queue.schedul");
    }

    @Test
    void saysWhatIsWrongInsteadOfShowingIt() throws IOException {
        Files.writeString(folder.resolve("relay.toml"), "server.hostname = \"x.example.org\"\n");
        assertThat(run("config", "show")).isEqualTo(1);
        assertThat(err.toString()).contains("NH002").contains("NH012").contains("2 errors");
    }

    @Test
    void checkTellsProgramsEverything() throws IOException {
        Files.writeString(folder.resolve("relay.toml"), "server.hostname = \"x.example.org\"\n");
        assertThat(run("check", "--json")).isEqualTo(1);
        JsonNode answer = JsonMapper.shared().readTree(printed());
        assertThat(answer.path("ok").asBoolean()).isFalse();
        JsonNode twice = answer.path("problems")
                .valueStream()
                .filter(node -> node.path("code").asString().equals("NH002"))
                .findFirst()
                .orElseThrow();
        assertThat(twice.propertyNames())
                .containsExactlyInAnyOrder(
                        "severity",
                        "code",
                        "file",
                        "line",
                        "column",
                        "length",
                        "excerpt",
                        "message",
                        "hint",
                        "why",
                        "fix",
                        "docs",
                        "related");
        assertThat(twice.path("file").asString()).isEqualTo("relay.toml");
        assertThat(twice.path("line").asInt()).isEqualTo(1);
        assertThat(twice.path("column").asInt()).isEqualTo(8);
        assertThat(twice.path("length").asInt()).isEqualTo(8);
        assertThat(twice.path("docs").asString()).isEqualTo("docs/lint.md#nh002");
        assertThat(twice.path("related").path(0).path("file").asString()).isEqualTo("nexthop.toml");
        assertThat(twice.path("related").path(0).path("line").asInt()).isEqualTo(2);
    }
}
