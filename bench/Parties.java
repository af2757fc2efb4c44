import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The parties of a run: the servers (Exim has a file of its own), the sink, and what speaks TLS in front of it. */
final class Parties {
    private Parties() {}

    /**
     * The ports of the sinks, and the certificate of what speaks TLS in front of the first.
     *
     * @param sink of SMTP
     * @param tls in front of it; 0: nothing is
     * @param lmtp another sink
     * @param late where nothing listens yet
     */
    record Ways(int sink, int tls, int lmtp, int late, Path certificate) {
        String fill(String text) {
            return text.replace("TLSPORT", "" + (tls == 0 ? sink : tls))
                    .replace("LMTPSINK", "" + lmtp)
                    .replace("LATESINK", "" + late)
                    .replace("SINK", "" + sink);
        }
    }

    /**
     * A server under measurement.
     *
     * @param lasting whether its processes go on from message to message, so that there is something to warm up
     * @param flush makes it try everything again
     */
    record Server(String name, int port, Cgroup cgroup, boolean lasting, Flush flush, AutoCloseable end)
            implements AutoCloseable {
        @Override
        public void close() throws Exception {
            end.close();
            cgroup.remove();
        }
    }

    /** An order to try everything again. */
    interface Flush {
        void now() throws Exception;
    }

