package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Routes in a database: mail goes where a row says, waits while nobody can say, and goes when somebody can again. */
class LookupStoreIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void aDatabaseThatIsAwayDefersAndNeverMisroutes() throws Exception {
        Path data = scenario.folder("postgres");
        Sink relay = scenario.closing(Sink.smtp());
        int port;
        NexthopProcess server;
        try (EmbeddedPostgres database = postgres(data, 0)) {
            port = database.getPort();
            execute(
                    database,
                    "CREATE TABLE routes (domain TEXT PRIMARY KEY, hop TEXT NOT NULL)",
                    "INSERT INTO routes VALUES ('example.net', 'relay'), ('example.com', 'relay')");
            server = serve(port, relay.port());
            server.take("jane@example.org", List.of("first@example.net"), Mail.simple("up"));
            server.drained(LIMIT);
            assertThat(relay.recipients()).containsExactly("first@example.net");

            server.take("jane@example.org", List.of("nobody@none.test"), Mail.simple("no row"));
            JsonNode unrouted = server.recipient(
                    "nobody@none.test", LIMIT, it -> it.path("attempts").asInt() >= 1);
            assertThat(unrouted.toString()).contains("no route");
            server.cli("queue", "cancel", server.queue().get(0).path("id").asString())
                    .orFail();
        }

        server.take("jane@example.org", List.of("second@example.com"), Mail.simple("down"));
        JsonNode waiting = server.recipient(
                "second@example.com", LIMIT, it -> it.path("attempts").asInt() >= 1);
        assertThat(waiting.path("status").asString()).isEqualTo("deferred");
        assertThat(waiting.toString()).contains("the PostgreSQL store 'pg'").doesNotContain("s3cret");
        assertThat(relay.recipients()).containsExactly("first@example.net");
        assertThat(server.logged("event=alarm subject=routing") + server.output())
                .doesNotContain("s3cret");

        try (EmbeddedPostgres _ = postgres(data, port)) {
            server.drained(LIMIT);
            assertThat(relay.recipients()).containsExactly("first@example.net", "second@example.com");
        }
    }

    private static EmbeddedPostgres postgres(Path data, int port) throws Exception {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPGStartupWait(LIMIT);
        return port == 0 ? builder.start() : builder.setPort(port).start();
    }

    private static void execute(EmbeddedPostgres database, String... statements) throws Exception {
        try (Connection connection = database.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    private NexthopProcess serve(int database, int relay) throws Exception {
        ServerFile file = ServerFile.in(scenario.home())
                .routing("""
                [queue.outbound]
                next-hop = [ { if = "key_exists('pg/routes', rcpt_domain)", then = "key_get('pg/routes', rcpt_domain)" },
                             { else = "'defer:no route for ' + rcpt_domain" } ]
                [remote.relay]
                address = "127.0.0.1"
                port = %d
                protocol = "smtp"
                tls.implicit = false
                tls.starttls = "disable"
                [store.pg]
                type = "postgresql"
                host = "localhost"
                port = %d
                database = "postgres"
                user = "postgres"
                password = "s3cret"
                timeout = "2s"
                cache.size = 0
                [store.pg.query]
                routes = "SELECT hop FROM routes WHERE domain = $1"
                """.formatted(relay, database))
                .retryEvery(1);
        return scenario.closing(NexthopProcess.start(file, Network.ours(), Map.of()));
    }
}
