package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.Secret;
import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RuleTrace;
import dev.nexthop.expr.Value;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.schedule.Grouping;
import dev.nexthop.server.Protocol;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the routing page as printed, with listeners and a directory. */
class UserPageTest {
    private static final String AROUND = """

            [server.listener."smtp"]
            bind = ["127.0.0.1:2525"]
            protocol = "smtp"

            [server.listener."management"]
            bind = ["127.0.0.1:8080"]
            protocol = "http"

            [store."rocksdb"]
            type = "rocksdb"
            path = "/var/lib/nexthop"

            [storage]
            data = "rocksdb"
            blob = "rocksdb"
            lookup = "rocksdb"
            directory = "memory"

            [directory."memory"]
            type = "memory"

            [[directory."memory".principals]]
            name = "jane"
            class = "individual"
            description = "Jane Doe"
            secret = "abcde"
            email = ["jane@example.org", "jane.doe@example.org"]
            email-list = ["info@example.org"]
            member-of = ["sales", "support"]

            [[directory."memory".principals]]
            name = "sales"
            class = "group"
            description = "Sales Team"
            """;

    private static final String LOCAL = """
            [queue.outbound]
            next-hop = [ { if = "is_local_domain('', rcpt_domain)", then = "'local'" },
                         { else = false } ]
            """;

    private static final String RELAY = """
            [queue.outbound]
            next-hop = "relay"

            [remote."relay"]
            address = "relay.example.org"
            port = 25
            protocol = "smtp"

            [remote."relay".tls]
            implicit = false
            allow-invalid-certs = false

            [queue.outbound.tls]
            mta-sts = "disable"
            dane = "disable"
            """;

    private static final String LMTP = """
            [queue.outbound]
            next-hop = [ { if = "is_local_domain('', rcpt_domain)", then = "'lmtp'" },
                         { else = false } ]

            [remote."lmtp"]
            address = "localhost"
            port = 24
            protocol = "lmtp"

            [remote."lmtp".tls]
            implicit = false
            allow-invalid-certs = true

            [remote."lmtp".auth]
            username = "relay_server"
            secret = "123456"
            """;

    private static final Lookups LOCAL_EXAMPLE = new LocalExample();

    private static Value route(Configuration configuration, String domain) throws Exception {
        Facts facts = variable -> Value.of(domain);
        return configuration.outbound().routing().nextHop().orElseThrow().evaluate(facts, LOCAL_EXAMPLE);
    }

    @Test
    void localExample() throws Exception {
        Configuration configuration = Load.ok(LOCAL + AROUND);
        assertThat(Load.codes(LOCAL + AROUND)).containsExactly("NH249 30:11");
        assertThat(route(configuration, "example.org")).isEqualTo(Value.of("local"));
        assertThat(route(configuration, "example.net")).isEqualTo(Value.of(false));
        List<RuleTrace> rules = configuration
                .outbound()
                .routing()
                .nextHop()
                .orElseThrow()
                .trace(_ -> Value.of("x.example"), LOCAL_EXAMPLE)
                .rules();
        assertThat(rules).extracting(RuleTrace::at).containsExactly("t.toml:2:21", "t.toml:3:23");
        assertThat(configuration.outbound().grouping()).isEqualTo(Grouping.HOP);
        assertThat(configuration.outbound().routing().localStore()).isTrue();
    }

    @Test
    void relayExampleWithItsBareWord() throws Exception {
        String text = RELAY + AROUND;
        assertThat(Load.codes(text))
                .containsExactly("NH201 2:13", "NH214 2:13", "NH238 14:12", "NH238 15:9", "NH249 42:11");
        Configuration configuration = Load.ok(text);
        assertThat(route(configuration, "example.net")).isEqualTo(Value.of("relay"));
        RemoteHost relay = Load.hosts(configuration, "relay").getFirst();
        assertThat(relay.address()).isEqualTo("relay.example.org");
        assertThat(relay.port()).isEqualTo(25);
        assertThat(relay.dialect()).isEqualTo(Dialect.SMTP);
        assertThat(relay.tls().implicit()).isFalse();
        assertThat(relay.tls().startTls()).isEqualTo(StartTls.OPTIONAL);
        assertThat(relay.tls().check()).isEqualTo(CertificateCheck.REQUIRE);
        assertThat(relay.login()).isEmpty();
        assertThat(relay.limits()).isEqualTo(RemoteHost.Limits.DEFAULT);
    }