    static Server nexthop(Path root, Path folder, Ways ways) throws Exception {
        int port = Machine.freePort();
        int http = Machine.freePort();
        Path home = Files.createDirectories(folder.resolve("nexthop"));
        Path config = home.resolve("nexthop.toml");
        String ca = ways.tls() == 0 ? "" : "tls.ca = \"" + ways.certificate() + "\"";
        Files.writeString(
                config,
                ways.fill(Files.readString(root.resolve("bench/nexthop.toml")))
                        .replace("tls.ca = \"CERTIFICATE\"", ca)
                        .replace("HTTPPORT", "" + http)
                        .replace("PORT", "" + port)
                        .replace("FOLDER", home.toString()));
        Cgroup cgroup = Cgroup.make("nexthop");
        Path output = home.resolve("out");
        Process process = new ProcessBuilder(
                        cgroup.inside(root.resolve("nexthop").toString(), "serve", "--config", config.toString()))
                .directory(home.toFile())
                .redirectOutput(output.toFile())
                .redirectError(home.resolve("err").toFile())
                .start();
        Machine.await(() -> Machine.lines(output).contains("nexthop ready"), 60);
        HttpRequest retry = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/api/queue/retry?all=true"))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString("bench:bench-only".getBytes(StandardCharsets.US_ASCII)))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        Flush flush = () -> {
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpResponse<String> answer = client.send(retry, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IOException(answer.statusCode() + ": " + answer.body());
                }
            }
        };
        return new Server("Nexthop", port, cgroup, true, flush, () -> {
            process.destroy();
            process.waitFor(30, TimeUnit.SECONDS);
        });
    }

    static Server postfix(Path folder, Ways ways) throws Exception {
        int port = Machine.freePort();
        Path home = folder.resolve("postfix");
        for (String name : List.of("etc", "queue", "log", "data")) {
            Files.createDirectories(home.resolve(name));
        }
        Files.setOwner(
                home.resolve("data"),
                home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix"));
        String settings = ways.tls() == 0 ? MAIN_CF : MAIN_CF + TLS_CF;
        Files.writeString(
                home.resolve("etc/main.cf"),
                ways.fill(settings)
                        .replace("HOME", home.toString())
                        .replace("CERTIFICATE", ways.certificate().toString()));
        Files.writeString(home.resolve("etc/master.cf"), MASTER_CF.replace("PORT", "" + port));
        Cgroup cgroup = Cgroup.make("postfix");
        Process start = new ProcessBuilder(cgroup.inside("postfix", "-c", home.resolve("etc").toString(), "start"))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log/start").toFile())
                .start();
        start.waitFor(60, TimeUnit.SECONDS);
        Machine.await(() -> Machine.connects(port), 30);
        Flush flush = () -> {
            Process process = new ProcessBuilder("postqueue", "-c", home.resolve("etc").toString(), "-f").inheritIO().start();
            process.waitFor(60, TimeUnit.SECONDS);
        };
        return new Server("Postfix", port, cgroup, true, flush, () -> {
            long pid = Long.parseLong(
                    Files.readString(home.resolve("queue/pid/master.pid")).strip());
            ProcessHandle master = ProcessHandle.of(pid).orElseThrow();
            List<ProcessHandle> all = Stream.concat(master.descendants(), Stream.of(master)).toList();
            all.forEach(ProcessHandle::destroy);
        });
    }

    /** Tuned for relaying: no waiting on the way in, and as many ways out as there are clients. */
    private static final String MAIN_CF = """
            compatibility_level = 3.6
            queue_directory = HOME/queue
            data_directory = HOME/data
            command_directory = /usr/sbin
            daemon_directory = /usr/lib/postfix/sbin
            mail_owner = postfix
            setgid_group = postdrop
            maillog_file = HOME/log/mail.log
            maillog_file_prefixes = HOME
            myhostname = bench.example.org
            mydestination =
            alias_maps =
            alias_database =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            mynetworks = 127.0.0.0/8
            smtpd_relay_restrictions = permit_mynetworks, reject
            relayhost = [127.0.0.1]:SINK
            transport_maps = inline:{ tls.example=smtp:[127.0.0.1]:TLSPORT, lmtp.example=lmtp:inet:[127.0.0.1]:LMTPSINK, late.example=smtp:[127.0.0.1]:LATESINK }
            message_size_limit = 0
            mailbox_size_limit = 0
            in_flow_delay = 0
            smtp_destination_concurrency_limit = 20
            default_destination_concurrency_limit = 20
            initial_destination_concurrency = 20
            smtpd_client_connection_count_limit = 0
            """;

    /** Mail for one domain goes out under TLS, over connections that are kept. */
    private static final String TLS_CF = """
            smtp_tls_policy_maps = inline:{ [127.0.0.1]:TLSPORT=verify }
            smtp_tls_CAfile = CERTIFICATE
            smtp_tls_verify_cert_match = hostname
            smtp_tls_connection_reuse = yes
            smtp_tls_session_cache_database = btree:HOME/data/smtp_scache
            """;

    private static final String MASTER_CF = """
            127.0.0.1:PORT inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            verify unix - - n - 1 verify
            proxymap unix - - n - - proxymap
            proxywrite unix - - n - 1 proxymap
            smtp unix - - n - - smtp
            relay unix - - n - - smtp
            lmtp unix - - n - - lmtp
            showq unix n - n - - showq
            error unix - - n - - error
            retry unix - - n - - error
            discard unix - - n - - discard
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            tlsproxy unix - - n - 0 tlsproxy
            postlog unix-dgram n - n - 1 postlogd
            """;

    /** stunnel, which answers STARTTLS in place of the sink. */
    static AutoCloseable front(Path folder, Ways ways) throws Exception {
        Path key = folder.resolve("front.key");
        Process certify = new ProcessBuilder(
                        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2",
                        "-keyout", key.toString(), "-out", ways.certificate().toString(), "-subj", "/CN=front",
                        "-addext", "subjectAltName=IP:127.0.0.1,DNS:127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("front.openssl").toFile())
                .start();
        certify.waitFor(30, TimeUnit.SECONDS);
        Path config = folder.resolve("front.conf");
        Files.writeString(config, """
                foreground = yes
                pid =
                debug = warning
                [smtp]
                client = no
                protocol = smtp
                accept = 127.0.0.1:%d
                connect = 127.0.0.1:%d
                cert = %s
                key = %s
                """.formatted(ways.tls(), ways.sink(), ways.certificate(), key));
        Process process = new ProcessBuilder("stunnel4", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("front.log").toFile())
                .start();
        Machine.await(() -> Machine.connects(ways.tls()), 10);
        return process::destroy;
    }

    /** smtp-sink, which counts what it gets on its standard output. */
    record Sink(Process process, Path output) implements AutoCloseable {
        private static final Pattern COUNT = Pattern.compile("mesg=(\\d+)");

        static Sink start(Path folder, int port, String... options) throws Exception {
            Path output = Files.createTempFile(folder, "sink", "");
            List<String> words = new ArrayList<>(List.of("smtp-sink", "-u", "nobody", "-c", "-m", "400"));
            words.addAll(List.of(options));
            words.addAll(List.of("127.0.0.1:" + port, "512"));
            Process process = new ProcessBuilder(words)
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Machine.await(() -> Machine.connects(port), 10);
            return new Sink(process, output);
        }

        int received() {
            try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
                byte[] tail = new byte[(int) Math.min(400, file.length())];
                file.seek(file.length() - tail.length);
                file.readFully(tail);
                Matcher matcher = COUNT.matcher(new String(tail, StandardCharsets.US_ASCII));
                int count = 0;
                while (matcher.find()) {
                    count = Integer.parseInt(matcher.group(1));
                }
                return count;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
