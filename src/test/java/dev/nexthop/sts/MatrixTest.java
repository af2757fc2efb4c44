package dev.nexthop.sts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.AddressPolicy;
import dev.nexthop.dns.DnsjavaResolver;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.TestNameServer;
import dev.nexthop.e2e.PolicyHost;
import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TlsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every state of the TXT record and of the policy host comes to, with every kind of policy kept. {@code docs/mta-sts.md}
 * shows the same tables; {@code -Dnexthop.docs=write} writes them anew.
 */
class MatrixTest {
    private static final Path PAGE = Path.of("docs/mta-sts.md");
    private static final String BEGIN = "<!-- tables: begin -->\n";
    private static final String END = "<!-- tables: end -->\n";

    private static final TestCertificates CA = new TestCertificates();
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(400);

    @TempDir
    private Path folder;

    private int number;

    /** A policy that is kept; the id of the TXT record is {@code a1}. */
    private enum Kept {
        NOTHING("nothing kept"),
        ENFORCE("enforce, same id"),
        TESTING("testing, same id"),
        NONE("none, same id"),
        EXPIRED("enforce, expired"),
        OTHER("enforce, other id"),
        OTHER_TESTING("testing, other id");

        private final String title;

        Kept(String title) {
            this.title = title;
        }

        Optional<KeptPolicy> policy(String name) {
            String id = this == OTHER || this == OTHER_TESTING ? "b2" : "a1";
            return switch (this) {
                case NOTHING -> Optional.empty();
                case ENFORCE, OTHER -> Optional.of(kept(name, id, StsPolicy.Mode.ENFORCE, 1));
                case TESTING, OTHER_TESTING -> Optional.of(kept(name, id, StsPolicy.Mode.TESTING, 1));
                case NONE -> Optional.of(kept(name, id, StsPolicy.Mode.NONE, 1));
                case EXPIRED -> Optional.of(kept(name, id, StsPolicy.Mode.ENFORCE, 8));
            };
        }

        private static KeptPolicy kept(String name, String id, StsPolicy.Mode mode, int days) {
            Domain domain = new Domain(name);
            Instant then = NOW.minus(Duration.ofDays(days));
            StsPolicy policy = new StsPolicy(domain, id, mode, List.of("kept.example"), Duration.ofDays(7));
            return new KeptPolicy(policy, domain, then, then);
        }
    }

    /** What a row puts in place before its question. */
    private interface Scene {
        void set(Stage stage) throws IOException;
    }

    /** One domain of the test. */
    private static final class Stage {
        final String name;
        final TestNameServer dns;
        final PolicyHost host;
        Duration patience = PATIENCE;
        AddressPolicy addresses = new AddressPolicy(true);

        Stage(String name, TestNameServer dns, PolicyHost host) {
            this.name = name;
            this.dns = dns;
            this.host = host;
        }

        void txt(String... texts) {
            for (String text : texts) {
                dns.add("_mta-sts.%s. 300 IN TXT \"%s\"\n".formatted(name, text));
            }
        }

        void address() {
            dns.add("mta-sts.%s. 300 IN A 127.0.0.1\n".formatted(name));
        }

        void serve(String mode) {
            host.serve(PolicyHost.policy(mode, 86_400, "mx." + name));
        }
    }

    /**
     * A row.
     *
     * @param what the state
     * @param section of RFC 8461
     * @param scene sets it
     * @param answers for each kept policy
     */
    private record Row(String what, String section, Scene scene, List<String> answers) {}

    private static Row row(String what, String section, Scene scene, String... answers) {
        return new Row(what, section, scene, List.of(answers));
    }

    /** A row of the first table: the policy host is well and serves testing. */
    private static Row txt(String what, String section, Scene scene, String... answers) {
        return row(
                what,
                section,
                stage -> {
                    stage.address();
                    stage.serve("testing");
                    scene.set(stage);
                },
                answers);
    }

    /** A row of the second table: the TXT record is well, and the host has an address. */
    private static Row host(String what, String section, Scene scene, String... answers) {
        return row(
                what,
                section,
                stage -> {
                    stage.txt("v=STSv1; id=a1;");
                    stage.address();
                    scene.set(stage);
                },
                answers);
    }

    /** A row of the second table where nothing can be had, for one reason. */
    private static Row broken(String what, String section, String fault, Scene scene) {
        return host(
                what,
                section,
                scene,
                "unknown: " + fault,
                "kept enforce, " + fault,
                "kept testing, " + fault,
                "unknown: " + fault);
    }

    private static Row answering(String what, String section, String fault, String response) {
        return broken(what, section, fault, stage -> stage.host.answer(response));
    }

    private static Row document(String what, String section, String content) {
        return answering(what, section, "sts-policy-invalid", PolicyHost.response("200 OK", "text/plain", content));
    }

