import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Exim of Debian's package exim4-daemon-light, which scripts/peers unpacks: installed it would push Postfix out. It wants folders
 * and users of the system and gets its own, in a root folder that nobody else sees and that lies on the disk of the others.
 */
final class Exim {
    private static final int USER = 901;

    /** Queue runners of a flush: as many as the other servers have ways out. One alone takes message after message. */
    private static final int RUNNERS = 20;

    private Exim() {}

    /** Where scripts/peers unpacks it. */
    static Path unpacked(Path root) {
        return root.resolve("target/peers/root");
    }

    static Parties.Server start(Path root, Path folder, Parties.Ways ways) throws Exception {
        int port = Machine.freePort();
        Path home = house(root, folder.resolve("exim"));
        String settings = ways.fill(CONFIGURATION).replace("PORT", "" + port);
        if (ways.tls() == 0) {
            settings = settings.replaceAll("(?m)^ *tls_verify.*\n", ""); // Exim looks for the file before anybody needs it.
        } else {
            Files.copy(ways.certificate(), home.resolve("etc/sink.pem"));
        }
        Files.writeString(home.resolve("etc/exim4/exim4.conf"), settings);
        Cgroup cgroup = Cgroup.make("exim");
        Process daemon = new ProcessBuilder(cgroup.inside(
                        "unshare", "--mount", "--propagation", "private", "sh", "-ec", ENTER, home.toString(),
                        unpacked(root).toString(), "/peers/usr/sbin/exim4", "-bdf", "-q1m"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("exim.out").toFile())
                .start();
        Machine.await(() -> Machine.connects(port) || !daemon.isAlive(), 30);
        if (!daemon.isAlive()) {
            throw new IOException("Exim did not start: " + Files.readString(folder.resolve("exim.out")));
        }
        Parties.Flush flush = () -> {
            for (int i = 0; i < RUNNERS; i++) {
                new ProcessBuilder(cgroup.inside(
                                "nsenter", "--target", "" + daemon.pid(), "--mount", "--root", "--wd", "/peers/usr/sbin/exim4",
                                "-qf"))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("exim.run").toFile()))
                        .start();
            }
        };
        return new Parties.Server("Exim", port, cgroup, false, flush, () -> {
            daemon.destroy();
            daemon.waitFor(10, TimeUnit.SECONDS);
            for (String pid : Machine.lines(cgroup.path().resolve("cgroup.procs"))) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroy);
            }
        });
    }

    /** A root folder: /usr, /dev and /proc of the machine, /peers what was unpacked, and the rest made here. */
    private static Path house(Path root, Path home) throws IOException {
        for (String name : List.of("usr", "dev", "proc", "peers", "etc/exim4", "tmp", "run", "var/spool/exim4", "var/log/exim")) {
            Files.createDirectories(home.resolve(name));
        }
        for (String name : List.of("var/spool/exim4", "var/log/exim")) {
            Files.setAttribute(home.resolve(name), "unix:uid", USER);
            Files.setAttribute(home.resolve(name), "unix:gid", USER);
        }
        for (String link : List.of("bin", "sbin", "lib", "lib64")) {
            if (Files.isDirectory(Path.of("/usr", link))) {
                Files.createSymbolicLink(home.resolve(link), Path.of("usr", link));
            }
        }
        Files.writeString(home.resolve("etc/passwd"), """
                root:x:0:0::/:/bin/sh
                nobody:x:65534:65534::/:/bin/false
                Debian-exim:x:901:901::/:/bin/false
                """);
        Files.writeString(home.resolve("etc/group"), "root:x:0:\nmail:x:8:\nnogroup:x:65534:\nDebian-exim:x:901:\n");
        Files.writeString(home.resolve("etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files\n");
        Files.writeString(home.resolve("etc/hosts"), "127.0.0.1 localhost\n");
        Files.writeString(home.resolve("etc/services"), "smtp 25/tcp\nlmtp 24/tcp\n");
        try (Stream<Path> libraries = Files.list(unpacked(root).resolve("usr/lib"))) {
            String all = libraries
                    .filter(library -> library.toString().endsWith("-linux-gnu"))
                    .map(library -> "/peers/usr/lib/" + library.getFileName() + "\n")
                    .reduce("", String::concat);
            Files.writeString(home.resolve("etc/ld.so.conf"), all);
        }
        return home;
    }

    private static final String ENTER = """
            root=$0 peers=$1
            shift
            for folder in usr dev proc; do mount --bind "/$folder" "$root/$folder"; done
            mount --bind "$peers" "$root/peers"
            ldconfig -r "$root"
            exec chroot "$root" "$@"
            """;

    /**
     * Tuned for relaying, as its manual advises a busy gateway: a spool in 62 folders, deliveries under its own user without starting
     * anew, no log for each message, nobody looked up. A message is delivered at once, also the eleventh of a connection. It
     * syncs each file of its spool, which can't be switched off.
     */
    private static final String CONFIGURATION = """
            exim_path = /peers/usr/sbin/exim4
            primary_hostname = bench.example.org
            keep_environment =
            disable_ipv6 = true
            local_interfaces = 127.0.0.1
            daemon_smtp_ports = PORT
            spool_directory = /var/spool/exim4
            split_spool_directory = true
            log_file_path = /var/log/exim/%slog
            message_logs = false
            write_rejectlog = false
            deliver_drop_privilege = true
            host_lookup =
            rfc1413_hosts =
            helo_lookup_domains =
            helo_accept_junk_hosts = *
            tls_advertise_hosts =
            message_size_limit = 0
            smtp_accept_max = 1000
            smtp_accept_max_per_connection = 1000000
            smtp_accept_max_nonmail_hosts =
            smtp_accept_queue_per_connection = 0
            smtp_connect_backlog = 512
            queue_run_max = 20
            acl_smtp_rcpt = accept
            begin routers
            tls:
              driver = manualroute
              domains = tls.example
              route_list = * 127.0.0.1::TLSPORT byname
              self = send
              transport = tls
            lmtp:
              driver = manualroute
              domains = lmtp.example
              route_list = * 127.0.0.1::LMTPSINK byname
              self = send
              transport = lmtp
            late:
              driver = manualroute
              domains = late.example
              route_list = * 127.0.0.1::LATESINK byname
              self = send
              transport = smtp
            sink:
              driver = manualroute
              domains = *
              route_list = * 127.0.0.1::SINK byname
              self = send
              transport = smtp
            begin transports
            smtp:
              driver = smtp
              allow_localhost
              hosts_avoid_tls = *
            tls:
              driver = smtp
              allow_localhost
              hosts_require_tls = *
              tls_verify_certificates = /etc/sink.pem
              tls_verify_hosts = *
              tls_resumption_hosts = *
            lmtp:
              driver = smtp
              protocol = lmtp
              allow_localhost
              hosts_avoid_tls = *
            begin retry
            * * F,4d,30s
            """;
}
