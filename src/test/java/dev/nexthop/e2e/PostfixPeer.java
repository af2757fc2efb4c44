package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole Postfix, run from a folder of its own: queue, data, log and all. It keeps what it receives for any domain in one
 * maildir, or passes it on to a relay host.
 */
final class PostfixPeer implements Peer, AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    private static final String MASTER = """
            WHERE inet n - n - - smtpd
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
            virtual unix - n n - - virtual
            lmtp unix - - n - - lmtp
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            postlog unix-dgram n - n - 1 postlogd
            """;

    private static final Sessions SESSIONS =
            new Sessions(Pattern.compile("smtpd\\[(\\d+)\\]: "), Pattern.compile(": connect from "));

    private final Path home;
    private final Network network;
    private final InetSocketAddress address;

    private PostfixPeer(Path home, Network network, InetSocketAddress address) {
        this.home = home;
        this.network = network;
        this.address = address;
    }

    /** How it is to be set up: parameters of main.cf on top of the ones every peer has. */
    static final class Setup {
        private final Map<String, String> parameters = new TreeMap<>();
        private final List<String> services = new ArrayList<>();

        /** One more listener, with parameters of its own; its lines in the log begin with its name. */
        Setup service(String name, int port, String... own) {
            StringBuilder line =
                    new StringBuilder("127.0.0.1:" + port + " inet n - n - - smtpd -o syslog_name=" + name);
            for (String parameter : own) {
                line.append(" -o ").append(parameter);
            }
            services.add(line.append('\n').toString());
            return this;
        }

        /** Sets a parameter. */
        Setup with(String name, String value) {
            parameters.put(name, value);
            return this;
        }

        /** Offers STARTTLS. */
        Setup startTls(Certificate certificate) {
            return with("smtpd_tls_cert_file", certificate.file().toString())
                    .with("smtpd_tls_key_file", certificate.key().toString())
                    .with("smtpd_tls_loglevel", "1")
                    .with("smtpd_tls_security_level", "may");
        }

        /** Speaks TLS from the first octet (RFC 8314 §3). */
        Setup implicitTls(Certificate certificate) {
            return startTls(certificate)
                    .with("smtpd_tls_security_level", "encrypt")
                    .with("smtpd_tls_wrappermode", "yes");
        }

        /** Takes mail only from users that Dovecot knows, and AUTH only under TLS. */
        Setup onlyUsersOf(DovecotPeer dovecot) {
            return with("smtpd_sasl_auth_enable", "yes")
                    .with("smtpd_sasl_type", "dovecot")
                    .with("smtpd_sasl_path", dovecot.authSocket().toString())
                    .with("smtpd_tls_auth_only", "yes")
                    .with("smtpd_relay_restrictions", "permit_sasl_authenticated, reject")
                    .with("smtpd_recipient_restrictions", "permit_sasl_authenticated, reject");
        }

        /** Sends everything to that host; nothing is kept. */
        Setup relayingTo(InetSocketAddress host) {
            return with("relayhost", "[" + host.getAddress().getHostAddress() + "]:" + host.getPort())
                    .with("virtual_mailbox_domains", "");
        }
    }

    /** Starts one in the folder, listening on the address, and waits until it greets. */
    static PostfixPeer start(Path home, Network network, InetSocketAddress address, Setup setup)
            throws IOException, InterruptedException {
        PostfixPeer peer = new PostfixPeer(home, network, address);
        for (String folder : List.of("etc", "queue", "log")) {
            Files.createDirectories(home.resolve(folder));
        }
        peer.owned("data", "postfix");
        peer.owned("mail", "nobody");
        String where = address.getAddress().getHostAddress() + ":" + address.getPort();
        Files.writeString(
                home.resolve("etc/master.cf"), MASTER.replace("WHERE", where) + String.join("", setup.services));
        Map<String, String> parameters = peer.basics();
        parameters.putAll(setup.parameters);
        Files.writeString(
                home.resolve("etc/main.cf"),
                parameters.entrySet().stream()
                        .map(entry -> entry.getKey() + " = " + entry.getValue() + "\n")
                        .collect(Collectors.joining()));
        peer.postfix("start").orFail();
        Await.until("Postfix at " + where, START_LIMIT, peer::listens);
        return peer;
    }

    private Map<String, String> basics() {
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("compatibility_level", "3.6");
        parameters.put("queue_directory", home.resolve("queue").toString());
        parameters.put("data_directory", home.resolve("data").toString());
        parameters.put("command_directory", "/usr/sbin");
        parameters.put("daemon_directory", "/usr/lib/postfix/sbin");
        parameters.put("mail_owner", "postfix");
        parameters.put("setgid_group", "postdrop");
        parameters.put("maillog_file", logFile().toString());
        parameters.put("maillog_file_prefixes", home.toString());
        parameters.put("myhostname", "relay.example.org");
        parameters.put("mydestination", "");
        parameters.put("alias_maps", "");
        parameters.put("alias_database", "");
        parameters.put("inet_interfaces", "all");
        parameters.put("inet_protocols", "ipv4");
        parameters.put("mynetworks", "127.0.0.0/8, 198.51.100.0/24");
        parameters.put("smtpd_relay_restrictions", "permit_mynetworks, reject");
        // Nobody answers for reverse names in a private network, and asking takes ten seconds.
        parameters.put("smtpd_peername_lookup", "no");
        parameters.put("smtp_host_lookup", "native");
        parameters.put("minimal_backoff_time", "2s");
        parameters.put("maximal_backoff_time", "4s");
        parameters.put("queue_run_delay", "2s");
        parameters.put("virtual_mailbox_domains", "static:all");
        parameters.put("virtual_mailbox_base", home.resolve("mail").toString());
        parameters.put("virtual_mailbox_maps", "static:all/");
        parameters.put("virtual_uid_maps", "static:65534");
        parameters.put("virtual_gid_maps", "static:65534");
        return parameters;
    }

    private void owned(String folder, String owner) throws IOException {
        Path path = Files.createDirectories(home.resolve(folder));
        Files.setOwner(
                path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner));
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return address;
    }

    /** What it has delivered, as its files: with LF at the end of a line, {@code Delivered-To} first. */
    List<byte[]> delivered() throws IOException {
        return Maildir.messages(home.resolve("mail/all"));
    }

    @Override
    public List<byte[]> kept() throws IOException {
        return delivered();
    }

    /** With {@code debug_peer_list} every command is in the log. */
    @Override
    public String session(String domain) throws IOException {
        return SESSIONS.with("@" + domain + ">", log());
    }

    /** The recipients of what it has delivered, sorted. */
    List<String> recipients() throws IOException {
        List<String> recipients = new ArrayList<>();
        for (byte[] message : delivered()) {
            new String(message, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith("Delivered-To: "))
                    .findFirst()
                    .ifPresent(line -> recipients.add(line.substring(14)));
        }
        return recipients.stream().sorted().toList();
    }

    /** Its log so far. */
    String log() throws IOException {
        return Files.exists(logFile()) ? Files.readString(logFile()) : "";
    }

    private Path logFile() {
        return home.resolve("log/mail.log");
    }

    private boolean listens() throws IOException {
        try (Socket socket = network.connect(address)) {
            return socket.isConnected();
        }
    }

    private Command.Result postfix(String verb) throws IOException, InterruptedException {
        List<String> words =
                network.entering(List.of("postfix", "-c", home.resolve("etc").toString(), verb));
        return new Command(words, home, Map.of()).run();
    }

    @Override
    public void close() throws IOException {
        Path pidFile = home.resolve("queue/pid/master.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        ProcessHandle.of(pid).ifPresent(master -> {
            List<ProcessHandle> all =
                    Stream.concat(Stream.of(master), master.descendants()).toList();
            all.forEach(ProcessHandle::destroy);
            Await.until("the end of Postfix", START_LIMIT, () -> all.stream().noneMatch(PostfixPeer::runs));
        });
    }

    /** A zombie is over; who inherits it may never ask. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }
}
