package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An Exim that keeps what it gets for any domain in one maildir, in a root folder of its own. Its log has the MAIL and RCPT
 * commands as they came. It knows jane and her secret.
 */
final class EximPeer implements Peer, AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final int EXIM = 901;

    /** Each session is a process; there is no first line to look for. */
    private static final Sessions SESSIONS =
            new Sessions(Pattern.compile("^\\S+ \\S+ \\[(\\d+)\\]"), Pattern.compile("\0"));

    private static final String CONFIGURATION = """
            exim_path = /peers/usr/sbin/exim4
            primary_hostname = relay.example.org
            keep_environment =
            local_interfaces = 127.0.0.1
            daemon_smtp_ports = @smtp@ : @smtps@ : @plain@ : @login@ : @cram-md5@ : @all@
            tls_on_connect_ports = @smtps@
            tls_advertise_hosts = *
            tls_certificate = /etc/relay.pem
            tls_privatekey = /etc/relay.key
            chunking_advertise_hosts = *
            smtputf8_advertise_hosts = *
            dsn_advertise_hosts = *
            host_lookup =
            rfc1413_query_timeout = 0s
            message_size_limit = 200K
            log_file_path = /var/log/exim/%slog
            log_selector = +pid +tls_cipher +8bitmime +received_recipients +pipelining +smtp_protocol_error
            acl_smtp_mail = noted
            acl_smtp_rcpt = noted
            acl_smtp_data = accept
            begin acl
            noted:
              accept logwrite = $smtp_command
            begin routers
            all:
              driver = accept
              transport = keep
            begin transports
            keep:
              driver = appendfile
              directory = /var/mail/all
              maildir_format
              user = nobody
              group = nogroup
            begin authenticators
            plain:
              driver = plaintext
              public_name = PLAIN
              server_prompts = :
              server_condition = ${if and {{eq {$auth2}{jane}}{eq {$auth3}{jane-secret}}}}
              server_set_id = $auth2
              server_advertise_condition = ${if or {{eq {$received_port}{@all@}}{eq {$received_port}{@plain@}}}}
            login:
              driver = plaintext
              public_name = LOGIN
              server_prompts = Username:: : Password::
              server_condition = ${if and {{eq {$auth1}{jane}}{eq {$auth2}{jane-secret}}}}
              server_set_id = $auth1
              server_advertise_condition = ${if or {{eq {$received_port}{@all@}}{eq {$received_port}{@login@}}}}
            cram:
              driver = cram_md5
              public_name = CRAM-MD5
              server_secret = ${if eq {$auth1}{jane}{jane-secret}fail}
              server_set_id = $auth1
              server_advertise_condition = ${if or {{eq {$received_port}{@all@}}{eq {$received_port}{@cram-md5@}}}}
            """;

    private final PrivateRoot root;
    private final Process process;

    private EximPeer(PrivateRoot root, Process process) {
        this.root = root;
        this.process = process;
    }

    /**
     * Starts one in the folder, and waits until it listens.
     *
     * @param places its ports: smtp, smtps, and those that offer AUTH: plain, login, cram-md5, all
     */
    static EximPeer start(Path home, Places places, Certificate certificate) throws IOException {
        places.ports("smtp", "smtps", "plain", "login", "cram-md5", "all");
        PrivateRoot root = PrivateRoot.in(home, List.of("Debian-exim"));
        for (String folder : List.of("var/spool/exim4", "var/log/exim")) {
            root.folder(folder, EXIM);
        }
        root.folder("var/mail", PrivateRoot.NOBODY);
        root.copy(certificate.file(), "etc/relay.pem", EXIM);
        root.copy(certificate.key(), "etc/relay.key", EXIM);
        root.folder("etc/exim4", 0);
        root.write("etc/exim4/exim4.conf", places.fill(CONFIGURATION));
        EximPeer peer = new EximPeer(root, root.start(home.resolve("exim.out"), "/peers/usr/sbin/exim4", "-bdf"));
        Await.until("Exim", START_LIMIT, () -> {
            try (Socket socket = Network.ours().connect(new InetSocketAddress("127.0.0.1", places.port("smtp")))) {
                return socket.isConnected();
            }
        });
        return peer;
    }

    @Override
    public List<byte[]> kept() throws IOException {
        return Maildir.messages(root.path("var/mail/all"));
    }

    @Override
    public String session(String domain) throws IOException {
        Path log = root.path("var/log/exim/mainlog");
        return Files.exists(log) ? SESSIONS.with("@" + domain + ">", Files.readString(log)) : "";
    }

    @Override
    public void close() {
        PrivateRoot.end(process);
    }
}
