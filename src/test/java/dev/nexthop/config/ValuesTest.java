package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import dev.nexthop.mail.Reception;
import dev.nexthop.schedule.Grouping;
import dev.nexthop.server.Extensions.Mechanism;
import dev.nexthop.server.OfferPolicy;
import dev.nexthop.server.Offers;
import dev.nexthop.tls.CertificateCheck;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values, good and bad. */
class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "30s, PT30S",
        "5m, PT5M",
        "1h, PT1H",
        "3d, PT72H",
        "250, PT0.25S",
        "5 m, PT5M",
        "1H, PT1H",
    })
    void durations(String text, Duration expected) {
        assertThat(Texts.duration(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "0s", "-5m", "5", "m", "5w", "1.5h", "99999999999999999999s", "5m5s", "4000d", "٣m"})
    void noDurations(String text) {
        boolean bare = text.equals("5");
        assertThat(Texts.duration(text) == null).isEqualTo(!bare);
    }

    @ParameterizedTest
    @CsvSource({
        "1024, 1024",
        "1k, 1024",
        "25mb, 26214400",
        "1 GB, 1073741824",
        "0, 0",
        "8b, 8",
        "2tb, 2199023255552",
    })
    void sizes(String text, long expected) {
        assertThat(Texts.size(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mb", "-1", "1.5mb", "5 parsecs", "9999999999999tb", "0x10"})
    void noSizes(String text) {
        assertThat(Texts.size(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:25, 127.0.0.1, 25",
        "[::1]:587, ::1, 587",
        "[::]:25, ::, 25",
        "localhost:2525, 127.0.0.1, 2525",
        "0.0.0.0:0, 0.0.0.0, 0",
    })
    void binds(String text, String address, int port) throws Exception {
        assertThat(Texts.bind(text)).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "25",
                "127.0.0.1",
                "a:3f::2",
                "::1:25",
                "[127.0.0.1]:25",
                "1.2.3:25",
                "127.0.0.1:65536",
                "mail:25",
                "127.0.0.1:",
                "[::1%lo]:25",
                "0x7f.0.0.1:25",
                "127.0.0.1:-1",
            })
    void noBinds(String text) {
        assertThat(Texts.bind(text)).isNull();
    }

    private static OutboundSettings outbound(String lines) {
        return Load.ok(lines).outbound().delivery();
    }

    private static <T> T value(Conditional<T> setting) throws Exception {
        return setting.value(Facts.NONE, Lookups.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v4 = [\"192.0.2.1\", \"192.0.2.2\"]",
                "v4 = \"['192.0.2.1', '192.0.2.2']\"",
                "v4 = [ { if = \"1 = 1\", then = [\"192.0.2.1\", \"192.0.2.2\"] }, { else = \"[]\" } ]",
            })
    void aListIsAListHoweverItIsWritten(String line) throws Exception {
        OutboundSettings settings = outbound("[queue.outbound.source-ip]\n" + line + "\n");
        assertThat(value(settings.sources().v4()))
                .containsExactly(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("192.0.2.2"));
    }

    @Test
    void aListOfDurationsMayBeAnArrayOrAnExpression() throws Exception {
        List<Duration> expected = List.of(Duration.ofMinutes(2), Duration.ofHours(1));
        for (String line : List.of("[\"2m\", \"1h\"]", "\"[2m, 1h]\"", "[120000, \"1h\"]")) {
            Configuration configuration = Load.ok("queue.schedule.retry = " + line + "\n");
            assertThat(value(configuration.outbound().schedule().retry())).isEqualTo(expected);
        }
        assertThat(Load.codes("queue.schedule.retry = [120000, \"1h\"]\n")).contains("NH207 1:25");
        assertThat(value(Load.ok("queue.schedule.notify = []\n")
                        .outbound()
                        .schedule()
                        .notifyAfter()))
                .isEmpty();
    }

    @Test
    void whatAnInvalidCertificateMeansForMx() throws Exception {
        assertThat(value(outbound("").certificates())).isEqualTo(CertificateCheck.OPPORTUNISTIC);
        String key = "queue.outbound.tls.allow-invalid-certs = ";
        assertThat(value(outbound(key + "false\n").certificates())).isEqualTo(CertificateCheck.REQUIRE);
        assertThat(value(outbound(key + "\"true\"\n").certificates())).isEqualTo(CertificateCheck.NEVER);
        Conditional<CertificateCheck> rule =
                outbound(key + "\"retry_num > 0 && last_error = 'tls'\"\n").certificates();
        Facts later = variable -> variable == Variable.RETRY_NUM ? Value.of(2) : Value.of("tls");
        assertThat(rule.value(later, Lookups.NONE)).isEqualTo(CertificateCheck.NEVER);
        assertThat(value(rule)).isEqualTo(CertificateCheck.REQUIRE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "queue.outbound.limits.mx = 7 | HOP",
                "queue.outbound.tls.starttls = \"if_then(rcpt_domain = 'a.example', 'require', 'optional')\" | DOMAIN",
                "queue.outbound.timeouts.data = \"if_then(retry_num > 3, 20m, 10m)\" | RECIPIENT",
                "queue.outbound.hostname = \"sender_domain\" | HOP",
                "queue.outbound.source-ip.v4 = \"if_then(rcpt = 'a@b', '192.0.2.1', '192.0.2.2')\" | RECIPIENT",
            })
    void recipientsThatMayShareATransaction(String line, Grouping expected) {
        assertThat(Load.ok(line + "\n").outbound().grouping()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[\"plain\"] | PLAIN",
                "\"[plain, login]\" | PLAIN LOGIN",
                "\"['LOGIN']\" | LOGIN",
                "false | ''",
                "[] | ''",
                "[\"plain\", \"oauthbearer\"] | PLAIN",
            })
    void mechanisms(String written, String expected) {
        String text = "[server.listener.a]\nbind = \"127.0.0.1:0\"\nprotocol = \"smtp\"\n[session.auth]\nmechanisms = "
                + written + "\n";
        List<Mechanism> offered = Load.ok(text)
                .inbound()
                .plain()
                .listeners()
                .getFirst()
                .extensions()
                .mechanisms();
        assertThat(offered.stream().map(Mechanism::name).toList())
                .isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
    }

    /** Value of the table {@code session.extensions}, then the highest priority of a stranger and of a user. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 4 | 4",
                "mt-priority-ceiling = 9 | 9 | 9",
                "mt-priority-ceiling = 0 | 0 | 0",
                "mt-priority-ceiling = [{if = \"authenticated_as = 'alice'\", then = 7}, {else = 1}] | 1 | 7",
            })
    void ceilings(String written, int stranger, int user) {
        OfferPolicy policy = Load.ok("[server.listener.a]\nbind = \"127.0.0.1:25\"\nprotocol = \"smtp\"\n"
                        + "[session.extensions]\n" + written + "\n")
                .inbound()
                .plain()
                .listeners()
                .getFirst()
                .extensions()
                .offers();
        assertThat(policy.highestPriority(new Reception("a", 25, "198.51.100.1", "c", "", 5)))
                .isEqualTo(stranger);
        assertThat(policy.highestPriority(new Reception("a", 25, "198.51.100.1", "c", "alice", 5)))
                .isEqualTo(user);
    }

    /** Value of the table {@code session.extensions}, then what a stranger, a user and a client of 10.1.2.3 are offered. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | T | DT15d7dMIXER | T",
                "dsn = true ;; requiretls = false | D | D15d7dMIXER | D",
                "dsn = [{if = \"listener = 'a'\", then = true}, {else = false}] | DT | DT15d7dMIXER | DT",
                "dsn = [{if = \"received_via_port = 26\", then = true}, {else = false}] | T | T15d7dMIXER | T",
                "mt-priority = \"'NSEP'\" | TNSEP | DT15d7dNSEP | TNSEP",
                "mt-priority = false ;; deliver-by = false ;; future-release = false | T | DT | T",
                "deliver-by = \"2d\" | T2d | DT2d7dMIXER | T2d",
                "future-release = [{if = \"cidr_match(remote_ip, '10.0.0.0/8')\", then = \"3d\"}, {else = false}] "
                        + "| T | DT15dMIXER | T3d",
            })
    void offers(String written, String stranger, String user, String near) {
        OfferPolicy policy = Load.ok("[server.listener.a]\nbind = \"127.0.0.1:25\"\nprotocol = \"smtp\"\n"
                        + "[session.extensions]\n" + written.replace(" ;; ", "\n") + "\n")
                .inbound()
                .plain()
                .listeners()
                .getFirst()
                .extensions()
                .offers();
        assertThat(offered(policy, "192.0.2.1", "")).isEqualTo(stranger);
        assertThat(offered(policy, "192.0.2.1", "jane")).isEqualTo(user);
        assertThat(offered(policy, "10.1.2.3", "")).isEqualTo(near);
    }

    @ParameterizedTest
    @CsvSource({
        "mt-priority = true, NH007",
        "mt-priority-ceiling = 10, NH007",
        "mt-priority-ceiling = -1, NH007",
        "mt-priority = \"urgent\", NH007",
        "deliver-by = true, NH007",
        "deliver-by = \"500ms\", NH007",
        "future-release = \"soon\", NH007",
        "future-release = \"-1d\", NH007",
        "requiretls = \"maybe\", NH007",
        "future-release = 86400000, NH207",
    })
    void offersThatCanNotBe(String line, String code) {
        assertThat(Load.codes("[session.extensions]\n" + line + "\n"))
                .singleElement()
                .satisfies(found -> assertThat(found).startsWith(code));
    }

    private static String offered(OfferPolicy policy, String remoteIp, String user) {
        Offers offers = policy.to(new Reception("a", 25, remoteIp, "helo.example", user, 0));
        return (offers.dsn() ? "D" : "")
                + (offers.requireTls() ? "T" : "")
                + offers.deliverBy().map(most -> most.toDays() + "d").orElse("")
                + offers.futureRelease().map(most -> most.toDays() + "d").orElse("")
                + offers.priorities().map(Enum::name).orElse("");
    }

    @Test
    void dnsServers() {
        Configuration configuration = Load.ok("""
                [resolver]
                type = "custom"
                custom = ["udp://192.0.2.1:55", "tcp://[2001:db8::1]", "192.0.2.9", "2001:db8::2"]
                """);
        assertThat(configuration.outbound().resolver().servers())
                .containsExactly(
                        new InetSocketAddress("192.0.2.1", 55),
                        new InetSocketAddress("2001:db8::1", 53),
                        new InetSocketAddress("192.0.2.9", 53),
                        new InetSocketAddress("2001:db8::2", 53));
        assertThat(Load.codes("resolver.custom = [\"tls://192.0.2.1\"]\n")).containsExactly("NH007 1:21");
        assertThat(Load.codes("resolver.custom = \"999.0.2.1\"\n")).containsExactly("NH007 1:20");
        assertThat(Load.codes("resolver.type = \"custom\"\n")).containsExactly("NH011 1:1");
    }
}
