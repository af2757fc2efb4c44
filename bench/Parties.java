import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The parties of a run: the two servers, the sink, and what speaks TLS in front of it. */
final class Parties {
    private Parties() {}

    /** The ports of the sink, of what speaks TLS in front of it (0: nothing does), and its certificate. */
    record Ways(int sink, int tls, Path certificate) {}

    /** A server under measurement. */
    record Server(String name, int port, Cgroup cgroup, AutoCloseable end) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            end.close();
            cgroup.remove();
        }
    }

    static Server nexthop(Path root, Path folder, Ways ways) throws Exception {
        int port = Machine.freePort();
        Path home = Files.createDirectories(folder.resolve("nexthop"));
        Path config = home.resolve("nexthop.toml");
        Files.writeString(
                config,
                Files.readString(root.resolve("bench/nexthop.toml"))
                        .replace("TLSPORT", "" + (ways.tls() == 0 ? ways.sink() : ways.tls()))
                        .replace("tls.ca = \"CERTIFICATE\"", ways.tls() == 0 ? "" : "tls.ca = \"" + ways.certificate() + "\"")
                        .replace("PORT", "" + port)
                        .replace("SINK", "" + ways.sink())
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
        return new Server("Nexthop", port, cgroup, () -> {
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
        String settings = ways.tls() == 0 ? MAIN_CF : MAIN_CF + TLS_CF.replace("TLSPORT", "" + ways.tls());
        Files.writeString(
                home.resolve("etc/main.cf"),
                settings.replace("HOME", home.toString())
                        .replace("CERTIFICATE", ways.certificate().toString())
                        .replace("SINK", "" + ways.sink()));
        Files.writeString(home.resolve("etc/master.cf"), MASTER_CF.replace("PORT", "" + port));
        Cgroup cgroup = Cgroup.make("postfix");
        Process start = new ProcessBuilder(cgroup.inside("postfix", "-c", home.resolve("etc").toString(), "start"))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log/start").toFile())
                .start();
        start.waitFor(60, TimeUnit.SECONDS);
        Machine.await(() -> Machine.connects(port), 30);
        return new Server("Postfix", port, cgroup, () -> {
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
            in_flow_delay = 0
            smtp_destination_concurrency_limit = 20
            default_destination_concurrency_limit = 20
            initial_destination_concurrency = 20
            smtpd_client_connection_count_limit = 0
            """;

    /** Mail for one domain goes out under TLS, over connections that are kept. */
    private static final String TLS_CF = """
            transport_maps = inline:{ tls.example=smtp:[127.0.0.1]:TLSPORT }
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

        static Sink start(Path folder, int port) throws Exception {
            Path output = folder.resolve("sink");
            Process process = new ProcessBuilder("smtp-sink", "-u", "nobody", "-c", "-m", "400", "127.0.0.1:" + port, "512")
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
