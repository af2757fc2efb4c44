package dev.nexthop.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.nexthop.expr.Compilation;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RuleSource;
import dev.nexthop.expr.Rules;
import dev.nexthop.expr.Scope;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.RuleStep;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsDemand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RouterTest {
    private static final String AT = "nexthop.toml:3:14";
    private static final String DEFINED = "; defined: lmtp, relay, spare, local";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final Map<String, List<RemoteHost>> REMOTES =
            Map.of("relay", List.of(host("relay")), "spare", List.of(host("spare")), "lmtp", List.of(host("lmtp")));

    /** example.org is local; asking for broken.test fails. */
    private static final Lookups LOOKUPS = new Lookups() {
        @Override
        public boolean isLocalDomain(String directory, String domain) throws LookupException {
            if (domain.equals("broken.test")) {
                throw new LookupException("the directory is down");
            }
            return domain.equals("example.org");
        }

        @Override
        public boolean isLocalAddress(String directory, String address) {
            return address.equals("bob@example.org");
        }

        @Override
        public String keyGet(String store, String key) {
            return "";
        }

        @Override
        public boolean keyExists(String store, String key) {
            return false;
        }
    };

    private static RemoteHost host(String id) {
        TlsDemand tls =
                new TlsDemand(false, StartTls.OPTIONAL, CertificateCheck.REQUIRE, Optional.empty(), Optional.empty());
        return new RemoteHost(
                id, id + ".example.org", 25, Dialect.SMTP, tls, Optional.empty(), RemoteHost.Limits.DEFAULT);
    }

    private static Decision decide(Optional<Rules> rules, boolean store, String rcpt) {
        Envelope envelope = new Envelope(
                ReversePath.of("Amy@Sender.example"),
                List.of(Mailbox.parse(rcpt)),
                BodyType.SEVEN_BIT,
                false,
                Reception.INTERNAL);
        return new Router(new RoutingSettings(rules, REMOTES, store)).decide(facts(envelope, rcpt, 0), LOOKUPS);
    }

    private static RecipientFacts facts(Envelope envelope, String rcpt, int attempts) {
        return new RecipientFacts(
                new QueueId(1),
                envelope,
                100,
                Mailbox.parse(rcpt),
                new RecipientFacts.History(NOW, attempts, 0, NOW.plus(Duration.ofDays(5)), "", ErrorKind.NONE),
                NOW,
                RecipientFacts.Host.UNKNOWN);
    }

    /** A decision holds for another recipient unless the rule asks for something in which they differ. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rcpt_domain = 'a.test'                      | b@a.test | 0 | true
            rcpt_domain = 'a.test'                      | a@b.test | 0 | false
            rcpt_domain = 'a.test'                      | b@a.test | 1 | false
            rcpt = 'b@a.test'                           | b@a.test | 0 | false
            starts_with(rcpt, 'x')                      | b@a.test | 0 | false
            is_local_address('', rcpt)                  | b@a.test | 0 | false
            is_local_domain('', rcpt_domain)            | b@a.test | 0 | true
            counter_incr('', 'n', 1) > 5                | b@a.test | 0 | false
            key_set('', sender, 'x')                    | b@a.test | 0 | false
            sender = 'x' && size > 5 && !(rcpt != 'b')  | b@a.test | 0 | false
            """)
    void aDecisionHoldsForNeighboursWhoDifferInNothingThatIsAsked(
            String condition, String other, int attempts, boolean alike) {
        Rules asking = rules(new RuleSource(condition, "'relay'", AT), new RuleSource(null, "false", AT));
        Rules giving = rules(new RuleSource(null, condition, AT));
        Envelope envelope = new Envelope(
                ReversePath.NULL,
                List.of(Mailbox.parse("a@a.test"), Mailbox.parse(other)),
                BodyType.SEVEN_BIT,
                false,
                Reception.INTERNAL);
        for (Rules rules : List.of(asking, giving)) {
            assertThat(new Router(new RoutingSettings(Optional.of(rules), REMOTES, true))
                            .alike(facts(envelope, "a@a.test", 0), facts(envelope, other, attempts)))
                    .isEqualTo(alike);
        }
    }

    /** The sender must not choose the rule by his way of writing an address that the directory takes in every way. */
    @ParameterizedTest
    @CsvSource({
        "bob@example.net, bob@example.net",
        "bob@example.net, BOB@Example.NET",
        "bob@example.net, \"bob\"@example.net",
        "bob@example.net, \"\\b\\ob\"@example.net",
        "jos\u00e9@example.net, JOSE\u0301@example.net",
        "jos\u00e9@example.net, \"jose\u0301\"@example.net",
    })
    void aRuleFiresForEverySpellingOfAnAddress(String ruled, String written) {
        Rules rules = rules(new RuleSource("rcpt = '" + ruled + "'", "'relay'", AT), new RuleSource(null, "false", AT));
        assertThat(show(decide(Optional.of(rules), true, written).hop())).isEqualTo("relay relay");
    }

    private static Rules rules(RuleSource... sources) {
        Scope scope = Scope.of(Variable.RCPT_SCOPE).withHopIds(Set.of("relay", "spare", "lmtp", "local"));
        return switch (Rules.compile(List.of(sources), scope)) {
            case Compilation.Ok<Rules> ok -> ok.result();
            case Compilation.Failed<Rules> failed ->
                throw new AssertionError(failed.problems().toString());
        };
    }

    /** A hop as one word. */
    private static String show(NextHop hop) {
        return switch (hop) {
            case NextHop.Mx mx -> "mx " + mx.domain();
            case NextHop.Relay relay ->
                "relay "
                        + String.join(
                                ",", relay.hosts().stream().map(RemoteHost::id).toList());
            case NextHop.Local ignored -> "local";
            case NextHop.Discard ignored -> "discard";
            case NextHop.Reject reject -> "reject " + reject.reply();
            case NextHop.Defer defer -> (defer.fault() ? "fault " : "defer ") + defer.reason();
        };
    }

    record Row(Value value, String hop) {
        @Override
        public String toString() {
            return value.describe() + " → " + hop;
        }
    }

    private static Row row(Value value, String hop) {
        return new Row(value, hop);
    }

    private static Row fault(Value value, String complaint) {
        return new Row(value, "fault rule 1 at " + AT + " " + complaint);
    }

    private static String bad(String text) {
        return "gave '" + text
                + "'; a rejection is 'reject:' and a code of 500 to 599, an optional enhanced code of class"
                + " 5, and text: 'reject:550 5.7.1 not allowed'";
    }

    static Stream<Row> values() {
        String idOrMx = "; a next hop is false for MX, or the id of a hop" + DEFINED;
        String list = "; a list holds ids of remotes" + DEFINED;
        String first = "; a list holds ids of remotes, the preferred one first" + DEFINED;
        return Stream.of(
                row(Value.of(false), "mx example.net"),
                row(Value.of("relay"), "relay relay"),
                row(Value.of("lmtp"), "relay lmtp"),
                row(Value.of("local"), "local"),
                row(Value.of("discard"), "discard"),
                row(Value.of("defer:come back at night"), "defer come back at night"),
                row(Value.of("defer: padded "), "defer padded"),
                row(Value.of("defer:"), "defer a routing rule defers this recipient"),
                row(Value.of("defer:two\r\nlines"), "defer two  lines"),
                row(Value.of("reject:550 5.7.1 not allowed"), "reject 550 5.7.1 not allowed"),
                row(Value.of("reject:550 not allowed"), "reject 550 not allowed"),
                row(Value.of("reject:551"), "reject 551 rejected by a routing rule"),
                row(Value.of("reject:554 5.7.1"), "reject 554 5.7.1 rejected by a routing rule"),
                row(Value.of("reject:550 5.07.01 odd"), "reject 550 5.7.1 odd"),
                row(Value.of("reject:550 5.1.1 a\r\nb"), "reject 550 5.1.1 a  b"),
                row(Value.ofTexts(List.of("relay")), "relay relay"),
                row(Value.ofTexts(List.of("spare", "relay")), "relay spare,relay"),
                row(Value.ofTexts(List.of("spare", "relay", "spare")), "relay spare,relay"),
                fault(Value.of(true), "gave true (1)" + idOrMx),
                fault(Value.of(2), "gave the number 2" + idOrMx),
                fault(Value.of(-1), "gave the number -1" + idOrMx),
                fault(Value.of(300_000), "gave the number 300000" + idOrMx),
                fault(new Value.Real(0), "gave the number 0" + idOrMx),
                fault(new Value.Real(1.5), "gave the number 1.5" + idOrMx),
                fault(Value.of(""), "gave an empty text" + idOrMx),
                fault(Value.of("relai"), "names the hop 'relai', which is not defined" + DEFINED),
                fault(Value.of("Relay"), "names the hop 'Relay', which is not defined" + DEFINED),
                fault(Value.of(" relay"), "names the hop ' relay', which is not defined" + DEFINED),
                fault(Value.of("mx"), "names the hop 'mx', which is not defined" + DEFINED),
                fault(Value.of("false"), "names the hop 'false', which is not defined" + DEFINED),
                fault(Value.of("0"), "names the hop '0', which is not defined" + DEFINED),
                fault(Value.of("defer"), "names the hop 'defer', which is not defined" + DEFINED),
                fault(Value.of("reject"), "names the hop 'reject', which is not defined" + DEFINED),
                fault(Value.of("a\u0000\nb"), "names the hop 'a  b', which is not defined" + DEFINED),
                fault(
                        Value.of("x".repeat(500)),
                        "names the hop '" + "x".repeat(80) + "…', which is not defined" + DEFINED),
                fault(Value.of("reject:"), bad("reject:")),
                fault(Value.of("reject:no such user"), bad("reject:no such user")),
                fault(Value.of("reject:450 4.7.1 later"), bad("reject:450 4.7.1 later")),
                fault(Value.of("reject:250 2.0.0 fine"), bad("reject:250 2.0.0 fine")),
                fault(Value.of("reject:5500 x"), bad("reject:5500 x")),
                fault(Value.of("reject:55 x"), bad("reject:55 x")),
                fault(Value.of("reject:600 x"), bad("reject:600 x")),
                fault(Value.of("reject:٥٥٠ x"), bad("reject:٥٥٠ x")),
                fault(
                        Value.of("reject:550 4.7.1 later"),
                        "gave 'reject:550 4.7.1 later'; the enhanced code of a rejection is of class 5, such as 5.7.1"),
                fault(Value.ofTexts(List.of()), "gave an empty list" + first),
                fault(
                        Value.ofTexts(List.of("relay", "local")),
                        "gave a list with 'local'; only remotes can stand in a list" + DEFINED),
                fault(
                        Value.ofTexts(List.of("relay", "nobody")),
                        "names the hop 'nobody' in a list, which is not defined" + DEFINED),
                fault(
                        Value.ofTexts(List.of("relay", "discard")),
                        "names the hop 'discard' in a list, which is not defined" + DEFINED),
                fault(Value.of(List.of(Value.of("relay"), Value.of(false))), "gave a list that holds '0'" + list),
                fault(Value.of(List.of(Value.of(""))), "gave a list that holds ''" + list),
                fault(Value.of(List.of(Value.ofTexts(List.of("relay")))), "gave a list that holds '[relay]'" + list));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueMeansAHopOrTheRecipientIsDeferred(Row row) {
        Decision decision = decide(Optional.of(Rules.constant(row.value(), AT)), true, "bob@example.net");
        assertThat(show(decision.hop())).isEqualTo(row.hop());
        assertThat(decision.rules()).hasSize(1);
        assertThat(decision.reason()).startsWith("rule 1 at " + AT + " ").doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // The three examples of the user's page, as printed.
                "is_local_domain('', rcpt_domain) | 'local' | false | bob@example.org | local",
                "is_local_domain('', rcpt_domain) | 'local' | false | bob@example.net | mx example.net",
                "is_local_domain('', rcpt_domain) | 'lmtp'  | false | bob@example.org | relay lmtp",
                "is_local_domain('', rcpt_domain) | 'lmtp'  | false | bob@EXAMPLE.net | mx example.net",
                "                                 |         | relay | bob@example.org | relay relay",
                // More of what rules can say.
                "sender_domain = 'sender.example' | ['relay', 'spare'] | false | bob@example.net | relay relay,spare",
                "rcpt = 'bob@example.net'         | 'reject:550 5.1.1 ' + rcpt | false | Bob@example.net | reject 550 5.1.1 bob@example.net",
                "is_local_address('', rcpt)       | 'local' | 'relay' | bob@example.org | local",
                "is_local_address('', rcpt)       | 'local' | 'relay' | amy@example.org | relay relay",
                "matches('^([a-z]+)@', rcpt)      | $1      | false | relay@example.net | relay relay",
                "matches('^([a-z]+)@', rcpt)      | $1      | false | nobody@example.net | fault rule 1 at nexthop.toml:1:1 names the hop 'nobody', which is not defined; defined: lmtp, relay, spare, local",
                "retry_num > 0                    | 'spare' | 'relay' | bob@example.net | relay relay",
                "rcpt = 'x'                       | 'spare' | false | bob@[192.0.2.1] | mx [192.0.2.1]",
                // A look-up that fails never becomes MX.
                "is_local_domain('', rcpt_domain) | 'local' | false | bob@broken.test | fault rule 1 at nexthop.toml:1:1 could not be evaluated: is_local_domain(…, 'broken.test') failed: the directory is down",
                "rcpt = 'x'  | 'relay' | is_local_domain('', rcpt_domain) | bob@broken.test | fault rule 2 at nexthop.toml:2:1 could not be evaluated: is_local_domain(…, 'broken.test') failed: the directory is down",
                "rcpt = 'x'  | 'relay' | is_local_domain('', rcpt_domain) | bob@example.org | fault rule 2 at nexthop.toml:2:1 gave true (1); a next hop is false for MX, or the id of a hop; defined: lmtp, relay, spare, local",
            })
    void rulesDecide(String condition, String then, String otherwise, String rcpt, String hop) {
        List<RuleSource> sources = new ArrayList<>();
        if (condition != null && !condition.isBlank()) {
            sources.add(new RuleSource(condition, then, "nexthop.toml:1:1"));
        }
        sources.add(new RuleSource(null, otherwise, "nexthop.toml:2:1"));
        Decision decision = decide(Optional.of(rules(sources.toArray(RuleSource[]::new))), true, rcpt);
        assertThat(show(decision.hop())).isEqualTo(hop);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true  | bob@example.org | local | no rule is set and example.org is local: to the local store",
                "true  | bob@example.net | mx example.net | no rule is set and example.net is not local: by MX",
                "true  | bob@[192.0.2.1] | mx [192.0.2.1] | no rule is set and [192.0.2.1] is not local: by MX",
                "true  | bob@broken.test | fault whether broken.test is local could not be found out: the directory is down | whether broken.test is local could not be found out: the directory is down",
                "false | bob@example.net | mx example.net | no rule is set and example.net is not local: by MX",
                "false | bob@example.org | fault example.org is a local domain, but the local store is off and no next-hop rule says where its mail goes | example.org is a local domain, but the local store is off and no next-hop rule says where its mail goes",
                "false | bob@broken.test | fault whether broken.test is local could not be found out: the directory is down | whether broken.test is local could not be found out: the directory is down",
            })
    void withoutARuleLocalDomainsStayAndOthersGoByMx(boolean store, String rcpt, String hop, String reason) {
        Decision decision = decide(Optional.empty(), store, rcpt);
        assertThat(show(decision.hop())).isEqualTo(hop);
        assertThat(decision.reason()).isEqualTo(reason);
        assertThat(decision.rules()).isEmpty();
    }

    @Test
    void localWithoutAStoreIsAFault() {
        Decision decision = decide(Optional.of(Rules.constant(Value.of("local"), AT)), false, "bob@example.org");
        assertThat(show(decision.hop()))
                .isEqualTo("fault rule 1 at " + AT + " chose 'local', but the local store is off; defined: lmtp, relay,"
                        + " spare");
    }

    @ParameterizedTest(name = "hop [{0}] mx [{1}] address [{2}]")
    @CsvSource({
        "'',    '',          '',         192.0.2.7", // of the client, while nobody else is meant
        "relay, '',          '',         ''",
        "'',    mx.b.test,   '',         ''",
        "relay, mx.b.test,   198.51.100.9, 198.51.100.9",
        "'',    '',          198.51.100.9, 198.51.100.9",
    })
    void remoteIpIsNeverTheClientsOnceAHostIsMeant(String hop, String mx, String address, String expected) {
        Envelope envelope = new Envelope(
                ReversePath.NULL,
                List.of(Mailbox.parse("a@b.test")),
                BodyType.SEVEN_BIT,
                false,
                new Reception("smtp", 25, "192.0.2.7", "", "", 0));
        RecipientFacts facts = new RecipientFacts(
                new QueueId(1),
                envelope,
                1,
                Mailbox.parse("a@b.test"),
                new RecipientFacts.History(NOW, 0, 0, NOW, "", ErrorKind.NONE),
                NOW,
                new RecipientFacts.Host(hop, mx, address, ""));
        assertThat(facts.value(Variable.REMOTE_IP)).isEqualTo(Value.of(expected));
    }

    @Test
    void aRemoteNamedLikeAWordOfOurOwnIsNeverGuessedAt() {
        RoutingSettings settings = new RoutingSettings(
                Optional.of(Rules.constant(Value.of("discard"), AT)),
                Map.of("discard", List.of(host("discard"))),
                true);
        RecipientFacts facts = new RecipientFacts(
                new QueueId(1),
                new Envelope(
                        ReversePath.NULL,
                        List.of(Mailbox.parse("a@b.test")),
                        BodyType.SEVEN_BIT,
                        false,
                        Reception.INTERNAL),
                1,
                Mailbox.parse("a@b.test"),
                new RecipientFacts.History(NOW, 0, 0, NOW, "", ErrorKind.NONE),
                NOW,
                RecipientFacts.Host.UNKNOWN);
        assertThat(show(new Router(settings).decide(facts, Lookups.NONE).hop()))
                .startsWith("fault rule 1 at " + AT + " gave 'discard', which is both a word of its own");
    }

    @Test
    void equalDecisionsAreEqualValuesSoThatRecipientsCanShareATransaction() {
        Rules rule = Rules.constant(Value.ofTexts(List.of("relay", "spare")), AT);
        assertThat(decide(Optional.of(rule), true, "a@b.test").hop())
                .isEqualTo(decide(Optional.of(rule), true, "c@d.test").hop());
    }

    @Test
    void theStoredTraceHoldsEveryRuleThatWasLookedAtAndTheReason() {
        Decision decision = decide(
                Optional.of(rules(
                        new RuleSource("rcpt_domain = 'x.test'", "'spare'", "nexthop.toml:1:1"),
                        new RuleSource("is_local_domain('', rcpt_domain)", "'relay'", "nexthop.toml:2:1"),
                        new RuleSource(null, "false", "nexthop.toml:3:1"))),
                true,
                "bob@example.org");
        RouteTrace trace = Traces.stored(decision);
        assertThat(trace.kind()).isEqualTo("relay");
        assertThat(trace.reason()).isEqualTo("rule 2 at nexthop.toml:2:1 chose the relay 'relay'");
        assertThat(trace.rules())
                .containsExactly(
                        new RuleStep(
                                1,
                                RuleStep.State.PASSED,
                                "rcpt_domain = 'x.test'",
                                "'spare'",
                                "nexthop.toml:1:1",
                                Map.of("rcpt_domain", "example.org"),
                                List.of(),
                                List.of("rcpt_domain = 'x.test' is false because rcpt_domain is 'example.org'"),
                                ""),
                        new RuleStep(
                                2,
                                RuleStep.State.FIRED,
                                "is_local_domain('', rcpt_domain)",
                                "'relay'",
                                "nexthop.toml:2:1",
                                Map.of("rcpt_domain", "example.org", "is_local_domain('', rcpt_domain)", "true"),
                                List.of(),
                                List.of("is_local_domain('', rcpt_domain) is true because rcpt_domain is"
                                        + " 'example.org'"),
                                ""));
    }

    @Test
    void rulesBehindTheOneThatFiredAreShownAsNotReached() {
        Rules rules = rules(
                new RuleSource("rcpt_domain = 'example.org'", "'relay'", "nexthop.toml:1:1"),
                new RuleSource("rcpt = 'x'", "'spare'", "nexthop.toml:2:1"),
                new RuleSource(null, "false", "nexthop.toml:3:1"));
        Decision decision = decide(Optional.of(rules), true, "bob@example.org");
        assertThat(Traces.all(decision.rules(), Optional.of(rules)))
                .extracting(RuleStep::number, RuleStep::state, RuleStep::condition, RuleStep::then)
                .containsExactly(
                        tuple(1, RuleStep.State.FIRED, "rcpt_domain = 'example.org'", "'relay'"),
                        tuple(2, RuleStep.State.NOT_REACHED, "rcpt = 'x'", "'spare'"),
                        tuple(3, RuleStep.State.NOT_REACHED, "", "false"));
    }

    @Test
    void aLongStoredTraceKeepsTheRuleThatDecided() {
        List<RuleSource> sources = new ArrayList<>();
        for (int i = 1; i <= 2_000; i++) {
            sources.add(new RuleSource("rcpt = 'nobody" + i + "'", "'spare'", "nexthop.toml:" + i + ":1"));
        }
        sources.add(new RuleSource(null, "'relay'", "nexthop.toml:2001:1"));
        Decision decision = decide(Optional.of(rules(sources.toArray(RuleSource[]::new))), true, "bob@example.org");
        List<RuleStep> steps = Traces.stored(decision).rules();
        assertThat(steps).hasSizeBetween(40, 200);
        assertThat(steps).extracting(RuleStep::number).startsWith(1, 2, 3).endsWith(1_998, 1_999, 2_000, 2_001);
        assertThat(steps.getLast().state()).isEqualTo(RuleStep.State.FIRED);
        assertThat(steps.toString().length()).isLessThan(4 * Traces.MAX_STORED);
    }
}