    @Test
    void lmtpExample() throws Exception {
        assertThat(Load.codes(LMTP + AROUND)).containsExactly("NH235 6:12", "NH249 16:11", "NH249 43:11");
        Configuration configuration = Load.ok(LMTP + AROUND);
        assertThat(route(configuration, "example.org")).isEqualTo(Value.of("lmtp"));
        RemoteHost lmtp = Load.hosts(configuration, "lmtp").getFirst();
        assertThat(lmtp.dialect()).isEqualTo(Dialect.LMTP);
        assertThat(lmtp.tls().startTls()).isEqualTo(StartTls.OPTIONAL);
        assertThat(lmtp.tls().check()).isEqualTo(CertificateCheck.NEVER);
        assertThat(lmtp.login().orElseThrow().username()).isEqualTo("relay_server");
        assertThat(lmtp.login().orElseThrow().secret()).isEqualTo(Secret.of("123456"));
        assertThat(lmtp.toString()).doesNotContain("123456");
    }

    @Test
    void whatStandsAround() throws Exception {
        Configuration configuration = Load.ok(LOCAL + AROUND);
        assertThat(configuration.hostname()).isEqualTo("mail.example.org");
        assertThat(configuration.inbound().plain().listeners())
                .extracting(listener -> listener.id() + " " + listener.protocol())
                .containsExactly("smtp " + Protocol.SMTP, "management " + Protocol.HTTP);
        assertThat(configuration.inbound().http()).containsExactly(new InetSocketAddress("127.0.0.1", 8080));
        assertThat(configuration.stores().path()).isEqualTo(Path.of("/var/lib/nexthop"));
        assertThat(configuration.local().directory().id()).isEqualTo("memory");
        assertThat(configuration.local().directory().domains()).containsExactly("example.org");
        assertThat(configuration.local().directory().directory().isLocalDomain(new Domain("example.org")))
                .isTrue();
        assertThat(configuration.local().directory().directory().authenticate("jane", "abcde".toCharArray()))
                .isPresent();
    }

    @Test
    void effectiveSettingsKnowTheirOriginAndHideSecrets() {
        Configuration configuration = Load.ok(LMTP + AROUND);
        assertThat(configuration.effective())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("mark")
                .contains(
                        new Effective("remote.lmtp.auth.secret", "[secret]", new Origin("t.toml", 16, 10)),
                        new Effective("remote.lmtp.port", "24", new Origin("t.toml", 7, 8)),
                        new Effective("remote.lmtp.concurrency", "20", Origin.DEFAULT),
                        new Effective("queue.outbound.hostname", "'mail.example.org'", Origin.DEFAULT),
                        new Effective(
                                "queue.outbound.next-hop",
                                "if is_local_domain('', rcpt_domain) then 'lmtp'; else false",
                                new Origin("t.toml", 2, 12)));
        assertThat(configuration.effective().toString())
                .doesNotContain("123456")
                .doesNotContain("abcde");
    }

    @Test
    void theBuiltInConfigurationLoads() {
        Configuration configuration = Configuration.builtIn(Path.of("/srv/data"), "{PLAIN}secret");
        assertThat(configuration.stores().path()).isEqualTo(Path.of("/srv/data"));
        assertThat(configuration.inbound().plain().listeners())
                .extracting(listener -> listener.bind().getFirst().getPort())
                .containsExactly(2525, 2587, 2424, 8080);
        assertThat(configuration.inbound().plain().postmasterDomain()).isEqualTo(new Domain("example.org"));
        assertThat(configuration.local().directory().directory().authenticate("you", "secret".toCharArray()))
                .isPresent();
    }
}