    private static final List<Kept> FIRST =
            List.of(Kept.NOTHING, Kept.ENFORCE, Kept.TESTING, Kept.NONE, Kept.EXPIRED, Kept.OTHER);
    private static final List<Kept> SECOND = List.of(Kept.NOTHING, Kept.OTHER, Kept.OTHER_TESTING, Kept.EXPIRED);

    private static Row current(String what, String section, String text) {
        return txt(
                what,
                section,
                stage -> stage.txt(text),
                "new testing",
                "kept enforce",
                "kept testing",
                "kept none",
                "new testing",
                "new testing");
    }

    private static Row unusable(String what, String section, String... texts) {
        String fault = "sts-policy-invalid";
        return without(what, section, "unknown: " + fault, fault, stage -> stage.txt(texts));
    }

    private static Row without(String what, String section, String nothing, String fault, Scene scene) {
        return txt(
                what,
                section,
                scene,
                nothing,
                "kept enforce, " + fault,
                "kept testing, " + fault,
                "kept none, " + fault,
                nothing,
                "kept enforce, " + fault);
    }

    private static List<Row> texts() {
        String fetch = "sts-policy-fetch-error";
        return List.of(
                current("one record", "3.1", "v=STSv1; id=a1;"),
                current("one record without the last semicolon", "3.1", "v=STSv1;id=a1"),
                current("one record with fields that nobody knows", "3.1", "v=STSv1; next=x,y; id=a1; id=b9;"),
                txt(
                        "one of MTA-STS among others",
                        "3.1",
                        stage -> stage.txt("v=STSv2; id=zz;", "some words", "v=STSv1; id=a1;"),
                        "new testing",
                        "kept enforce",
                        "kept testing",
                        "kept none",
                        "new testing",
                        "new testing"),
                txt(
                        "one record with an id of no kept policy",
                        "3.3, 5.1",
                        stage -> stage.txt("v=STSv1; id=c3;"),
                        "new testing",
                        "new testing",
                        "new testing",
                        "new testing",
                        "new testing",
                        "new testing"),
                without("no such name", "3.1, 5.1", "none", fetch, stage -> {}),
                without("records of others only", "3.1, 5.1", "none", fetch, stage -> stage.txt("v=spf1 -all")),
                unusable("two records", "3.1", "v=STSv1; id=a1;", "v=STSv1; id=a2;"),
                unusable("no id", "3.1", "v=STSv1; ip=a1;"),
                unusable("an empty id", "3.1", "v=STSv1; id=;"),
                unusable("an id of 33 letters", "3.1", "v=STSv1; id=" + "a".repeat(33)),
                unusable("an id with a hyphen", "3.1", "v=STSv1; id=a-1;"),
                unusable("a field without value", "3.1", "v=STSv1; id=a1; more"),
                without(
                        "SERVFAIL",
                        "3.1, 5.1",
                        "unknown: " + fetch,
                        fetch,
                        stage -> stage.dns.fault("_mta-sts." + stage.name + ".", TestNameServer.Fault.SERVFAIL)),
                without(
                        "no answer from DNS",
                        "3.1, 5.1",
                        "unknown: " + fetch,
                        fetch,
                        stage -> stage.dns.fault("_mta-sts." + stage.name + ".", TestNameServer.Fault.SILENT)));
    }

    private static List<Row> hosts() {
        List<Row> rows = new ArrayList<>();
        for (String mode : List.of("enforce", "testing", "none")) {
            String all = "new " + mode;
            rows.add(host("a policy of mode " + mode, "3.2, 5", stage -> stage.serve(mode), all, all, all, all));
        }
        rows.add(good(
                "text/plain with parameters",
                "3.2",
                content -> PolicyHost.response("200 OK", "Text/Plain; charset=utf-8", content)));
        rows.add(good(
                "a policy in chunks",
                "3.3",
                content -> "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(content.length()) + "\r\n"
                        + content
                        + "\r\n0\r\n\r\n"));
        rows.add(good(
                "lines that end with LF",
                "3.2",
                content -> PolicyHost.response("200 OK", "text/plain", content.replace("\r\n", "\n"))));
        rows.add(good(
                "keys that nobody knows, and some twice",
                "3.2",
                content -> PolicyHost.response(
                        "200 OK", "text/plain", content + "colour: red\nmode: none\nmax_age: 0\n")));
        unreachable(rows);
        untrusted(rows);
        answers(rows);
        documents(rows);
        return rows;
    }

    private interface Wrapping {
        String response(String content);
    }

    private static Row good(String what, String section, Wrapping wrapping) {
        Scene scene = stage -> stage.host.answer(wrapping.response(PolicyHost.enforce("mx." + stage.name)));
        return host(what, section, scene, "new enforce", "new enforce", "new enforce", "new enforce");
    }

