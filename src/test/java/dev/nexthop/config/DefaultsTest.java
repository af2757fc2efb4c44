package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds when nobody writes anything: the defaults of Stalwart 0.7, but for those that the last column explains. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultsTest {
    private Map<String, Effective> effective = Map.of();

    @BeforeAll
    void load() {
        effective =
                Load.ok("[remote.r]\naddress = \"r.example\"\n[lookup.default]\ndomain = \"example.org\"\n")
                        .effective()
                        .stream()
                        .collect(Collectors.toMap(Effective::key, Function.identity()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "queue.schedule.retry | [2m, 5m, 10m, 15m, 30m, 1h, 2h] |",
                "queue.schedule.notify | [1d, 3d] |",
                "queue.schedule.expire | 5d |",
                "queue.outbound.hostname | 'mail.example.org' |",
                "queue.outbound.limits.mx | 5 |",
                "queue.outbound.limits.multihomed | 2 |",
                "queue.outbound.ip-strategy | ipv4_then_ipv6 |",
                "queue.outbound.source-ip.v4 | [] |",
                "queue.outbound.source-ip.v6 | [] |",
                "queue.outbound.tls.starttls | optional | require, which most of the Internet's hosts would not meet",
                "queue.outbound.tls.allow-invalid-certs | not set | false; here such a host is used and the log says so",
                "queue.outbound.timeouts.connect | 5m |",
                "queue.outbound.timeouts.greeting | 5m |",
                "queue.outbound.timeouts.ehlo | 5m |",
                "queue.outbound.timeouts.tls | 3m |",
                "queue.outbound.timeouts.mail-from | 5m |",
                "queue.outbound.timeouts.rcpt-to | 5m |",
                "queue.outbound.timeouts.data | 10m |",
                "remote.r.port | 25 |",
                "remote.r.protocol | smtp |",
                "remote.r.tls.implicit | true |",
                "remote.r.tls.allow-invalid-certs | false |",
                "report.dsn.from-name | 'Mail Delivery Subsystem' |",
                "report.dsn.from-address | 'MAILER-DAEMON@example.org' |",
                "report.submitter | 'mail.example.org' |",
                "resolver.type | system |",
                "session.rcpt.max-recipients | 100 |",
                "session.data.limits.size | 104857600 |",
                "session.data.limits.received-headers | 50 |",
                "session.extensions.pipelining | true |",
                "session.extensions.requiretls | true |",
                "session.extensions.dsn | if !is_empty(authenticated_as) then true; else false |",
                "session.extensions.mt-priority | if !is_empty(authenticated_as) then mixer; else false |",
                "session.extensions.deliver-by | if !is_empty(authenticated_as) then 15d; else false |",
                "session.extensions.future-release | if !is_empty(authenticated_as) then 7d; else false |",
                "session.rcpt.relay | false | authenticated users; here nobody until somebody says so",
                "session.auth.allow-plain-text | false |",
            })
    void holds(String key, String value, String otherwiseInStalwart) {
        assertThat(effective.get(key))
                .as(key + " (Stalwart: " + (otherwiseInStalwart == null ? "the same" : otherwiseInStalwart) + ")")
                .isNotNull()
                .satisfies(setting -> {
                    assertThat(setting.value()).isEqualTo(value);
                    assertThat(setting.origin()).isEqualTo(Origin.DEFAULT);
                });
    }
}
