package dev.nexthop.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The configuration of a server under test: routing as the test gives it, first in the file, then what any server needs,
 * each part replaceable. Local are the domain example.org and its people jane and bill.
 */
final class ServerFile {
    /** Secret of the administrator. */
    static final String ADMIN_SECRET = "only-for-tests";

    private final Path home;
    private final int smtpPort = Ports.free();
    private final int httpPort = Ports.free();
    private final StringBuilder routing = new StringBuilder();
    private final Map<String, String> parts = new LinkedHashMap<>();

    private ServerFile(Path home) {
        this.home = home;
        parts.put("server", """
                [server]
                hostname = "mx.example.org"
                """);
        parts.put("listeners", """
                [server.listener."smtp"]
                bind = "127.0.0.1:%d"
                protocol = "smtp"

                [server.listener."http"]
                bind = "127.0.0.1:%d"
                protocol = "http"
                """.formatted(smtpPort, httpPort));
        parts.put("store", """
                [store."db"]
                type = "rocksdb"
                path = "%s"

                [storage]
                data = "db"
                blob = "db"
                lookup = "db"
                directory = "staff"
                """.formatted(home.resolve("data")));
        parts.put("directory", """
                [directory."staff"]
                type = "memory"

                [[directory."staff".principals]]
                class = "individual"
                name = "jane"
                secret = "jane-secret"
                email = ["jane@example.org", "postmaster@example.org"]

                [[directory."staff".principals]]
                class = "individual"
                name = "bill"
                secret = "bill-secret"
                email = ["bill@example.org"]
                """);
        parts.put("relay", """
                [session.rcpt]
                relay = true
                """);
        parts.put("admin", """
                [authentication.fallback-admin]
                user = "admin"
                secret = "%s"
                """.formatted(ADMIN_SECRET));
    }

    /** What any server needs, with ports of its own and its data under the folder. */
    static ServerFile in(Path home) {
        return new ServerFile(home);
    }

    /** Adds routing that is printed in a resource of this package, word for word. */
    ServerFile printed(String resource) throws IOException {
        try (InputStream in = ServerFile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no resource " + resource);
            }
            return routing(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Adds routing; all of it comes first in the file, so that its line numbers are the test's. */
    ServerFile routing(String toml) {
        routing.append(toml).append('\n');
        return this;
    }

    /** Sets or replaces a part: server, listeners, store, directory, relay, admin, or one of the test's own. */
    ServerFile part(String name, String toml) {
        parts.put(name, toml);
        return this;
    }

    /** Empties the routing, to write another. */
    ServerFile rerouted(String toml) {
        routing.setLength(0);
        return routing(toml);
    }

    /** Retries after that many seconds, again and again. */
    ServerFile retryEvery(int seconds) {
        return part("schedule", """
                [queue.schedule]
                retry = ["%ds"]
                """.formatted(seconds));
    }

    Path home() {
        return home;
    }

    Path path() {
        return home.resolve("nexthop.toml");
    }

    int smtpPort() {
        return smtpPort;
    }

    int httpPort() {
        return httpPort;
    }

    /** The whole file. */
    String text() {
        return routing + parts.values().stream().collect(Collectors.joining("\n"));
    }

    /** Writes it. */
    Path write() throws IOException {
        return Files.writeString(path(), text());
    }
}