    private static void unreachable(List<Row> rows) {
        String fault = "sts-policy-fetch-error";
        rows.add(broken("no address", "3.3", fault, stage -> stage.dns.remove("mta-sts." + stage.name + ".")));
        rows.add(broken(
                "SERVFAIL for the address",
                "3.3",
                fault,
                stage -> stage.dns.fault("mta-sts." + stage.name + ".", TestNameServer.Fault.SERVFAIL)));
        rows.add(broken("an address of our own network", "10.3", fault, stage -> {
            stage.serve("enforce");
            stage.addresses = new AddressPolicy(false);
        }));
        rows.add(broken("connection refused", "3.3", fault, stage -> stage.host.close()));
        rows.add(broken("silence", "3.3", fault, stage -> {
            stage.host.keepSilent();
            stage.patience = SHORT;
        }));
        rows.add(broken("an octet now and then", "3.3", fault, stage -> {
            stage.host.drip(PolicyHost.response("200 OK", "text/plain", PolicyHost.enforce("mx." + stage.name)));
            stage.patience = SHORT;
        }));
    }

    private static void untrusted(List<Row> rows) {
        String fault = "sts-webpki-invalid";
        rows.add(broken("a self-signed certificate", "3.3", fault, stage -> {
            stage.serve("enforce");
            stage.host.certificate(TestCertificates.selfSigned("mta-sts." + stage.name));
        }));
        rows.add(broken("a certificate of an unknown authority", "3.3", fault, stage -> {
            stage.serve("enforce");
            stage.host.certificate(new TestCertificates().server("mta-sts." + stage.name));
        }));
        rows.add(broken("an expired certificate", "3.3", fault, stage -> {
            stage.serve("enforce");
            stage.host.certificate(CA.serverValid(-9, -2, "mta-sts." + stage.name));
        }));
        rows.add(broken("a certificate that names the domain and not the policy host", "3.3", fault, stage -> {
            stage.serve("enforce");
            stage.host.certificate(CA.server(stage.name, "mx." + stage.name));
        }));
    }

    private static void answers(List<Row> rows) {
        String fault = "sts-policy-fetch-error";
        String policy = PolicyHost.enforce("mx.example.org");
        rows.add(answering("404", "3.3", fault, PolicyHost.response("404 Not Found", "text/plain", policy)));
        rows.add(answering("500", "3.3", fault, PolicyHost.response("500 Oops", "text/plain", policy)));
        rows.add(answering("204", "3.3", fault, "HTTP/1.1 204 No Content\r\n\r\n"));
        rows.add(broken(
                "301 to itself",
                "3.3",
                fault,
                stage -> stage.host.answer("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: https://mta-sts."
                        + stage.name + "/.well-known/mta-sts.txt\r\n\r\n")));
        rows.add(answering("text/html", "3.2", fault, PolicyHost.response("200 OK", "text/html", policy)));
        rows.add(answering(
                "no media type",
                "3.2",
                fault,
                "HTTP/1.1 200 OK\r\nContent-Length: " + policy.length() + "\r\n\r\n" + policy));
        rows.add(answering(
                "longer than 64 KiB",
                "3.3",
                fault,
                PolicyHost.response("200 OK", "text/plain", policy + "x: y\n".repeat(20_000))));
        rows.add(answering(
                "a response that ends early",
                "3.3",
                fault,
                PolicyHost.response("200 OK", "text/plain", policy).replace("604800\r\n", "6048")));
        rows.add(answering(
                "a response without a length",
                "3.3",
                fault,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + policy));
        rows.add(answering("words that are no HTTP", "3.3", fault, "220 mx.example.org ESMTP\r\n"));
    }

    private static void documents(List<Row> rows) {
        String policy = PolicyHost.enforce("mx.example.org");
        rows.add(document("an empty document", "3.2", ""));
        rows.add(document("no version", "3.2", policy.replace("version: STSv1\r\n", "")));
        rows.add(document("another version", "3.2", policy.replace("STSv1", "STSv2")));
        rows.add(document("no mode", "3.2", policy.replace("mode: enforce\r\n", "")));
        rows.add(document("an unknown mode", "3.2", policy.replace("enforce", "report")));
        rows.add(document("no max_age", "3.2", policy.replace("max_age: 604800\r\n", "")));
        rows.add(document("a negative max_age", "3.2", policy.replace("604800", "-1")));
        rows.add(document("no mx", "3.2", policy.replace("mx: mx.example.org\r\n", "")));
        rows.add(document("an mx that is an address", "3.2", policy.replace("mx.example.org", "[192.0.2.1]")));
        rows.add(
                document("an mx with a star within", "3.2, 4.1", policy.replace("mx.example.org", "mx.*.example.org")));
        rows.add(document("an mx in U-labels", "3.2", policy.replace("mx.example.org", "b\u00fccher.example")));
        rows.add(document("a page of HTML", "3.2", "<html><body>" + policy + "</body></html>"));
        rows.add(broken(
                "octets that are no UTF-8", "3.2", "sts-policy-invalid", stage -> stage.host.answer(latin(policy))));
    }

