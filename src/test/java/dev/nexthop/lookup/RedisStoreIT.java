package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.e2e.Ports;
import dev.nexthop.expr.LookupException;
import dev.nexthop.tls.TestCertificates;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real Redis. */
@Tag("redis")
@Timeout(60)
class RedisStoreIT {
    private static final Duration TIME = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private int port;
    private Process server;

    @BeforeEach
    void start() throws Exception {
        port = Ports.free();
        server = redis(List.of("--requirepass", "hush", "--port", Integer.toString(port)), port);
    }

    @AfterEach
    void stop() throws Exception {
        server.destroy();
        server.waitFor();
    }

    private Process redis(List<String> arguments, int listening) throws Exception {
        List<String> command = new ArrayList<>(List.of("redis-server", "--bind", "127.0.0.1", "--save", ""));
        command.addAll(List.of("--dir", folder.toString()));
        command.addAll(arguments);
        File log = folder.resolve("redis.log").toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        boolean up = false;
        while (!up && System.nanoTime() < deadline && process.isAlive()) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), listening)) {
                up = true;
            } catch (IOException e) {
                LockSupport.parkNanos(1_000_000); // not yet
            }
        }
        assertThat(up).as("redis-server listens").isTrue();
        return process;
    }

    private static RemoteStore store(StoreSettings.Server server, Duration time) {
        StoreSettings.Redis settings = new StoreSettings.Redis(server, 1, Sql.limits(time));
        try {
            return Sql.store(new RedisBackend(settings), "the Redis store 'r'", time);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private StoreSettings.Server at(String password) {
        return new StoreSettings.Server("localhost", port, "", password, StoreSettings.Tls.NONE);
    }

    @Test
    void keysAndCounters() throws Exception {
        try (RemoteStore store = store(at("hush"), TIME)) {
            assertThat(store.get("", "k")).isNull();
            assertThat(store.exists("", "k")).isFalse();
            store.set("k", "süß\r\nGET x");
            store.set("empty", "");
            assertThat(store.get("", "k")).isEqualTo("süß\r\nGET x");
            assertThat(store.get("", "empty")).isEmpty();
            assertThat(store.exists("", "empty")).isTrue();
            assertThat(store.increment("n", 5)).isEqualTo(5);
            assertThat(store.increment("n", -7)).isEqualTo(-2);
            assertThat(store.counter("n")).isEqualTo(-2);
            assertThat(store.counter("none")).isZero();
            assertThatThrownBy(() -> store.counter("k")).hasMessageContaining("no whole number");
            assertThatThrownBy(() -> store.increment("k", 1)).hasMessageContaining("not an integer");
            assertThatThrownBy(() -> store.get("", "")).hasMessageContaining("the key is empty");
            store.set("large", "x".repeat(RedisBackend.MAX_VALUE + 1));
            assertThatThrownBy(() -> store.get("", "large")).hasMessageContaining("more than 1048576 octets");
        }
    }

    @Test
    void aWrongPasswordIsSaidWithoutThePassword() {
        for (String password : List.of("sesame", "")) {
            try (RemoteStore store = store(at(password), TIME)) {
                assertThatThrownBy(() -> store.get("", "k"))
                        .isInstanceOf(LookupException.class)
                        .hasMessageMatching("the Redis store 'r' can't be asked: .*(WRONGPASS|NOAUTH).*")
                        .hasMessageNotContaining("sesame");
            }
        }
    }

    @Test
    void aServerThatDiesAndComesBackIsAskedAgain() throws Exception {
        try (RemoteStore store = store(at("hush"), Duration.ofSeconds(2))) {
            store.set("k", "1");
            assertThat(store.get("", "k")).isEqualTo("1");
            stop();
            assertThatThrownBy(() -> store.get("", "k"))
                    .isInstanceOf(LookupException.class)
                    .hasMessageContaining("can't be asked");
            start(port);
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            boolean back = false;
            while (!back && System.nanoTime() < deadline) {
                try {
                    back = store.get("", "k") == null;
                } catch (LookupException e) {
                    LockSupport.parkNanos(1_000_000); // left alone for a moment
                }
            }
            assertThat(back).isTrue();
        }
    }

    private void start(int again) throws Exception {
        server = redis(List.of("--requirepass", "hush", "--port", Integer.toString(again)), again);
    }

    @Test
    void aServerThatHangsIsCut() throws Exception {
        try (HangingServer hanging = new HangingServer();
                RemoteStore store = store(
                        new StoreSettings.Server("localhost", hanging.port(), "", "", StoreSettings.Tls.NONE),
                        Duration.ofMillis(500))) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> store.get("", "k")).isInstanceOf(LookupException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThatThrownBy(() -> store.get("", "k")).hasMessageContaining("so soon after a failure");
            while (store.free() < 4) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void theCertificateMustBeTheHosts() throws Exception {
        TestCertificates authority = new TestCertificates();
        Path ca = authority.pem(folder);
        authority.serverPem(folder, "localhost");
        int secured = Ports.free();
        Process tls = redis(
                List.of(
                        "--port", "0",
                        "--tls-port", Integer.toString(secured),
                        "--tls-cert-file", folder.resolve("server.pem").toString(),
                        "--tls-key-file", folder.resolve("server.key").toString(),
                        "--tls-ca-cert-file", ca.toString(),
                        "--tls-auth-clients", "no"),
                secured);
        try {
            assertThat(asked(secured, "localhost", new StoreSettings.Tls(true, true, Optional.of(ca))))
                    .isEmpty();
            assertThat(asked(secured, "localhost", new StoreSettings.Tls(true, false, Optional.empty())))
                    .isEmpty();
            assertThat(asked(secured, "localhost", new StoreSettings.Tls(true, true, Optional.empty())))
                    .contains("certification path");
            assertThat(asked(secured, "127.0.0.1", new StoreSettings.Tls(true, true, Optional.of(ca))))
                    .as("the certificate of another name")
                    .contains("subject alternative");
        } finally {
            tls.destroy();
            tls.waitFor();
        }
    }

    /** Why it fails; empty when it does not. */
    private static String asked(int port, String host, StoreSettings.Tls tls) {
        try (RemoteStore store = store(new StoreSettings.Server(host, port, "", "", tls), TIME)) {
            store.set("k", "v");
            return "";
        } catch (LookupException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
