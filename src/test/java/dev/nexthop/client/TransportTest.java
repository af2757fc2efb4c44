package dev.nexthop.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What carries the octets: TCP from a chosen address, unix sockets, proxies. */
class TransportTest {
    private static final TlsDemand CLEAR =
            new TlsDemand(false, StartTls.OPTIONAL, CertificateCheck.NEVER, Optional.empty(), Optional.empty());

    private final Watchdog watchdog = new Watchdog();
    private final IdleSessions idle = new IdleSessions(10, watchdog);
    private final Sessions sessions = new Sessions(new Connector(watchdog), new TlsClient(Optional.empty()), idle);
    private final List<String> heard = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        idle.close();
        watchdog.close();
    }

    private static Target target(SocketAddress address, Dialect dialect, Optional<Proxy> proxy) {
        return new Target("hop", "h.example", address, Optional.empty(), dialect, CLEAR, Optional.empty(), "us", proxy);
    }

    private void send(ClientSession session) {
        Transfer transfer = new Transfer(
                ReversePath.NULL,
                List.of(Mailbox.parse("a@x.example")),
                MessageBody.of("a\r\n".getBytes(StandardCharsets.US_ASCII)),
                false);
        session.transact(transfer, StepTimeouts.DEFAULT, (i, answer) -> heard.add(answer.toString()));
    }

    @ParameterizedTest
    @CsvSource({"SMTP", "LMTP"})
    void aUnixSocketCarriesMailAndIsKept(Dialect dialect) throws Exception {
        FaultServer.Way way = dialect == Dialect.SMTP ? FaultServer.Way.SMTP : FaultServer.Way.LMTP;
        UnixDomainSocketAddress path = UnixDomainSocketAddress.of(directory.resolve("socket"));
        try (FaultServer server = FaultServer.start(way);
                Bridge bridge = Bridge.unix(path, server.address())) {
            Target target = target(path, dialect, Optional.empty());
            assertThat(target.loopback()).isTrue();
            assertThat(target.ip()).endsWith("/socket");
            ClientSession session = sessions.open(target, StepTimeouts.DEFAULT);
            for (int i = 0; i < 3; i++) {
                send(session);
                idle.give(session, new IdleSessions.Keep(2, 100, Duration.ofMinutes(1)));
                session = sessions.waiting(target).orElseThrow();
            }
            assertThat(heard).hasSize(3).allMatch(line -> line.contains("250"));
            assertThat(server.connections()).isEqualTo(1);
            assertThat(bridge.requests()).hasSize(1);
        }
        assertThatThrownBy(() -> sessions.open(target(path, dialect, Optional.empty()), StepTimeouts.DEFAULT))
                .isInstanceOf(SessionException.class)
                .hasMessageContaining("CONNECT")
                .hasMessageContaining("/socket");
    }

    @Test
    void aUnixSocketHasNoTls() throws Exception {
        UnixDomainSocketAddress path = UnixDomainSocketAddress.of(directory.resolve("socket"));
        TlsDemand implicit =
                new TlsDemand(true, StartTls.OPTIONAL, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP);
                Bridge bridge = Bridge.unix(path, server.address())) {
            Target target = new Target(
                    "hop",
                    "h",
                    path,
                    Optional.empty(),
                    Dialect.SMTP,
                    implicit,
                    Optional.empty(),
                    "us",
                    Optional.empty());
            assertThatThrownBy(() -> sessions.open(target, StepTimeouts.DEFAULT))
                    .hasMessageContaining("unix socket");
            assertThat(bridge.requests()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SOCKS5,       none,    none,    ''",
        "SOCKS5,       me:hush, me:hush, ''",
        "SOCKS5,       none,    me:hush, ''",
        "SOCKS5,       me:hush, me:no,   user name and password",
        "SOCKS5,       me:hush, none,    wants a login",
        "SOCKS5,       refuse,  none,    connection refused",
        "HTTP_CONNECT, none,    none,    ''",
        "HTTP_CONNECT, me:hush, me:hush, ''",
        "HTTP_CONNECT, me:hush, me:no,   407",
        "HTTP_CONNECT, refuse,  none,    502"
    })
    void aProxyOpensTheConnectionOrSaysWhyNot(Proxy.Kind kind, String wants, String known, String words)
            throws Exception {
        Optional<Proxy.User> user = known.equals("none")
                ? Optional.empty()
                : Optional.of(new Proxy.User("me", Secret.of(known.substring(3))));
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP);
                Bridge bridge = Bridge.proxy(kind, wants, server.address())) {
            InetSocketAddress host = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 25);
            Target target = target(host, Dialect.SMTP, Optional.of(new Proxy(kind, bridge.address(), user)));
            if (words.isEmpty()) {
                send(sessions.open(target, StepTimeouts.DEFAULT));
                assertThat(heard).singleElement().asString().contains("250");
                assertThat(bridge.requests()).containsExactly("192.0.2.7:25");
            } else {
                assertThatThrownBy(() -> sessions.open(target, StepTimeouts.DEFAULT))
                        .hasMessageContaining("CONNECT")
                        .hasMessageContaining("the proxy ")
                        .hasMessageContaining(words)
                        .hasMessageNotContaining("hush");
                assertThat(server.connections()).isZero();
            }
            assertThat(target.loopback()).isFalse();
        }
    }

    @Test
    void aProxyThatIsSilentOrGoneEndsTheStep() throws Exception {
        Duration little = Duration.ofMillis(300);
        StepTimeouts times = new StepTimeouts(little, little, little, little, little, little, little);
        try (FaultServer silent = FaultServer.start(FaultServer.Way.SMTP, "greeting=stall")) {
            Target target = target(
                    silent.address(),
                    Dialect.SMTP,
                    Optional.of(new Proxy(Proxy.Kind.SOCKS5, silent.address(), Optional.empty())));
            assertThatThrownBy(() -> sessions.open(target, times)).hasMessageContaining("TimedOut");
        }
        try (FaultServer rude = FaultServer.start(FaultServer.Way.SMTP, "greeting=drop")) {
            Target target = target(
                    rude.address(),
                    Dialect.SMTP,
                    Optional.of(new Proxy(Proxy.Kind.HTTP_CONNECT, rude.address(), Optional.empty())));
            assertThatThrownBy(() -> sessions.open(target, times)).hasMessageContaining("CONNECT");
        }
    }

    /** Whatever fails before the host is asked is no fault of the host. */
    @ParameterizedTest
    @CsvSource({
        "open, Too many open files,             false",
        "bind, Address already in use,          false",
        "bind, Cannot assign requested address, true"
    })
    void whatFailsBeforeTheConnectionIsOurs(String at, String trouble, boolean missing) {
        String words = at.equals("open") ? "open a socket" : "send from the source address 127.0.0.9";
        Connector connector = new Connector(watchdog, () -> new Socket() {
            @Override
            public void setTcpNoDelay(boolean on) throws SocketException {
                if (at.equals("open")) {
                    throw new SocketException(trouble);
                }
            }

            @Override
            public void bind(SocketAddress address) throws IOException {
                throw new BindException(trouble);
            }
        });
        Target target = new Target(
                "hop",
                "h.example",
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 25),
                Optional.of(InetAddress.ofLiteral("127.0.0.9")),
                Dialect.SMTP,
                CLEAR,
                Optional.empty(),
                "us");
        assertThatExceptionOfType(SessionException.class)
                .isThrownBy(() -> connector.connect(target, Duration.ofSeconds(1)))
                .satisfies(e -> assertThat(e.answer().response())
                        .isEqualTo(new Response.NotBegun("this machine can't " + words + ": " + trouble, missing)));
    }
}