    /** A response whose content is not UTF-8. */
    private static byte[] latin(String policy) {
        String content = policy + "x: \u00e9\r\n";
        return ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + content.length() + "\r\n\r\n"
                        + content)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void everyStateComesToWhatThePageSays() throws Exception {
        List<String> wrong = new ArrayList<>();
        StringBuilder page = new StringBuilder(BEGIN);
        int cells;
        try (TestNameServer dns = TestNameServer.start("");
                PolicyCache cache = PolicyCache.open(folder.resolve("p"), InstantSource.fixed(NOW), new Deaf())) {
            Resolver resolver = DnsjavaResolver.of(dns.settings(Duration.ofMillis(300)));
            Theatre theatre = new Theatre(dns, cache, resolver, new TlsClient(Optional.of(CA.pem(folder))));
            cells = table(page, "TXT record", FIRST, texts(), theatre, wrong);
            page.append('\n');
            cells += table(page, "Policy host", SECOND, hosts(), theatre, wrong);
        }
        page.append(END);
        assertThat(wrong).isEmpty();
        assertThat(cells).isGreaterThanOrEqualTo(200);
        String before = Files.readString(PAGE);
        String after = before.substring(0, before.indexOf(BEGIN))
                + page
                + before.substring(before.indexOf(END) + END.length());
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            Files.writeString(PAGE, after);
        }
        assertThat(Files.readString(PAGE))
                .as(PAGE + " (run the test with -Dnexthop.docs=write)")
                .isEqualTo(after);
    }

    private record Theatre(TestNameServer dns, PolicyCache cache, Resolver resolver, TlsClient tls) {}

    private int table(
            StringBuilder page, String head, List<Kept> columns, List<Row> rows, Theatre theatre, List<String> wrong)
            throws IOException {
        page.append("| ").append(head);
        columns.forEach(kept -> page.append(" | ").append(kept.title));
        page.append(" | RFC 8461 |\n").append("|---".repeat(columns.size() + 2)).append("|\n");
        int cells = 0;
        for (Row row : rows) {
            page.append("| ").append(row.what());
            for (int i = 0; i < columns.size(); i++) {
                String answer = play(row, columns.get(i), theatre);
                page.append(" | ").append(answer);
                if (!answer.equals(row.answers().get(i))) {
                    wrong.add(row.what() + ", " + columns.get(i).title + ": " + answer + ", not "
                            + row.answers().get(i));
                }
                cells++;
            }
            page.append(" | ")
                    .append("\u00a7")
                    .append(row.section().replace(", ", ", \u00a7"))
                    .append(" |\n");
        }
        return cells;
    }

    private String play(Row row, Kept kept, Theatre theatre) throws IOException {
        String name = "d" + ++number + ".example";
        try (PolicyHost host = PolicyHost.onLoopback(CA.server("mta-sts." + name))) {
            Stage stage = new Stage(name, theatre.dns(), host);
            int port = host.port();
            row.scene().set(stage);
            kept.policy(name).ifPresent(policy -> theatre.cache().policies().put(policy, NOW));
            PolicyFetcher fetcher = new PolicyFetcher(
                    theatre.resolver(), theatre.tls(), new PolicyFetcher.Reach(port, stage.addresses::refusal));
            return words(theatre.cache()
                    .by(new PolicyCache.Means(theatre.resolver(), fetcher))
                    .of(new Domain(name), stage.patience));
        }
    }

    private static String words(StsAnswer answer) {
        return switch (answer) {
            case StsAnswer.None _ -> "none";
            case StsAnswer.Busy _ -> "busy";
            case StsAnswer.Unknown(StsAnswer.Trouble trouble) ->
                "unknown: " + trouble.fault().word();
            case StsAnswer.Known(StsPolicy policy, Optional<StsAnswer.Trouble> trouble) ->
                (policy.patterns().contains("kept.example") ? "kept " : "new ")
                        + policy.mode().name().toLowerCase(Locale.ROOT)
                        + trouble.map(why -> ", " + why.fault().word()).orElse("");
        };
    }

    /** Nobody to be told. */
    private static final class Deaf implements PolicyCache.Watcher {
        @Override
        public void changed(Domain domain) {}

        @Override
        public void failing(Domain domain, String text) {}
    }
}
