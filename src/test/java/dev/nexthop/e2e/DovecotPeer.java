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
import java.util.stream.Stream;

/**
 * A Dovecot run from a folder of its own: LMTP on a TCP port, a mailbox for whoever is written to, and
 * AUTH for Postfix. Its maildirs keep CRLF, so that a file is what was sent.
 */
final class DovecotPeer implements Peer, AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final Path home;
    private final Process process;

    private DovecotPeer(Path home, Process process) {
        this.home = home;
        this.process = process;
    }

    /**
     * Starts one and waits until it listens.
     *
     * @param users lines of a passwd-file, such as {@code name:{PLAIN}secret}
     */
    static DovecotPeer start(Path home, Network network, int lmtpPort, List<String> users) throws IOException {
        return start(home, network, lmtpPort, users, "");
    }

    /** The same, with more settings behind those that every such peer has. */
    static DovecotPeer start(Path home, Network network, int lmtpPort, List<String> users, String more)
            throws IOException {
        Path mail = Files.createDirectories(home.resolve("mail"));
        Files.setOwner(
                mail, mail.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        Files.createDirectories(home.resolve("run"));
        Files.createDirectories(home.resolve("state"));
        Files.write(home.resolve("users"), users);
        Path config = Files.writeString(home.resolve("dovecot.conf"), config(home, lmtpPort) + more);
        Process process = new ProcessBuilder(network.entering(List.of("dovecot", "-F", "-c", config.toString())))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("dovecot.out").toFile())
                .start();
        DovecotPeer peer = new DovecotPeer(home, process);
        Await.until("Dovecot's LMTP", START_LIMIT, () -> {
            try (Socket socket = network.connect(new InetSocketAddress("127.0.0.1", lmtpPort))) {
                return socket.isConnected() && Files.exists(peer.authSocket());
            }
        });
        return peer;
    }

    private static String config(Path home, int lmtpPort) {
        return """
                base_dir = HOME/run
                state_dir = HOME/state
                log_path = HOME/dovecot.log
                protocols = lmtp
                listen = 127.0.0.1
                ssl = no
                disable_plaintext_auth = no
                auth_mechanisms = plain login
                default_login_user = dovenull
                default_internal_user = dovecot
                first_valid_uid = 1
                first_valid_gid = 1
                mail_location = maildir:HOME/mail/%d/%n
                mail_save_crlf = yes
                passdb {
                  driver = passwd-file
                  args = scheme=PLAIN username_format=%u HOME/users
                }
                userdb {
                  driver = static
                  args = uid=nobody gid=nogroup home=HOME/mail/%d/%n allow_all_users=yes
                }
                service lmtp {
                  inet_listener lmtp {
                    address = 127.0.0.1
                    port = PORT
                  }
                }
                service auth {
                  unix_listener HOME/auth.sock {
                    mode = 0666
                  }
                }
                """.replace("HOME", home.toString()).replace("PORT", Integer.toString(lmtpPort));
    }

    /** Where Postfix asks about users. */
    Path authSocket() {
        return home.resolve("auth.sock");
    }

    /** The messages in somebody's mailbox, as its files. */
    List<byte[]> mailbox(String user, String domain) throws IOException {
        return Maildir.messages(home.resolve("mail").resolve(domain).resolve(user));
    }

    @Override
    public List<byte[]> kept() throws IOException {
        List<byte[]> messages = new ArrayList<>();
        try (Stream<Path> folders = Files.find(home.resolve("mail"), 2, (_, kind) -> kind.isDirectory())) {
            for (Path folder : folders.toList()) {
                messages.addAll(Maildir.messages(folder));
            }
        }
        return messages;
    }

    /** With {@code lmtp_rawlog_dir} set to the folder raw, each session is a file. */
    @Override
    public String session(String domain) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("raw"))) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".in")).toList()) {
                String said = Files.readString(file, StandardCharsets.ISO_8859_1);
                if (said.contains("@" + domain + ">")) {
                    return said;
                }
            }
        }
        return "";
    }

    @Override
    public boolean bareLines() {
        return false;
    }

    /** Its log so far. */
    String log() throws IOException {
        return Files.readString(home.resolve("dovecot.log"));
    }

    @Override
    public void close() {
        Await.ended(process, STOP_LIMIT);
    }
}
