package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.Login;
import dev.nexthop.client.Mechanism;
import dev.nexthop.client.Proxy;
import dev.nexthop.client.Secret;
import dev.nexthop.route.Manner;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.tls.StartTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a remote host is found and spoken to, as its keys say; and every way to write them that can't be. */
class RemoteKeysTest {
    private static final String NAMED = "address = \"h.example\"\n";
    private static final String PIN = "5be026dc07f2f6d6c9ab1cf2a4bb2e9a1e3c6d5a7d1c0b9f8e7d6c5b4a392817";

    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("secret"), "hush-file\n");
        Files.writeString(folder.resolve("plain"), "no program\n");
        Path token = Files.writeString(folder.resolve("token"), "#!/bin/sh\necho hush-token\n");
        for (String name : List.of("secret", "plain")) {
            Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString("rw-------"));
        }
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rwx------"));
    }

    private Loaded loaded(String text) {
        return Load.text(text.replace("FOLDER", folder.toString()), Map.of(), folder);
    }

    private Configuration ok(String text) {
        Loaded loaded = loaded(text);
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        return ((Loaded.Ok) loaded).configuration();
    }

    private List<RemoteHost> hosts(String lines) {
        return Load.hosts(ok("[remote.r]\n" + lines.replace(" ;; ", "\n") + "\n"), "r");
    }

    private RemoteHost host(String lines) {
        return hosts(lines.contains("address =") ? lines : NAMED + "port = 465\n" + lines)
                .getFirst();
    }

    /** Lines below {@code [remote.r]}, which is the first; the errors that they make, with line and column. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // The address.
                "address = \"/run/x y.sock\" | NH007 2:12",
                "address = \"unix:run/x.sock\" | NH007 2:12",
                "address = \"unix:\" | NH007 2:12",
                "address = [\"/run/x.sock\", \"h.example\"] | NH007 2:11",
                "address = [\"h.example\", \"unix:/run/x.sock\"] | NH007 2:11",
                // Weights and SRV.
                "address = [\"a.example\", \"b.example\"] ;; weights = [1] | NH007 3:11",
                "address = \"a.example\" ;; weights = [1, 2] | NH007 3:11",
                "address = \"a.example\" ;; weights = [] | NH007 3:11",
                "address = \"a.example\" ;; weights = [-1] | NH007 3:12",
                "address = \"a.example\" ;; weights = [65536] | NH007 3:12",
                "address = \"a.example\" ;; weights = [\"much\"] | NH007 3:13",
                "address = \"a.example\" ;; srv = \"submission\" | NH007 3:8",
                "address = \"a.example\" ;; srv = \"_submission._udp\" | NH007 3:8",
                "address = \"a.example\" ;; srv = \"_-._tcp\" | NH007 3:8",
                "address = \"192.0.2.1\" ;; srv = \"_smtp._tcp\" | NH007 3:8",
                "address = \"[2001:db8::1]\" ;; srv = \"_smtp._tcp\" | NH007 3:8",
                "address = \"/run/x.sock\" ;; srv = \"_smtp._tcp\" | NH007 3:8",
                "address = \"a.example\" ;; srv = \"_smtp._tcp\" ;; port = 25 | NH007 4:8",
                // What does nothing on a unix socket.
                "address = \"/run/x.sock\" ;; port = 24 | NH007 3:8",
                "address = \"/run/x.sock\" ;; source-ip = \"192.0.2.10\" | NH007 3:14",
                "address = \"/run/x.sock\" ;; tls.ca = \"FOLDER/none\" | NH007 3:11",
                "address = \"/run/x.sock\" ;; tls.certificate = \"none\" | NH007 3:20",
                "address = \"/run/x.sock\" ;; tls.server-name = \"h.example\" | NH007 3:20",
                "address = \"/run/x.sock\" ;; tls.fingerprint = \"" + PIN + "\" | NH007 3:20",
                // Proxies.
                "address = \"a.example\" ;; proxy = \"socks4://127.0.0.1:1080\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"https://127.0.0.1:1080\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"127.0.0.1:1080\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"socks5://127.0.0.1\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"socks5://127.0.0.1:0\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"socks5://127.0.0.1:65536\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"socks5://127.0.0.1:1080/\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"socks5://jane:hush@127.0.0.1:1080\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"socks5://::1:1080\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"socks5://[127.0.0.1]:1080\" | NH007 3:10",
                "address = \"a.example\" ;; proxy = \"socks5://:1080\" | NH007 3:10",
                "address = \"/run/x.sock\" ;; proxy = \"socks5://127.0.0.1:1080\" | NH007 3:10",
                "proxy = \"http://127.0.0.1:1\" ;; proxy-auth.username = \"u\" | NH015 3:24",
                "proxy = \"http://127.0.0.1:1\" ;; proxy-auth.secret = \"hush\" | NH015 3:22",
                "proxy-auth.username = \"u\" ;; proxy-auth.secret = \"hush\" | NH015 2:24",
                // Login.
                "auth.username = \"u\" | NH015 2:17",
                "auth.secret = \"hush\" | NH015 2:15",
                "auth.secret-file = \"FOLDER/secret\" | NH015 2:20",
                "auth.token-command = [\"FOLDER/token\"] | NH015 2:22",
                "auth.username = \"u\" ;; auth.secret = \"hush\" ;; auth.secret-file = \"FOLDER/secret\" | NH007 4:21",
                "auth.username = \"u\" ;; auth.secret = \"hush\" ;; auth.token-command = [\"FOLDER/token\"] | NH007 4:22",
                "auth.username = \"u\" ;; auth.secret-file = \"FOLDER/none\" | NH003 3:21",
                "auth.username = \"u\" ;; auth.secret-file = \"FOLDER\" | NH003 3:21",
                "auth.username = \"u\" ;; auth.token-command = [] | NH003 3:22",
                "auth.username = \"u\" ;; auth.token-command = [\"token\"] | NH003 3:22",
                "auth.username = \"u\" ;; auth.token-command = [\"FOLDER/none\"] | NH003 3:22",
                "auth.username = \"u\" ;; auth.token-command = [\"FOLDER/plain\", \"hush\"] | NH003 3:22",
                "auth.username = \"u\" ;; auth.token-command = [\"FOLDER\"] | NH003 3:22",
                "auth.username = \"u\" ;; auth.secret = \"hush\" ;; auth.mechanisms = [] | NH007 4:19",
                "auth.username = \"u\" ;; auth.secret = \"hush\" ;; auth.mechanisms = [\"ntlm\"] | NH007 4:21",
                "auth.username = \"u\" ;; auth.secret = \"hush\" ;; auth.mechanisms = [\"plain\", \"xoauth2\"] | NH007 4:19",
                "auth.username = \"u\" ;; auth.token-command = [\"FOLDER/token\"] ;; auth.token-lifetime = \"0s\" | NH007 4:24",
                // TLS.
                "tls.fingerprint = \"5b:e0\" | NH007 2:20",
                "tls.fingerprint = [\"" + PIN + "\", \"x\"] | NH007 2:89",
                "tls.certificate = \"none\" | NH013 2:20",
                "tls.min-version = \"1.1\" | NH007 2:20",
                "tls.min-version = \"TLS\" | NH007 2:20",
                "tls.ciphers = [] | NH007 2:15",
                "tls.ciphers = [\"default\", \"TLS_AES_128_GCM_SHA256\"] | NH007 2:17",
                "tls.ciphers = [\"ECDHE-RSA-AES256-GCM-SHA384\"] | NH007 2:17",
                "tls.ciphers = [\"TLS_AES_128_GCM_SHA256\", \"TLS_RSA_WITH_AES_128_CBC_SHA\"] | NH007 2:43",
                "tls.ciphers = \"SSL_RSA_WITH_RC4_128_MD5\" | NH007 2:16",
                "tls.ciphers = \"TLS_DH_anon_WITH_AES_128_GCM_SHA256\" | NH007 2:16",
                "tls.min-version = \"1.3\" ;; tls.ciphers = [\"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\"] | NH007 3:15",
                "address = \"/run/x.sock\" ;; tls.min-version = \"1.3\" | NH007 3:20",
                // The policy of the host's own name.
                "tls.mta-sts = \"perhaps\" | NH007 2:16",
                "address = \"192.0.2.1\" ;; port = 465 ;; tls.mta-sts = \"optional\" | NH007 4:16",
                "address = [\"a.example\", \"[2001:db8::1]\"] ;; port = 465 ;; tls.mta-sts = \"require\" | NH007 4:16",
                "address = \"localhost\" ;; port = 465 ;; tls.mta-sts = \"require\" | NH007 4:16",
                "address = \"/run/x.sock\" ;; tls.mta-sts = \"require\" | NH007 3:16",
                "address = \"a.example\" ;; srv = \"_smtp._tcp\" ;; tls.mta-sts = \"require\" | NH007 4:16",
                // The rest.
                "ehlo = \"two words\" | NH007 2:9",
                "source-ip = [\"192.0.2.300\"] | NH007 2:15",
                "one-flight = \"perhaps\" | NH007 2:15",
                "timeouts.connect = \"0s\" | NH007 2:21",
                "timeouts.greeting = \"0ms\" | NH007 2:22",
                "timeouts.ehlo = 0 | NH007 2:17",
                "timeouts.tls = \"0m\" | NH007 2:17",
                "timeouts.mail-from = \"0h\" | NH007 2:23",
                "timeouts.rcpt-to = \"0d\" | NH007 2:21",
                "timeouts.data = \"0s\" | NH007 2:18",
                "timeouts.rcpt = \"5m\" | NH005 2:10",
                "health.failures = 0 | NH007 2:19",
                "health.pause = \"soon\" | NH007 2:17",
                "health.probe = \"0s\" | NH007 2:17",
            })
    void whatCanNotBe(String written, String expected) {
        String lines = written.replace(" ;; ", "\n");
        String rest = lines.contains("address =") ? "\n" : "\n" + NAMED;
        rest += lines.matches("(?s).*(port =|srv =|/run/).*") ? "" : "port = 465\n";
        Loaded loaded = loaded("[remote.r]\n" + lines + rest);
        assertThat(loaded.problems().stream()
                        .filter(problem -> problem.severity() == Severity.ERROR)
                        .map(problem ->
                                problem.code().id() + " " + problem.origin().line() + ":"
                                        + problem.origin().column())
                        .toList())
                .as(loaded.problems().toString())
                .containsExactly(expected);
        assertThat(loaded.problems())
                .allSatisfy(problem -> assertThat(problem.render()).doesNotContain("hush"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "socks5://127.0.0.1:1080 | SOCKS5 127.0.0.1 1080",
                "SOCKS5H://Proxy.Example:65535 | SOCKS5 proxy.example 65535",
                "http://[2001:db8::1]:8080 | HTTP_CONNECT 2001:db8::1 8080",
            })
    void proxies(String url, String expected) {
        Manner.Via via = host("proxy = \"" + url + "\" ;; proxy-auth.username = \"u\" ;; proxy-auth.secret = \"hush\"")
                .manner()
                .proxy()
                .orElseThrow();
        assertThat(via.kind() + " " + via.host() + " " + via.port()).isEqualTo(expected);
        assertThat(via.user()).contains(new Proxy.User("u", Secret.of("hush")));
    }

    @ParameterizedTest
    @CsvSource({"/run/lmtp.sock, /run/lmtp.sock", "unix:/run/lmtp.sock, /run/lmtp.sock"})
    void unixSockets(String written, String path) {
        RemoteHost host = host("address = \"" + written + "\" ;; protocol = \"lmtp\"");
        assertThat(host.socket()).contains(Path.of(path));
        assertThat(host.port()).isZero();
        assertThat(host.tls().implicit()).isFalse();
        assertThat(host.tls().startTls()).isEqualTo(StartTls.DISABLE);
        assertThat(loaded("[queue.outbound]\nnext-hop = \"'r'\"\n[remote.r]\naddress = \"" + written
                                + "\"\nprotocol = \"lmtp\"\n")
                        .problems())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"_submissions._tcp, true", "_submission._tcp, false", "_SMTP._tcp, false"})
    void aServiceSaysByItselfWhereItIsAndWhenTlsBegins(String service, boolean implicit) {
        String text = "[queue.outbound]\nnext-hop = \"'r'\"\n[remote.r]\naddress = \"mail.example.org\"\nsrv = \""
                + service + "\"\n";
        assertThat(loaded(text).problems()).isEmpty();
        RemoteHost host = Load.hosts(ok(text), "r").getFirst();
        assertThat(host.tls().implicit()).isEqualTo(implicit);
        assertThat(host.port()).isZero();
        assertThat(codes(text + "tls.implicit = " + !implicit + "\n")).isEmpty();
        // The address is ours, but nobody knows where its SRV records lead.
        String listener = "[server.listener.in]\nbind = \"0.0.0.0:25\"\nprotocol = \"smtp\"\n";
        assertThat(codes(text + listener)).doesNotContain("NH255");
        assertThat(codes(text.replaceAll("srv.*", "port = 25\ntls.implicit = false") + listener))
                .contains("NH255");
        assertThat(codes(text + "weights = [5]\n")).containsExactly("NH265");
    }

    @Test
    void anotherServiceBeginsWithTlsAndIsAskedAbout() {
        String text = "[queue.outbound]\nnext-hop = \"'r'\"\n[remote.r]\naddress = \"h.example\"\nsrv = \"_x._tcp\"\n";
        assertThat(codes(text)).containsExactly("NH203");
        assertThat(Load.hosts(ok(text), "r").getFirst().tls().implicit()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"connect", "greeting", "ehlo", "tls", "mail-from", "rcpt-to", "data"})
    void noTimeIsNoTimeout(String step) {
        String rules = "[ { if = \"rcpt_domain = 'x.example'\", then = \"0s\" }, { else = \"5m\" } ]";
        for (String zero : List.of("\"0s\"", "0", "\"0d\"", rules)) {
            String key = "queue.outbound.timeouts." + step + " = ";
            assertThat(loaded(key + zero + "\n")).as(zero).isNotInstanceOf(Loaded.Ok.class);
            assertThat(loaded(key + zero.replace("0", "1") + "\n")).isInstanceOf(Loaded.Ok.class);
        }
    }

    @Test
    void everyKeyArrives() {
        List<RemoteHost> hosts = hosts("""
                address = ["a.example", "b.example"]
                weights = [3, 1]
                srv = "_Submissions._TCP"
                ehlo = "out.example.org"
                source-ip = ["192.0.2.10", "2001:db8::10"]
                one-flight = true
                tls.fingerprint = "%s"
                timeouts.connect = "1s"
                timeouts.data = "7s"
                health.failures = 5
                health.pause = "30s"
                health.probe = "15s"
                """.formatted(PIN.toUpperCase(Locale.ROOT)));
        assertThat(hosts).extracting(host -> host.manner().selection().weight()).containsExactly(3, 1);
        RemoteHost first = hosts.getFirst();
        assertThat(first.manner().selection().service()).contains("_submissions._tcp");
        assertThat(first.manner().ehlo()).contains("out.example.org");
        assertThat(first.manner().sources()).hasSize(2);
        assertThat(first.limits().oneFlight()).isTrue();
        assertThat(first.tls().pins()).hasSize(1);
        assertThat(first.manner().timeouts().connect()).contains(Duration.ofSeconds(1));
        assertThat(first.manner().timeouts().data()).contains(Duration.ofSeconds(7));
        assertThat(first.manner().timeouts().greeting()).isEmpty();
        assertThat(first.manner().health().failures()).isEqualTo(5);
        assertThat(first.manner().health().pause()).isEqualTo(Duration.ofSeconds(30));
        assertThat(first.manner().health().probe()).contains(Duration.ofSeconds(15));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tls.implicit = true | OPTIONAL",
                "tls.fingerprint = \"" + PIN + "\" | REQUIRE",
                "tls.fingerprint = \"" + PIN + "\" ;; tls.starttls = \"optional\" | OPTIONAL",
                "address = \"127.0.0.1\" ;; tls.fingerprint = \"" + PIN + "\" | REQUIRE",
                "address = \"127.0.0.1\" ;; auth.username = \"u\" ;; auth.secret = \"p\" | OPTIONAL",
                // Beyond a proxy nothing is this machine.
                "address = \"127.0.0.1\" ;; proxy = \"http://192.0.2.1:1\" ;; auth.username = \"u\" ;; auth.secret = \"p\" | REQUIRE",
            })
    void whatStartTlsIsWhenNobodySaysIt(String lines, StartTls expected) {
        assertThat(host(lines).tls().startTls()).isEqualTo(expected);
    }

    @Test
    void beyondAProxyLoopbackIsNotThisMachine() {
        String unchecked = """
                [remote.r]
                address = "127.0.0.1"
                port = 465
                tls.allow-invalid-certs = true
                auth.username = "u"
                auth.secret = "%{env:S}%"
                """;
        Map<String, String> environment = Map.of("S", "hush");
        assertThat(Load.codes(Load.text(unchecked, environment, folder))).doesNotContain("NH210 4:27");
        assertThat(Load.codes(Load.text(unchecked + "proxy = \"socks5://192.0.2.1:1080\"\n", environment, folder)))
                .contains("NH210 4:27");
    }

    @Test
    void mechanisms() {
        String login = "auth.username = \"u\" ;; ";
        assertThat(login(login + "auth.secret = \"p\"").mechanisms()).isEqualTo(Mechanism.FOR_PASSWORDS);
        assertThat(login(login + "auth.secret-file = \"FOLDER/secret\"").mechanisms())
                .isEqualTo(Mechanism.FOR_PASSWORDS);
        assertThat(login(login + "auth.token-command = [\"FOLDER/token\"]").mechanisms())
                .containsExactly(Mechanism.OAUTHBEARER, Mechanism.XOAUTH2);
        assertThat(login(login + "auth.secret-file = \"FOLDER/secret\" ;; auth.mechanisms = [\"xoauth2\"]")
                        .mechanisms())
                .containsExactly(Mechanism.XOAUTH2);
    }

    private Login login(String lines) {
        return host(lines).login().orElseThrow();
    }

    @Test
    void noSecretIsShown() throws IOException {
        for (String secret : List.of(
                "auth.secret = \"hush\"",
                "auth.secret-file = \"secret\"",
                "auth.token-command = [\"FOLDER/token\", \"relay\"]")) {
            Configuration configuration = ok(
                    "[remote.r]\n" + NAMED + "port = 465\nauth.username = \"u\"\n" + secret
                            + "\nproxy = \"http://192.0.2.1:3128\"\nproxy-auth.username = \"v\"\nproxy-auth.secret = \"hush\"\n");
            RemoteHost host = Load.hosts(configuration, "r").getFirst();
            assertThat(host.login().orElseThrow().secret().current()).startsWith("hush");
            assertThat(host.toString()).contains("192.0.2.1").doesNotContain("hush");
            assertThat(configuration.effective().toString())
                    .contains("proxy-auth.username")
                    .doesNotContain("hush");
        }
    }

    @Test
    void secretsThatOthersMayReadAndProgramsThatTheyMayChangeAreNamed() throws IOException {
        String text = "[remote.r]\n" + NAMED + "port = 465\nauth.username = \"u\"\nauth.secret-file = \"secret\"\n";
        assertThat(codes(text)).doesNotContain("NH250");
        Files.setPosixFilePermissions(folder.resolve("secret"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(codes(text)).contains("NH250");
        String proxy = "[remote.r]\n" + NAMED + "port = 465\nproxy = \"http://192.0.2.1:3128\"\n"
                + "proxy-auth.username = \"v\"\nproxy-auth.secret = \"hush\"\n";
        assertThat(codes(proxy)).contains("NH249");
    }

    private List<String> codes(String text) {
        return loaded(text).problems().stream()
                .map(problem -> problem.code().id())
                .toList();
    }

    @Test
    void conversion() {
        for (String word : List.of("unsigned", "always", "never")) {
            assertThat(ok("queue.outbound.conversion = \"" + word + "\"\n").effective())
                    .anyMatch(one -> one.key().equals("queue.outbound.conversion")
                            && one.value().equals(word));
        }
        assertThat(Load.codes("queue.outbound.conversion = \"perhaps\"\n")).containsExactly("NH008 1:30");
    }
}
