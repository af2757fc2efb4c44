package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import dev.nexthop.config.Surroundings;
import dev.nexthop.expr.Lookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.Router;
import dev.nexthop.schedule.Forecast;
import dev.nexthop.schedule.Supposed;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What {@code explain} says of a message: text, JSON, and that it is what the router decides. */
class ExplainTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Path PAGES = Path.of("src/test/resources/dev/nexthop/e2e");
    private static final Path GOLDEN = Path.of("src/test/resources/dev/nexthop/cli");

    private static final String AROUND = """

            [directory.memory]
            type = "memory"
            lookup.domains = ["example.org"]
            """;

    private static final String MANY = """
            [queue.outbound]
            next-hop = [ { if = "is_local_domain('', rcpt_domain)", then = "'local'" },
                         { if = "rcpt_domain = 'lost.test'", then = "'defer:no way known'" },
                         { if = "rcpt_domain = 'bad.test'", then = "'reject:550 5.7.1 no'" },
                         { if = "rcpt_domain = 'void.test'", then = "'discard'" },
                         { if = 'matches("^([a-z]+)\\.list\\.test$", rcpt_domain)', then = "$1" },
                         { if = "retry_num > 2 || priority < 0 && last_error = 'connection'", then = "['bulk', 'relay']" },
                         { if = "key_get('pg', rcpt_domain) = 'relay'", then = "'relay'" },
                         { else = false } ]
            source-ip.v4 = [ { if = "sender_domain = 'news.test'", then = "['192.0.2.9']" }, { else = "[]" } ]
            [queue.schedule]
            retry = [ { if = "rcpt_domain = 'slow.test'", then = "[1h, 6h]" }, { else = "[5m, 1h]" } ]
            expire = "1d"
            [queue.outbound.source-ip.names]
            "192.0.2.9" = "news.example.org"
            [remote.relay]
            address = "relay.example.org"
            port = 25
            tls.implicit = false
            max-recipients = 2
            [remote.bulk]
            address = ["one.example.org", "two.example.org"]
            port = 465
            tls.implicit = true
            auth.username = "us"
            auth.secret = "hush-hush"
            [store.pg]
            type = "postgresql"
            host = "127.0.0.1"
            database = "mail"
            user = "mail"
            password = "hush-hush"
            """;

    private static final String BY_DOMAIN = MANY.replace("sender_domain = 'news.test'", "rcpt_domain = 'a.test'");
    private static final String BY_RECIPIENT = MANY.replace("sender_domain = 'news.test'", "rcpt = 'x@a.test'");

    private static Configuration configuration(String text) {
        Loaded loaded = Configuration.parse(
                "nexthop.toml",
                (text + AROUND).getBytes(StandardCharsets.UTF_8),
                Path.of("/nowhere"),
                new Surroundings(_ -> null, () -> "mail.example.org"));
        return ((Loaded.Ok) loaded).configuration();
    }

    private static Supposed message(Supposed.Past past, int priority, String from, String... to) {
        Reception reception = new Reception("smtp", 25, "198.51.100.7", "", "", priority);
        Envelope envelope = new Envelope(
                ReversePath.of(from), Stream.of(to).map(Mailbox::parse).toList(), BodyType.SEVEN_BIT, false, reception);
        return new Supposed(envelope, new QueueId(0), 0, past);
    }

    private static JsonNode explain(String text, Map<String, String> answers, Supposed message) {
        Configuration configuration = configuration(text);
        return new Explainer(configuration, configuration.local().offline(answers))
                .explain(message, NOW)
                .json();
    }

    private static JsonNode explain(String text, String... to) {
        return explain(text, Map.of(), message(Supposed.Past.NEW, 0, "jane@example.org", to));
    }

    private static String text(JsonNode explained, Palette palette) {
        StringWriter written = new StringWriter();
        PrintWriter out = new PrintWriter(written);
        ExplanationText text = new ExplanationText(out, palette);
        explained.path("recipients").forEach(text::print);
        out.flush();
        return written.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "relay-host", "relay-host-policies", "lmtp-delivery"})
    void theUsersPageIsExplained(String page) throws IOException {
        String written = text(
                explain(Files.readString(PAGES.resolve(page + ".toml")), "bill@example.org", "ann@example.net"),
                Palette.PLAIN);
        Path golden = GOLDEN.resolve(page + ".txt");
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden, written);
        }
        assertThat(written)
                .as(golden + " (run the test with -Dnexthop.docs=write)")
                .isEqualTo(Files.readString(golden))
                .doesNotContain("123456", "\u001b");
    }

    @Test
    void theStrengthOfTlsIsShownWithItsRule() {
        String tls = """
                [queue.outbound.tls]
                min-version = [ { if = "rcpt_domain = 'a.test'", then = "1.3" }, { else = "1.2" } ]
                ciphers = ["TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]
                """;
        JsonNode settings = explain(tls, "x@a.test").path("recipients").path(0).path("settings");
        JsonNode least = settings.path("queue.outbound.tls.min-version");
        assertThat(least.path("value").asString()).isEqualTo("1.3");
        assertThat(least.path("rule").asInt()).isEqualTo(1);
        assertThat(settings.path("queue.outbound.tls.ciphers").path("value").asString())
                .contains("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        String rules = """
                [remote.sts]
                address = "relay.example.org"
                port = 465
                tls.mta-sts = "require"
                tls.min-version = "1.3"
                [queue.outbound]
                next-hop = "'sts'"
                """;
        JsonNode relay = explain(rules, "x@a.test").path("recipients").path(0).path("settings");
        assertThat(relay.path("remote.sts.tls.mta-sts").path("value").asString())
                .isEqualTo("require");
        assertThat(relay.path("remote.sts.tls.min-version").path("value").asString())
                .isEqualTo("1.3");
        assertThat(relay.path("queue.outbound.timeouts.mta-sts").path("value").asString())
                .isEqualTo("10m");
        assertThat(relay.has("queue.outbound.tls.min-version")).isFalse();
    }

    @Test
    void theJsonHasTheShapeThatScriptsRelyOn() {
        JsonNode explained = explain(MANY, "a@bulk.list.test");
        assertThat(explained.path("sender").asString()).isEqualTo("jane@example.org");
        JsonNode recipient = explained.path("recipients").get(0);
        assertThat(recipient.propertyNames())
                .contains("address", "decision", "rules", "settings", "transaction", "schedule");
        assertThat(recipient.path("address").asString()).isEqualTo("a@bulk.list.test");
        JsonNode decision = recipient.path("decision");
        assertThat(decision.path("kind").asString()).isEqualTo("relay");
        assertThat(decision.path("hop").asString()).isEqualTo("bulk");
        assertThat(decision.path("address").asString()).isEqualTo("one.example.org");
        assertThat(decision.path("port").asInt()).isEqualTo(465);
        assertThat(decision.path("protocol").asString()).isEqualTo("smtp");
        assertThat(decision.path("tls").asString()).isEqualTo("implicit");
        assertThat(decision.path("fallback").get(0).path("address").asString()).isEqualTo("two.example.org");
        assertThat(decision.path("reason").asString()).startsWith("rule 5 at nexthop.toml:6:21");

        JsonNode rules = recipient.path("rules");
        assertThat(rules.size()).isEqualTo(8);
        JsonNode passed = rules.get(1);
        assertThat(passed.path("index").asInt()).isEqualTo(2);
        assertThat(passed.path("state").asString()).isEqualTo("passed");
        assertThat(passed.path("if").asString()).isEqualTo("rcpt_domain = 'lost.test'");
        assertThat(passed.path("value").asBoolean(true)).isFalse();
        assertThat(passed.path("operands").path("rcpt_domain").asString()).isEqualTo("bulk.list.test");
        assertThat(passed.path("why").get(0).asString())
                .isEqualTo("rcpt_domain = 'lost.test' is false because rcpt_domain is 'bulk.list.test'");
        assertThat(passed.path("then").asString()).isEqualTo("'defer:no way known'");
        assertThat(passed.path("at").asString()).isEqualTo("nexthop.toml:3:21");
        JsonNode fired = rules.get(4);
        assertThat(fired.path("value").asBoolean(false)).isTrue();
        assertThat(fired.path("captures").path("$1").asString()).isEqualTo("bulk");
        assertThat(rules.get(5).path("value").isNull()).isTrue();
        assertThat(rules.get(5).path("state").asString()).isEqualTo("not reached");
        assertThat(rules.get(7).path("if").isNull()).isTrue();

        JsonNode settings = recipient.path("settings");
        assertThat(settings.path("remote.bulk.auth.secret").path("value").asString())
                .isEqualTo("[secret]");
        assertThat(settings.path("remote.bulk.port").path("origin").asString()).isEqualTo("nexthop.toml:23:8");
        assertThat(settings.path("queue.outbound.source-ip.v4").path("rule").asInt())
                .isEqualTo(2);
        assertThat(settings.path("queue.outbound.source-ip.names.\"192.0.2.9\"")
                        .path("value")
                        .asString())
                .isEqualTo("news.example.org");
        assertThat(settings.path("queue.outbound.ip-strategy").path("origin").asString())
                .isEqualTo("default");
        assertThat(explained.toString()).doesNotContain("hush-hush");

        JsonNode schedule = recipient.path("schedule");
        assertThat(schedule.path("expires").asString()).isEqualTo("2026-01-02T00:00:00Z");
        assertThat(schedule.path("attempts").get(1).asString()).isEqualTo("2026-01-01T00:05:00Z");
        assertThat(schedule.path("attempts").get(2).asString()).isEqualTo("2026-01-01T01:05:00Z");
        assertThat(schedule.path("retry").path("value").asString()).isEqualTo("5m, 1h");
        assertThat(schedule.path("retry").path("rule").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MANY | a@relay.list.test b@relay.list.test | with b@relay.list.test",
                "MANY | a@relay.list.test b@bulk.list.test | b@bulk.list.test: it goes to the relay 'bulk'",
                "MANY | a@relay.list.test b@example.org | b@example.org: it goes to the local store",
                "MANY | a@relay.list.test b@lost.test | b@lost.test: it is deferred",
                "MANY | a@relay.list.test b@bad.test | b@bad.test: it is rejected",
                "MANY | a@relay.list.test b@void.test | b@void.test: it is discarded",
                "MANY | a@relay.list.test b@relay.list.test c@relay.list.test | c@relay.list.test: it is one too many for a transaction of at most 2",
                "DOMAIN | a@example.org b@example.org | with b@example.org",
                "DOMAIN | a@bulk.list.test b@bulk.list.test | with b@bulk.list.test",
                "RECIPIENT | a@bulk.list.test b@bulk.list.test | b@bulk.list.test: it is another recipient, and"
                        + " queue.outbound.source-ip.v4 asks for each one",
            })
    void whoSharesATransactionAndWhyNot(String file, String to, String told) {
        String text = Map.of("MANY", MANY, "DOMAIN", BY_DOMAIN, "RECIPIENT", BY_RECIPIENT)
                .get(file);
        String written = text(explain(String.valueOf(text), to.split(" ")), Palette.PLAIN);
        assertThat(written.substring(0, written.indexOf("\n\n"))).contains(told);
    }

    @Test
    void whatAHopHasOfItsOwnIsNotShownAsTheGeneralSettingToo() {
        String own = """
                ehlo = "bulk.example.org"
                source-ip = ["192.0.2.10"]
                timeouts.connect = "10s"
                """;
        String text = MANY.replace("auth.username = \"us\"", own + "auth.username = \"us\"");
        JsonNode bulk =
                explain(text, "a@bulk.list.test").path("recipients").get(0).path("settings");
        assertThat(names(bulk))
                .contains(
                        "remote.bulk.ehlo",
                        "remote.bulk.source-ip",
                        "remote.bulk.timeouts.connect",
                        "queue.outbound.timeouts.data")
                .doesNotContain(
                        "queue.outbound.hostname",
                        "queue.outbound.source-ip.v4",
                        "queue.outbound.source-ip.v6",
                        "queue.outbound.source-ip.names.\"192.0.2.9\"",
                        "queue.outbound.timeouts.connect",
                        "queue.outbound.limits.mx");
        // The second hop of the list has none of them.
        JsonNode both = explain(text.replace("then = \"$1\"", "then = \"['bulk', 'relay']\""), "a@bulk.list.test")
                .path("recipients")
                .get(0)
                .path("settings");
        assertThat(names(both)).contains("queue.outbound.hostname", "queue.outbound.timeouts.connect");
    }

    @Test
    void aServiceIsShownWithoutAPortAndWithTheNumberOfItsHosts() {
        JsonNode explained = explain(MANY.replace("port = 25\n", "srv = \"_submission._tcp\"\n"), "a@relay.list.test");
        JsonNode recipient = explained.path("recipients").get(0);
        assertThat(names(recipient.path("settings"))).contains("queue.outbound.limits.mx", "remote.relay.srv");
        assertThat(recipient.path("decision").path("port").isNull()).isTrue();
        assertThat(text(explained, Palette.PLAIN))
                .contains("relay.example.org over smtp")
                .doesNotContain("port 0");
    }

    private static Set<String> names(JsonNode node) {
        return Set.copyOf(node.propertyNames());
    }

    @Test
    void anotherDomainIsNamedAsTheReason() {
        String two = BY_DOMAIN.replace("[a-z]+", "relay").replace("\\\\.list\\\\.test", ".*");
        JsonNode explained = explain(
                two,
                Map.of("key_get('pg','a.test')", "relay", "key_get('pg', 'b.test')", "relay"),
                message(Supposed.Past.NEW, 0, "jane@example.org", "x@a.test", "y@b.test"));
        JsonNode transaction = explained.path("recipients").get(0).path("transaction");
        assertThat(transaction.path("with").isEmpty()).isTrue();
        assertThat(transaction.path("apart").get(0).path("why").asString())
                .isEqualTo("has another domain, and queue.outbound.source-ip.v4 asks for that");
    }

    @Test
    void coloursAreForTerminals() {
        JsonNode explained = explain(MANY, "a@bulk.list.test", "b@lost.test");
        String coloured = text(explained, Palette.COLOURED);
        assertThat(coloured).contains("\u001b[32mfired", "\u001b[31mdefer");
        assertThat(coloured.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(text(explained, Palette.PLAIN));
        assertThat(Palette.of(Palette.When.NEVER)).isEqualTo(Palette.PLAIN);
        assertThat(Palette.of(Palette.When.ALWAYS)).isEqualTo(Palette.COLOURED);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theExplanationIsWhatTheRouterDecides(long seed) {
        Random random = new Random(seed);
        String[] domains = {
            "example.org",
            "lost.test",
            "bad.test",
            "void.test",
            "bulk.list.test",
            "moon.list.test",
            "a.test",
            "slow.test"
        };
        for (String text : List.of(MANY, BY_DOMAIN, BY_RECIPIENT, "")) {
            Configuration configuration = configuration(text);
            Map<String, String> answers = random.nextBoolean()
                    ? Map.of("key_get('pg','a.test')", "relay", "key_get('pg', 'slow.test')", "")
                    : Map.of();
            Lookups lookups = configuration.local().offline(answers);
            for (int i = 0; i < 100; i++) {
                Set<String> to = new LinkedHashSet<>();
                for (int n = random.nextInt(1, 5); n > 0; n--) {
                    to.add("u" + random.nextInt(5) + "@" + domains[random.nextInt(domains.length)]);
                }
                Supposed.Past past = new Supposed.Past(
                        Duration.ofMinutes(random.nextInt(500)),
                        random.nextInt(5),
                        0,
                        Optional.empty(),
                        "",
                        random.nextBoolean() ? ErrorKind.CONNECTION : ErrorKind.NONE);
                Supposed message = message(past, random.nextInt(-2, 2), "jane@news.test", to.toArray(String[]::new));
                agree(configuration, lookups, message);
            }
        }
    }

    private static void agree(Configuration configuration, Lookups lookups, Supposed message) {
        Explainer.Answer answer = new Explainer(configuration, lookups).explain(message, NOW);
        Router router = new Router(configuration.outbound().routing());
        Forecast forecast = new Forecast(configuration.outbound().schedule(), lookups);
        boolean routable = true;
        List<Mailbox> recipients = message.envelope().recipients();
        for (int i = 0; i < recipients.size(); i++) {
            RecipientFacts facts = message.facts(recipients.get(i), NOW, forecast);
            Decision decision = router.decide(facts, lookups);
            JsonNode said = answer.json().path("recipients").get(i);
            assertThat(said.path("decision").path("kind").asString())
                    .isEqualTo(decision.hop().kind());
            assertThat(said.path("decision").path("hop").asString())
                    .isEqualTo(decision.hop().id());
            assertThat(said.path("decision").path("reason").asString()).isEqualTo(decision.reason());
            routable &= !(decision.hop() instanceof NextHop.Defer || decision.hop() instanceof NextHop.Reject);
            int fired = 0;
            for (JsonNode rule : said.path("rules")) {
                fired += rule.path("value").asBoolean(false) ? 1 : 0;
                boolean explained = !rule.path("why").isEmpty()
                        || rule.path("if").isNull()
                        || !rule.path("state").asString().equals("passed");
                assertThat(explained).as(rule.toString()).isTrue();
            }
            assertThat(fired).isLessThanOrEqualTo(1);
        }
        assertThat(answer.routable()).isEqualTo(routable);
    }
}
