package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.expr.Facts;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.Value;
import dev.nexthop.expr.Variable;
import dev.nexthop.mail.Reception;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.StartTls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong, where, and what was perhaps meant. */
class LoadTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "queue.outbound.nexthop = false | 16 | did you mean queue.outbound.next-hop?",
                "[queu] | 2 | did you mean queue?",
                "remote.r.adress = \"x.example\" | 10 | did you mean remote.r.address?",
                "remote.r.username = \"x\" | 10 | did you mean remote.r.auth.username?",
                "remote.\"a.b\".tls.starttsl = \"require\" | 18 | did you mean remote.\"a.b\".tls.starttls?",
                "session.extensions.pipelinig = true | 20 | did you mean session.extensions.pipelining?",
                "queue.outbound.tls.xyzzy = 1 | 20 | here may stand: allow-invalid-certs, ca, ciphers, dane, min-version, mta-sts, remember, starttls",
            })
    void unknownKeys(String line, int column, String hint) {
        assertThat(Load.text(line + "\n").problems())
                .filteredOn(problem -> problem.code() == Code.UNKNOWN_KEY)
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.origin()).isEqualTo(new Origin("t.toml", 1, column));
                    assertThat(problem.hint()).isEqualTo(hint);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[queue.limiter.outbound.x] | NH103",
                "[signature.rsa] | NH105",
                "auth.dkim.sign = \"['rsa']\" | NH105",
                "report.dmarc.from-name = \"'x'\" | NH105",
                "[tracer.stdout] | NH109",
                "jmap.mailbox.max-depth = 10 | NH108",
                "[acme.letsencrypt] | NH108",
                "session.extensions.chunking = true | NH101",
                "session.rcpt.script = \"'x'\" | NH101",
                "session.extensions.dsn = [{if = \"sender = 'x'\", then = true}, {else = false}] | NH102",
                "store.db.region = \"x\" ;; store.db.type = \"mysql\" ;; store.r.type = \"rocksdb\" ;; store.r.path = \"x\" ;; "
                        + "storage.data = \"r\" | NH244 NH106 NH106",
                "session.extensions.vrfy = \"!is_empty(authenticated_as)\" | NH102",
                "session.data.limits.size = [{if = \"listener = 'x'\", then = 1}, {else = 2}] | NH102",
                "server.listener.i = {bind = \"127.0.0.1:143\", protocol = \"imap\"} | NH108",
            })
    void knownAndNotServedIsAWarning(String written, String expected) {
        String text = written.replace(" ;; ", "\n");
        Loaded loaded = Load.text(text + "\n");
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        assertThat(loaded.problems().stream()
                        .map(problem -> problem.code().id())
                        .toList())
                .isEqualTo(List.of(expected.split(" ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dane = \"require\"",
                "dane = \"required\"",
                "mta-sts = \"require\"",
                "mta-sts = [{if = \"sender = 'x@y.test'\", then = \"disable\"}, {else = \"require\"}]",
                "mta-sts = [{if = \"sender = 'x@y.test'\", then = \"require\"}, {else = \"optional\"}]",
                "mta-sts = \"key_get('policy', rcpt_domain)\"",
            })
    void aProtectionMayBeRequired(String line) {
        String text = "[lookup.policy]\nx = \"require\"\n[queue.outbound.tls]\n" + line + "\n";
        assertThat(Load.text(text)).isInstanceOf(Loaded.Ok.class);
        assertThat(Load.codes(text)).isEmpty();
    }

    @Test
    void daneOfARemoteNeedsAHostThatTheConfigurationNames() {
        String remote = "[remote.r]\naddress = \"r.example\"\ntls.implicit = false\ntls.dane = \"require\"\n";
        assertThat(Load.hosts(Load.ok(remote + "port = 25\n"), "r")
                        .getFirst()
                        .manner()
                        .policies()
                        .dane())
                .isEqualTo(PolicyWish.REQUIRE);
        assertThat(Load.codes(remote + "srv = \"_smtp._tcp\"\n")).contains("NH007 4:13");
    }

    @Test
    void aBarePostmasterIsLocal() { // RFC 5321 §4.5.1
        String principal = "[directory.d]\ntype = \"memory\"\n[[directory.d.principals]]\nclass = \"individual\"\n"
                + "name = \"jane\"\nsecret = \"x\"\nemail = ";
        String named = "server.hostname = \"mx.example.net\"\n";
        for (Map.Entry<String, String> row : Map.of(
                        "[\"j@z.example\", \"j@a.example\", \"Postmaster@a.example\"]", "a.example",
                        "[\"j@z.example\", \"j@a.example\"]", "z.example",
                        "[\"j@z.example\", \"@c.example\"]", "c.example")
                .entrySet()) {
            assertThat(postmasterDomain(named + principal + row.getKey() + "\n"))
                    .isEqualTo(row.getValue());
        }
        assertThat(postmasterDomain(named)).isEqualTo("mx.example.net");
    }

    /** RFC 5890: another spelling of a domain than the one that mail may have would be local and never be met. */
    @Test
    void aLocalDomainBeyondAsciiIsInItsOneForm() {
        String directory = "[directory.d]\ntype = \"memory\"\nlookup.domains = ";
        assertThat(Load.codes(directory + "[\"b\u00fccher.example\", \"B\u00dcCHER.example\", \"a.example\"]\n"))
                .isEmpty();
        for (String other : List.of("\uff50artner.example", "bu\u0308cher.example", "b\u00fccher\u3002example")) {
            assertThat(Load.codes(directory + "[\"" + other + "\"]\n")).contains("NH007 3:20");
        }
    }

    private static String postmasterDomain(String text) {
        return Load.ok(text).inbound().plain().postmasterDomain().name();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "queue.outbound.tls.dane = \"disable\"",
                "queue.outbound.tls.dane = false",
                "queue.outbound.tls.mta-sts = \"none\"",
                "queue.outbound.tls.mta-sts = \"disabled\"",
                "queue.outbound.next-hop = \"false\"",
                "queue.outbound.next-hop = \"'local'\"",
                "queue.outbound.next-hop = \"'reject:550 5.7.1 no'\"",
                "queue.outbound.next-hop = \"'defer:later'\"",
                "queue.outbound.next-hop = \"'discard'\"",
            })
    void nothingToSay(String line) {
        assertThat(Load.codes(line + "\n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"'nowhere'\" | NH012 1:20 | no next hop 'nowhere' is defined",
                "\"'rely'\" | NH012 1:20 | no next hop 'rely' is defined",
                "\"'mx'\" | NH012 1:20 | no next hop 'mx' is defined",
                "\"['relay', 'rely']\" | NH012 1:20 | no next hop 'rely' is defined",
                "\"['relay', 'local']\" | NH009 1:20 | a list of next hops holds the ids of remotes alone",
                "true | NH009 1:19 | true is no next hop",
                "25 | NH009 1:19 | 25 is no next hop",
                "\"''\" | NH012 1:20 | no next hop '' is defined",
                "\"'reject:250 ok'\" | NH009 1:20 | a rejection begins with a reply code of 500 to 599",
                "[] | NH009 1:19 | an empty list is no next hop",
                "\"rely\" | NH008 1:20 | *",
                "\"is_local_domain('', rcpt_domian)\" | NH008 1:40 | *",
                "{ if = \"true\", then = \"relay\" } | NH006 1:8 | *",
                "[{ if = \"true\", then = \"relay\" }] | NH010 1:20 | the rules have no 'else'",
                "[{ else = false }] | NH010 1:22 | an 'else' before any 'if'",
                "[{ if = \"1=1\", then = 0 }, { else = 0 }, { else = 0 }] | NH010 1:62 | a second 'else'",
                "[{ if = \"1=2\" }, { else = false }] | NH010 1:20 | rule 1 has an 'if' without 'then'",
                "[{ then = false }, { else = false }] | NH010 1:20 | rule 1 has no 'if'",
                "[{ if = \"1=2\", then = false }, { else = false, then = 1 }] | NH010 1:66 | a 'then' in the table of the 'else'",
                "[{ if = \"1=2\", than = false, then = false }, { else = false }] | NH010 1:34 | 'than' does not belong into a rule",
            })
    void nextHopsThatCanNotBe(String value, String code, String message) {
        String text = "queue.outbound = {" + "next-hop = " + value + "}\n";
        String place = "queue.outbound = {next-hop = ";
        int shift = place.length() - "1234567890123456789".length() + 1;
        List<Problem> errors = Load.text(text + RELAY).problems().stream()
                .filter(problem -> problem.severity() == Severity.ERROR)
                .toList();
        assertThat(errors).as(errors.toString()).isNotEmpty();
        Problem first = errors.getFirst();
        assertThat(first.code().id() + " 1:" + (first.origin().column() - shift))
                .isEqualTo(code);
        if (!message.equals("*")) {
            assertThat(first.message()).isEqualTo(message);
        }
    }

    private static final String RELAY =
            "[remote.relay]\naddress = \"relay.example.org\"\nport = 465\ntls.implicit = true\n";

    private static RemoteHost remote(String lines) {
        return Load.hosts(Load.ok("[remote.r]\n" + lines), "r").getFirst();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "address = \"h.example\" ;; port = 465 ;; tls.implicit = true | OPTIONAL | ",
                "address = \"h.example\" ;; port = 465 | OPTIONAL | ",
                "address = \"h.example\" ;; port = 587 ;; tls.implicit = true | OPTIONAL | NH202",
                "address = \"h.example\" ;; port = 25 | OPTIONAL | NH202",
                "address = \"h.example\" ;; port = 2525 | OPTIONAL | NH203",
                "address = \"h.example\" ;; tls.implicit = false | OPTIONAL | NH204",
                "address = \"h.example\" ;; port = 465 ;; auth.username = \"u\" ;; auth.secret = \"p\" | REQUIRE | ",
                "address = \"127.0.0.1\" ;; port = 465 ;; auth.username = \"u\" ;; auth.secret = \"p\" | OPTIONAL | ",
                "address = \"localhost\" ;; port = 465 ;; auth.username = \"u\" ;; auth.secret = \"p\" | OPTIONAL | ",
                "address = \"h.example\" ;; port = 465 ;; tls.allow-invalid-certs = true ;; auth.username = \"u\" ;; auth.secret = \"p\""
                        + " | REQUIRE | NH210",
                "address = \"h.example\" ;; port = 2424 ;; protocol = \"lmtp\" ;; tls.implicit = false ;; auth.username = \"u\" ;; "
                        + "auth.secret = \"p\" | OPTIONAL | ",
                "address = \"h.example\" ;; port = 465 ;; tls.starttls = \"disable\" | DISABLE | ",
            })
    void remotesAndTheirLints(String written, StartTls expected, String lint) {
        String lines = written.replace(" ;; ", "\n");
        assertThat(remote(lines + "\n").tls().startTls()).isEqualTo(expected);
        String used = "queue.outbound.next-hop = \"'r'\"\n";
        assertThat(Load.text(used + "[remote.r]\n" + lines + "\n").problems())
                .filteredOn(problem -> problem.code() != Code.WRITTEN_SECRET)
                .extracting(problem -> problem.code().id())
                .isEqualTo(lint == null ? List.of() : List.of(lint));
    }

    @Test
    void aRemoteOfSeveralHostsAndLiterals() {
        Configuration configuration = Load.ok("""
                [remote.r]
                address = ["a.example", "[B.example]", "192.0.2.1", "[2001:db8::1]"]
                port = 465
                [remote."relay-1"]
                address = "a.example"
                port = 465
                [queue.outbound]
                next-hop = "relay-1"
                """);
        assertThat(Load.hosts(configuration, "r"))
                .extracting(RemoteHost::address)
                .containsExactly("a.example", "b.example", "192.0.2.1", "2001:db8::1");
        assertThat(Constants.value(configuration
                        .outbound()
                        .routing()
                        .nextHop()
                        .orElseThrow()
                        .rules()
                        .getFirst()
                        .then()))
                .contains(Value.of("relay-1"));
    }

    @ParameterizedTest
    @CsvSource({
        "auth.username = \"u\", NH015",
        "auth.secret = \"hush\", NH015",
        "tls.ca = \"/nowhere/ca.pem\", NH003",
        "protocol = \"http\", NH007",
        "idle-timeout = \"0s\", NH007",
        "concurrency = 0, NH007",
        "tls.starttls = \"perhaps\", NH007",
    })
    void remotesThatCanNotBe(String line, String code) {
        String text = "[remote.r]\naddress = \"h.example\"\nport = 465\n" + line + "\n";
        assertThat(Load.codes(text))
                .singleElement()
                .satisfies(found -> assertThat(found).startsWith(code));
        assertThat(Load.rendered(text)).doesNotContain("hush");
    }

    @Test
    void aBackslashThatTomlRefusesIsReadAsTheDocumentedExampleMeansIt() throws Exception {
        String text = "[queue.outbound]\nnext-hop = [ { if = \"matches('^([^.]+)\\.example\\\\.(org)$', rcpt_domain)\","
                + " then = \"'local'\" }, { else = false } ] # \\. \"\n";
        assertThat(Load.codes(text)).containsExactly("NH205 2:39");
        Facts facts = variable -> Value.of(variable == Variable.RCPT_DOMAIN ? "mail.example.org" : "");
        assertThat(Load.ok(text).outbound().routing().nextHop().orElseThrow().evaluate(facts, Lookups.NONE))
                .isEqualTo(Value.of("local"));
    }

    @Test
    void allSyntaxErrorsAndWhatElseIsWrong() {
        String text = """
                server.hostname = mail.example.org
                [remote.relay]
                address = "relay.example.org
                prot = 25
                [remote.relay
                secret = 123hush
                """;
        assertThat(Load.codes(text))
                .contains("NH001 1:19", "NH001 3:29", "NH005 4:1", "NH001 5:14", "NH001 6:13")
                .noneMatch(code -> code.startsWith("NH011"));
        assertThat(Load.rendered(text)).contains("text needs quotes").doesNotContain("hush");
    }

    @Test
    void placesCountCharactersAndSurviveEveryLineEnd() {
        assertThat(Load.codes(
                        "# é😀\r\nlookup.\"é😀\".x = \"ü\"\r\nxé = 1\r\nqueue.outbound.hostname = \"'é😀' + nix\"\r\n"))
                .contains("NH008 4:35");
    }

    @Test
    void octetsThatAreNoText() {
        Loaded loaded = Configuration.parse(
                "t.toml",
                new byte[] {'a', '=', '1', '\n', 'b', (byte) 0xFF},
                Path.of("/nowhere"),
                new Surroundings(_ -> null, () -> ""));
        assertThat(Load.codes(loaded)).containsExactly("NH003 2:2");
        assertThat(Load.codes(ConfigFileTooLarge.load())).containsExactly("NH003 0:0");
        assertThat(Load.codes(Configuration.load(Path.of("/nowhere/at/all.toml"))))
                .containsExactly("NH003 0:0");
    }

    private static final class ConfigFileTooLarge {
        static Loaded load() {
            byte[] octets = "#".repeat(ConfigFile.MAX_OCTETS + 1).getBytes(StandardCharsets.UTF_8);
            return Configuration.parse("t.toml", octets, Path.of("/nowhere"), new Surroundings(_ -> null, () -> ""));
        }
    }

    @Test
    void deepNestingEndsWithAnError() {
        for (String text :
                List.of("a = " + "[".repeat(50_000), "a.".repeat(20_000) + "b = 1", "a = " + "{b=".repeat(9_000))) {
            assertThat(Load.text(text)).isInstanceOf(Loaded.Failed.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "session.rcpt.relay = true ;; server.listener.a = {bind = \"10.1.2.3:25\", protocol = \"smtp\"} | NH211",
                "session.rcpt.relay = true ;; server.listener.a = {bind = \"127.0.0.1:25\", protocol = \"smtp\"} | ",
                "queue.schedule = {retry = \"6d\"} | NH212",
                "queue.schedule = {expire = \"1h\"} | NH212",
                "server.hostname = \"mail\" | NH208",
                "queue.outbound.next-hop = [{if = true, then = false}, {if = \"size > 5\", then = false}, {else = false}]"
                        + " | NH213 NH213",
                "lookup.default.hostname = \"mx.example.net\" | ",
            })
    void lints(String written, String expected) {
        String text = written.replace(" ;; ", "\n");
        assertThat(Load.text(text + "\n").problems())
                .extracting(problem -> problem.code().id())
                .isEqualTo(expected == null ? List.of() : List.of(expected.split(" ")));
    }

    @Test
    void aThousandLintsHideNoError() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Problems.MAX + 100; i++) {
            text.append("remote.r").append(i).append(" = { address = \"r.example\", tls.implicit = false }\n");
        }
        Loaded loaded = Load.text(text + "queue.outbound.next-hop = \"'nowhere'\"\n");
        assertThat(loaded).isInstanceOf(Loaded.Failed.class);
        assertThat(loaded.problems())
                .hasSize(Problems.MAX + 1)
                .filteredOn(problem -> problem.severity() == Severity.ERROR)
                .singleElement()
                .satisfies(problem -> assertThat(problem.code()).isEqualTo(Code.UNKNOWN_HOP));
    }

    @Test
    void theHostNameHasSeveralSources() {
        assertThat(Load.ok("").hostname()).isEqualTo("mail.example.org");
        assertThat(Load.ok("lookup.default.hostname = \"mx.example.net\"\n").hostname())
                .isEqualTo("mx.example.net");
        assertThat(Load.ok("server.hostname = \"MX.example.com\"\nlookup.default.hostname = \"mx.example.net\"\n")
                        .hostname())
                .isEqualTo("mx.example.com");
        Loaded unnamed = Configuration.parse(
                "t.toml", new byte[0], Path.of("/nowhere"), new Surroundings(_ -> null, () -> "box"));
        assertThat(Load.codes(unnamed)).containsExactly("NH208 1:1");
    }

    @Test
    void whoLivesElsewhere() throws Exception {
        Reception anybody = new Reception("smtp", 25, "192.0.2.1", "h", "", 0);
        Configuration.Inbound split = Load.ok("session.rcpt.elsewhere = \"rcpt_domain = 'a.example'\"\n")
                .inbound();
        RelayRule rule = new RelayRule(split.relay(), split.elsewhere(), Lookups.NONE);
        Mailbox there = Mailbox.parse("x@a.example");
        assertThat(rule.livesElsewhere(anybody, ReversePath.NULL, there)).isTrue();
        assertThat(rule.livesElsewhere(anybody, ReversePath.NULL, Mailbox.parse("x@b.example")))
                .isFalse();
        assertThat(rule.mayRelay(anybody, ReversePath.NULL, there)).isFalse();
        Configuration.Inbound usual = Load.ok("").inbound();
        assertThat(new RelayRule(usual.relay(), usual.elsewhere(), Lookups.NONE)
                        .livesElsewhere(anybody, ReversePath.NULL, there))
                .isFalse();
    }

    @Test
    void whoMayRelay() throws Exception {
        Configuration configuration = Load.ok(
                "session.rcpt.relay = \"!is_empty(authenticated_as) || cidr_match(remote_ip, '10.0.0.0/8')\"\n");
        RelayRule rule = new RelayRule(
                configuration.inbound().relay(), configuration.inbound().elsewhere(), Lookups.NONE);
        Mailbox recipient = Mailbox.parse("a@example.net");
        for (Map.Entry<Reception, Boolean> row : Map.of(
                        new Reception("smtp", 25, "192.0.2.1", "h", "", 0), false,
                        new Reception("smtp", 25, "10.1.2.3", "h", "", 0), true,
                        new Reception("smtp", 25, "192.0.2.1", "h", "jane", 0), true)
                .entrySet()) {
            assertThat(rule.mayRelay(row.getKey(), ReversePath.NULL, recipient)).isEqualTo(row.getValue());
        }
        Configuration.Inbound usual = Load.ok("").inbound();
        RelayRule nobody = new RelayRule(usual.relay(), usual.elsewhere(), Lookups.NONE);
        assertThat(nobody.mayRelay(new Reception("smtp", 25, "127.0.0.1", "h", "jane", 0), ReversePath.NULL, recipient))
                .isFalse();
    }
}
