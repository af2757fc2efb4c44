package dev.nexthop.lookup;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Locale;

/** Pools of connections to databases. They connect when somebody asks, and keep nothing that is idle for long. */
final class SqlPools {
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LIFETIME = Duration.ofMinutes(30);

    /** The least that the pool takes as a time to wait. */
    private static final long LEAST_MILLIS = 250;

    /** The most octets of one answer that the driver takes before it gives up. */
    private static final int MAX_ANSWER = 4 * 1024 * 1024;

    private SqlPools() {}

    static HikariDataSource sqlite(String id, StoreSettings.Sqlite settings) {
        HikariConfig config = config(id, settings.limits());
        config.setDriverClassName("org.sqlite.JDBC");
        config.setJdbcUrl("jdbc:sqlite:" + settings.file());
        config.addDataSourceProperty(
                "busy_timeout", Long.toString(settings.limits().timeout().toMillis()));
        config.addDataSourceProperty("limit_length", Integer.toString(MAX_ANSWER));
        return new HikariDataSource(config);
    }

    static HikariDataSource postgres(String id, StoreSettings.Postgres settings) {
        StoreSettings.Server server = settings.server();
        HikariConfig config = config(id, settings.limits());
        config.setDriverClassName("org.postgresql.Driver");
        String host = server.host().indexOf(':') < 0 ? server.host() : "[" + server.host() + "]";
        config.setJdbcUrl("jdbc:postgresql://" + host + ":" + server.port() + "/" + encoded(settings.database()));
        if (!server.user().isEmpty()) {
            config.setUsername(server.user());
        }
        if (!server.password().isEmpty()) {
            config.setPassword(server.password());
        }
        // The server ends what takes too long: it would go on after the connection is closed.
        config.setConnectionInitSql("SET statement_timeout = " + inner(settings.limits()));
        String seconds = Integer.toString(seconds(settings.limits().timeout()));
        for (String name : new String[] {"connectTimeout", "loginTimeout", "socketTimeout", "cancelSignalTimeout"}) {
            config.addDataSourceProperty(name, seconds);
        }
        config.addDataSourceProperty("ApplicationName", "nexthop");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("gssEncMode", "disable");
        // A text argument takes the type that the statement wants, so that a number column can be asked with a text.
        config.addDataSourceProperty("stringtype", "unspecified");
        config.addDataSourceProperty("logServerErrorDetail", "false");
        config.addDataSourceProperty("maxResultBuffer", Integer.toString(MAX_ANSWER));
        tls(config, server.tls());
        return new HikariDataSource(config);
    }

    private static void tls(HikariConfig config, StoreSettings.Tls tls) {
        if (!tls.enabled()) {
            config.addDataSourceProperty("sslmode", "disable");
        } else if (!tls.check()) {
            config.addDataSourceProperty("sslmode", "require");
            config.addDataSourceProperty("sslfactory", "org.postgresql.ssl.NonValidatingFactory");
        } else {
            config.addDataSourceProperty("sslmode", "verify-full");
            if (tls.authorities().isPresent()) {
                config.addDataSourceProperty(
                        "sslrootcert", tls.authorities().get().toString());
            } else {
                config.addDataSourceProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
            }
        }
    }

    private static String encoded(String name) {
        return java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    private static HikariConfig config(String id, StoreSettings.Limits limits) {
        long millis = inner(limits);
        HikariConfig config = new HikariConfig();
        config.setPoolName("lookup-" + id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_"));
        config.setMaximumPoolSize(limits.connections());
        config.setMinimumIdle(0);
        config.setConnectionTimeout(millis);
        config.setValidationTimeout(millis);
        config.setInitializationFailTimeout(-1);
        config.setIdleTimeout(IDLE.toMillis());
        config.setMaxLifetime(LIFETIME.toMillis());
        config.setThreadFactory(task ->
                Thread.ofPlatform().daemon(true).name("lookup-pool-" + id).unstarted(task));
        return config;
    }

    /** Shorter than the question, so that the reason for a failure is known before the question is cut. */
    private static long inner(StoreSettings.Limits limits) {
        return Math.max(LEAST_MILLIS, limits.timeout().toMillis() * 4 / 5);
    }

    /** Whole seconds, at least one: what JDBC takes. */
    static int seconds(Duration timeout) {
        return (int) Math.max(1, Math.min(3600, timeout.plusMillis(999).toSeconds()));
    }
}
