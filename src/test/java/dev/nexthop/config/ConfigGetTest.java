package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What {@code config_get} reads of a configuration, and what it may not. */
class ConfigGetTest {
    private static final String FILE = """
            [session.data.limits]
            size = "25mb"
            [session.rcpt]
            relay = true
            [server]
            max-connections = 300
            [remote.relay]
            address = "relay.example.org"
            port = 587
            protocol = "smtp"
            auth.username = "jane"
            auth.secret = "hush"
            [queue.outbound]
            """;

    /** The call, and a condition that holds, or words of what is said against it. */
    private static final String TABLE = """
            config_get('server.hostname') = 'mail.example.org'          | holds
            config_get('server.max-connections') = 300                  | holds
            config_get('session.timeout') = 5m                          | holds
            config_get('remote.relay.address') = 'relay.example.org'    | holds
            config_get('remote.relay.port') + 1 = 588                   | holds
            config_get('remote.relay.auth.secret')                      | remote.relay.auth.secret is a secret, which no expression may read
            config_get('remote.relay.tls.allow-invalid-certs') = false   | holds
            config_get('remote.other.protocol')                         | remote.other.protocol is not set
            config_get('remote.other.address')                          | remote.other.address is not set
            config_get('server.hostnam')                                | there is no setting server.hostnam
            config_get('server.hostnam')                                | did you mean 'server.hostname'?
            config_get('server')                                        | there is no setting server
            config_get('')                                              | there is no setting
            config_get('..')                                            | there is no setting ..
            config_get('queue.outbound.hostname')                       | is itself an expression
            config_get('queue.outbound.next-hop')                       | is itself an expression
            """;

    @TestFactory
    Stream<DynamicTest> everyRowIsReadOrRefused() {
        return Arrays.stream(TABLE.split("\n"))
                .map(row -> row.split("\\|"))
                .map(row -> DynamicTest.dynamicTest(row[0].strip() + ": " + row[1].strip(), () -> {
                    String rule = row[0].strip();
                    String text =
                            FILE + "next-hop = [ { if = \"" + rule + "\", then = \"'relay'\" }, { else = false } ]";
                    String problems = Load.rendered(text);
                    if (row[1].strip().equals("holds")) {
                        assertThat(problems).doesNotContain("config_get: ");
                        assertThat(Load.ok(text)).isNotNull();
                        assertThat(problems.contains("never applies")).isEqualTo(rule.contains("="));
                    } else {
                        assertThat(problems)
                                .contains(row[1].strip(), "error NH008")
                                .doesNotContain("hush");
                    }
                }));
    }

    @Test
    void aDefaultThatAnotherSettingDecidesIsRead() {
        String text =
                FILE + "next-hop = \"if_then(config_get('server.hostname') = 'mail.example.org', 'relay', false)\"";

        assertThat(Load.ok(text)
                        .outbound()
                        .routing()
                        .nextHop()
                        .orElseThrow()
                        .rules()
                        .getFirst()
                        .then()
                        .isConstant())
                .isTrue();
    }
}
