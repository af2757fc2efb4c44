package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An OpenSMTPD that keeps what it gets for any domain in one maildir, in a root folder of its own. It traces every command.
 * It knows jane and her secret, and hears AUTH under TLS only.
 */
final class OpenSmtpdPeer implements Peer, AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Sessions SESSIONS =
            new Sessions(Pattern.compile("^smtp: (0x[0-9a-f]+):"), Pattern.compile("connected to listener"));

    private static final String CONFIGURATION = """
            pki relay.example.org cert "/etc/relay.pem"
            pki relay.example.org key "/etc/relay.key"
            table users file:/etc/users
            table all { "@" = nobody }
            smtp max-message-size 200K
            listen on 127.0.0.1 port @smtp@ tls pki relay.example.org auth-optional <users> hostname relay.example.org
            listen on 127.0.0.1 port @smtps@ smtps pki relay.example.org auth-optional <users> hostname relay.example.org
            action "keep" maildir "/var/mail/all" virtual <all>
            match from any for any action "keep"
            """;

    private final PrivateRoot root;
    private final Path output;
    private final Places places;
    private final Process process;

    private OpenSmtpdPeer(PrivateRoot root, Path output, Places places, Process process) {
        this.root = root;
        this.output = output;
        this.places = places;
        this.process = process;
    }

    /**
     * Starts one in the folder, and waits until it listens.
     *
     * @param places its ports: smtp, smtps
     */
    static OpenSmtpdPeer start(Path home, Places places, Certificate certificate)
            throws IOException, InterruptedException {
        places.ports("smtp", "smtps");
        PrivateRoot root = PrivateRoot.in(home, List.of("opensmtpd", "opensmtpq"));
        root.folder("var/lib/opensmtpd/empty", 0);
        root.folder("var/mail", PrivateRoot.NOBODY);
        root.copy(certificate.file(), "etc/relay.pem", 0);
        root.copy(certificate.key(), "etc/relay.key", 0);
        String secret = Command.in(home, "openssl", "passwd", "-6", "jane-secret")
                .run()
                .orFail()
                .text();
        root.write("etc/users", "jane " + secret);
        root.write("etc/smtpd.conf", places.fill(CONFIGURATION));
        Path output = home.resolve("smtpd.out");
        OpenSmtpdPeer peer = new OpenSmtpdPeer(
                root,
                output,
                places,
                root.start(output, "/peers/usr/sbin/smtpd", "-d", "-v", "-T", "smtp", "-f", "/etc/smtpd.conf"));
        Await.until("OpenSMTPD", START_LIMIT, () -> {
            try (Socket socket = Network.ours().connect(new InetSocketAddress("127.0.0.1", places.port("smtp")))) {
                return socket.isConnected();
            }
        });
        return peer;
    }

    /**
     * Whether it can do TLS at all: 6.8, as Debian 12 has it, offers it and then ends every handshake with an internal
     * error, because it was not made for OpenSSL 3.
     */
    boolean handshakes() throws IOException, InterruptedException {
        String where = "127.0.0.1:" + places.port("smtps");
        return Command.in(Path.of("/"), "openssl", "s_client", "-connect", where)
                        .run()
                        .exit()
                == 0;
    }

    @Override
    public List<byte[]> kept() throws IOException {
        return Maildir.messages(root.path("var/mail/all"));
    }

    @Override
    public String session(String domain) throws IOException {
        // Its trace repeats the message, whatever octets that has.
        return SESSIONS.with("@" + domain + ">", Files.readString(output, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
        PrivateRoot.end(process);
    }
}
