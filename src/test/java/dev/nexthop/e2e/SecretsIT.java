package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.tls.TestCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * Everything that a run says is searched for every secret that it was given: standard output, the log, the API, explanations,
 * the configuration shown, checks of good and broken files, reloads, notices to senders.
 */
class SecretsIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String HOP_SECRET = "hop-secret-7f3a";
    private static final String PROXY_SECRET = "proxy-secret-91bc";
    private static final String STORE_SECRET = "store-secret-44de";

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private final Map<String, String> said = new LinkedHashMap<>();

    @Test
    void nothingThatARunSaysHoldsASecret() throws Exception {
        Sink hop = scenario.closing(Sink.smtp());
        hop.behave(line -> line.startsWith("EHLO")
                ? "250-sink\r\n250 AUTH PLAIN LOGIN"
                : line.startsWith("AUTH") ? "535 5.7.8 no: " + line : null);
        ServerFile file = ServerFile.in(scenario.home());
        new TestCertificates().serverPem(file.home(), "mx.example.org");
        file.routing("""
                [queue.outbound]
                next-hop = [ { if = "is_local_domain('', rcpt_domain)", then = "'local'" },
                             { if = "rcpt_domain = 'proxied.example'", then = "'proxied'" },
                             { else = "'hop'" } ]
                [remote.hop]
                address = "127.0.0.1"
                port = %d
                tls.implicit = false
                auth.username = "relayer"
                auth.secret = "%s"
                auth.allow-plaintext = true
                [remote.proxied]
                address = "127.0.0.1"
                port = %d
                tls.implicit = false
                proxy = "socks5://127.0.0.1:%d"
                proxy-auth.username = "walker"
                proxy-auth.secret = "%s"
                """.formatted(hop.port(), HOP_SECRET, hop.port(), Ports.free(), PROXY_SECRET));
        file.part("certificate", """
                [certificate.main]
                cert = "%%{file:%s/server.pem}%%"
                private-key = "%%{file:%s/server.key}%%"
                default = true
                """.formatted(file.home(), file.home()));
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        use(server);
        reloadsAndChecks(server, file);
        server.terminate();
        said.put("standard output", server.output());
        said.put("the log", server.log());

        Map<String, String> secrets = secrets(file);
        assertThat(secrets).hasSizeGreaterThan(12);
        assertThat(said).hasSizeGreaterThan(15);
        assertThat(String.join("", said.values())).contains("hop", "jane", "proxied.example");
        List<String> found = new ArrayList<>();
        secrets.forEach((what, secret) -> said.forEach((where, text) -> {
            if (text.contains(secret)) {
                found.add(what + " in " + where);
            }
        }));
        assertThat(found).isEmpty();
    }

    private void use(NexthopProcess server) throws Exception {
        try (SmtpClient plain = server.client();
                SmtpClient client = plain.secured()) {
            assertThat(client.login("jane", "not-hers-55aa").code()).isEqualTo(535);
            assertThat(client.login("jane", "jane-secret").code()).isEqualTo(235);
            assertThat(client.send(
                                    "jane@example.org",
                                    List.of("a@hop.example", "b@proxied.example", "bill@example.org"),
                                    Mail.simple("hello"))
                            .code())
                    .isEqualTo(250);
        }
        server.recipient("a@hop.example", LIMIT, it -> it.path("attempts").asInt() >= 1);
        server.recipient("b@proxied.example", LIMIT, it -> it.path("attempts").asInt() >= 1);
        said.put("the queue by the API", server.queue().toString());
        for (JsonNode message : server.queue()) {
            String id = message.path("id").asString();
            said.put("message " + id, server.message(id).toString());
            keep(server, "queue", "show", id);
        }
        keep(server, "queue", "list");
        keep(server, "queue", "list", "--json");
        keep(server, "account", "list", "--json");
        keep(server, "mailbox", "list", "bill");
        keep(server, "config", "show");
        keep(server, "config", "show", "--json");
        String[] explain = {"explain", "--from", "jane@example.org", "--to", "a@hop.example", "--to", "b@proxied.example"};
        keep(server, explain);
        keep(server, with(explain, "--json"));
        keep(server, with(explain, "--live"));
        keep(server, "check");
        said.put("readiness", server.readiness());
    }

    private void reloadsAndChecks(NexthopProcess server, ServerFile file) throws Exception {
        keep(server, "reload");
        keep(server, "reload", "--dry-run", "--json");
        String good = Files.readString(file.path());
        // Each fault stands where a secret is: what is shown of the place must not show it.
        Map<String, String> faults = Map.of(
                "auth.secret = \"" + HOP_SECRET + "\"", "auth.secret = [\"" + HOP_SECRET + "\", 5]",
                "proxy-auth.secret = \"" + PROXY_SECRET + "\"", "proxy-auth.secret = \"" + PROXY_SECRET + "\" x",
                "secret = \"jane-secret\"", "secret = { a = \"jane-secret\" }",
                "[server]", "[store.other]\ntype = \"redis\"\nurls = [\"redis://user:" + STORE_SECRET + "@127.0.0.1:x\"]\n[server]");
        for (Map.Entry<String, String> fault : faults.entrySet()) {
            assertThat(good).contains(fault.getKey());
            Files.writeString(file.path(), good.replace(fault.getKey(), fault.getValue()));
            keep(server, "check");
            keep(server, "check", "--json");
            said.put("reload of " + said.size(), server.reload().toString());
        }
        String key = Files.readString(file.home().resolve("server.key"));
        Files.writeString(file.home().resolve("server.key"), key.replace("BEGIN", "BEGGIN"));
        Files.writeString(file.path(), good);
        keep(server, "check");
        said.put("reload of a broken key", server.reload().toString());
        Files.writeString(file.home().resolve("server.key"), key);
    }

    private static String[] with(String[] words, String more) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add(more);
        return all.toArray(String[]::new);
    }

    private void keep(NexthopProcess server, String... words) throws IOException, InterruptedException {
        Command.Result result = server.cli(words);
        said.put(said.size() + ": " + String.join(" ", words), result.text() + result.errors());
    }

    /** Each secret as it is, and as it goes over the wire. */
    private static Map<String, String> secrets(ServerFile file) throws IOException {
        Map<String, String> secrets = new LinkedHashMap<>();
        Map<String, String> users = Map.of(
                "jane", "jane-secret", "bill", "bill-secret", "admin", ServerFile.ADMIN_SECRET, "relayer", HOP_SECRET,
                "walker", PROXY_SECRET, "user", STORE_SECRET);
        users.forEach((user, secret) -> {
            secrets.put("the secret of " + user, secret);
            secrets.put("the secret of " + user + " in Base64", base64(secret));
            secrets.put("PLAIN of " + user, base64("\0" + user + "\0" + secret));
            secrets.put("Basic of " + user, base64(user + ":" + secret));
        });
        secrets.put("a wrong password", "not-hers-55aa");
        secrets.put("the token", Files.readString(file.home().resolve("data/admin.token")).strip());
        int line = 0;
        for (String text : Files.readAllLines(file.home().resolve("server.key"))) {
            if (!text.startsWith("-----")) {
                secrets.put("line " + line++ + " of the key", text);
            }
        }
        return secrets;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
