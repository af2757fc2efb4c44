package dev.nexthop.lookup;

import dev.nexthop.expr.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** A Redis server. Keys are those of the rules, values are texts, counters are what INCRBY makes. */
final class RedisBackend implements Backend {
    /** The longest value that is read, in octets. */
    static final int MAX_VALUE = 1024 * 1024;

    /** Replies by which a server says that it takes nobody now. */
    private static final List<String> AWAY =
            List.of("NOAUTH", "WRONGPASS", "LOADING", "MASTERDOWN", "MISCONF", "READONLY", "CLUSTERDOWN", "MOVED");

    private final StoreSettings.Redis settings;
    private final RedisClient client;

    RedisBackend(StoreSettings.Redis settings) throws IOException {
        this.settings = settings;
        StoreSettings.Server server = settings.server();
        int millis =
                (int) Math.min(Integer.MAX_VALUE, settings.limits().timeout().toMillis());
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis)
                .database(settings.database())
                .clientName("nexthop");
        if (!server.user().isEmpty()) {
            config.user(server.user());
        }
        if (!server.password().isEmpty()) {
            config.password(server.password());
        }
        tls(config, server.tls());
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(settings.limits().connections());
        pool.setMaxIdle(settings.limits().connections());
        pool.setMinIdle(0);
        pool.setMaxWait(settings.limits().timeout());
        pool.setJmxEnabled(false);
        this.client = RedisClient.builder()
                .hostAndPort(new HostAndPort(server.host(), server.port()))
                .clientConfig(config.build())
                .poolConfig(pool)
                .build();
    }

    private static void tls(DefaultJedisClientConfig.Builder config, StoreSettings.Tls tls) throws IOException {
        if (!tls.enabled()) {
            return;
        }
        SslOptions.Builder options =
                SslOptions.builder().sslVerifyMode(tls.check() ? SslVerifyMode.FULL : SslVerifyMode.INSECURE);
        if (tls.check() && tls.authorities().isPresent()) {
            Path file = tls.authorities().get();
            try {
                Authorities.Packed packed = Authorities.of(file);
                options.trustStoreType(Authorities.TYPE)
                        .truststore(() -> new ByteArrayInputStream(packed.octets()), packed.password());
            } catch (IOException | GeneralSecurityException e) {
                throw new IOException("the authorities in " + file + " can't be used: " + e.getMessage(), e);
            }
        }
        config.sslOptions(options.build());
    }

    @Override
    public boolean isNative() {
        return false;
    }

    @Override
    public @Nullable String get(String query, String key) throws StoreFailure {
        return ask(key, () -> {
            try (Pipeline both = client.pipelined()) {
                Response<Boolean> exists = both.exists(key);
                // Bounded, where GET would send a value of any size.
                Response<String> value = both.getrange(key, 0, MAX_VALUE);
                both.sync();
                String text = value.get();
                if (text.length() > MAX_VALUE) {
                    throw new StoreFailure("the value has more than " + MAX_VALUE + " octets");
                }
                return exists.get() ? text : null;
            }
        });
    }

    @Override
    public boolean exists(String query, String key) throws StoreFailure {
        return ask(key, () -> client.exists(key));
    }

    @Override
    public void set(String key, String value) throws StoreFailure {
        ask(key, () -> client.set(key, value));
    }

    @Override
    public long increment(String key, long by) throws StoreFailure {
        return ask(key, () -> client.incrBy(key, by));
    }

    @Override
    public long counter(String key) throws StoreFailure {
        String text = get("", key);
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new StoreFailure("the counter is no whole number", false, e);
        }
    }

    @Override
    public Value query(PreparedText statement, List<Value> arguments) throws StoreFailure {
        throw new StoreFailure("Redis does not speak SQL");
    }

    private interface Work<T extends @Nullable Object> {
        T run() throws StoreFailure;
    }

    private <T extends @Nullable Object> T ask(String key, Work<T> work) throws StoreFailure {
        if (key.isEmpty()) {
            throw new StoreFailure("the key is empty");
        }
        try {
            return work.run();
        } catch (JedisException e) {
            throw failure(e, key);
        }
    }

    private StoreFailure failure(JedisException e, String key) {
        String words = words(e);
        boolean refused = e instanceof JedisDataException;
        boolean login = e instanceof JedisAccessControlException;
        boolean away = !refused || login || AWAY.stream().anyMatch(words::startsWith);
        String lower = words.toLowerCase(Locale.ROOT);
        String password = settings.server().password();
        boolean telling = refused && lower.contains(key.toLowerCase(Locale.ROOT))
                || !password.isEmpty() && words.contains(password);
        return new StoreFailure(
                telling ? "the server refused it in words that hold the key and are not shown" : words, away, e);
    }

    /** The words of the innermost cause: a pool says only that it has no connection. */
    private static String words(JedisException e) {
        String words = String.valueOf(e.getMessage());
        Throwable cause = e.getCause();
        for (int i = 0; cause != null && i < 20; i++) {
            words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            cause = cause.getCause();
        }
        String plain = words.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return plain.length() > 300 ? plain.substring(0, 300) + "…" : plain;
    }

    @Override
    public void close() {
        client.close();
    }
}
