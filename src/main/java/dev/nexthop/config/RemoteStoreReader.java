package dev.nexthop.config;

import dev.nexthop.lookup.Authorities;
import dev.nexthop.lookup.PreparedText;
import dev.nexthop.lookup.StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the stores that are databases and servers. */
final class RemoteStoreReader {
    private static final int REDIS_PORT = 6379;

    private final Values values;

    RemoteStoreReader(Values values) {
        this.values = values;
    }

    StoreSettings sqlite(String id) {
        int at = values.place("store", id);
        Path file = values.required(SettingsStore.STORE_PATH, at, "write path = \"/var/lib/nexthop/routes.sqlite\"", id)
                .orElse(Path.of("data.sqlite"));
        return new StoreSettings.Sqlite(values.resolve(file, SettingsStore.STORE_PATH, id), texts(id), limits(id));
    }

    StoreSettings postgres(String id) {
        int at = values.place("store", id);
        String host = values.required(SettingsLookup.HOST, at, "write host = \"db.example.org\"", id)
                .orElse("localhost");
        String database = values.required(SettingsLookup.DATABASE, at, "write database = \"mail\"", id)
                .orElse("mail");
        boolean enabled = values.value(SettingsLookup.TLS, id);
        boolean unchecked = values.value(SettingsLookup.INVALID_CERTS, id);
        StoreSettings.Server server = new StoreSettings.Server(
                host,
                values.value(SettingsLookup.PORT, id),
                values.value(SettingsLookup.USER, id),
                password(id),
                new StoreSettings.Tls(enabled, !unchecked, authorities(id)));
        doubtful(id, server, SettingsLookup.HOST, SettingsLookup.INVALID_CERTS);
        return new StoreSettings.Postgres(server, database, texts(id), limits(id));
    }

    StoreSettings redis(String id) {
        if (values.value(SettingsLookup.REDIS_CLUSTER, id)) {
            values.wrong(
                    SettingsLookup.REDIS_CLUSTER,
                    Code.KIND_NOT_SERVED,
                    "clusters of Redis are not served",
                    "name a single server with redis-type = \"single\"",
                    id);
        }
        List<String> urls =
                new ArrayList<>(values.optional(SettingsLookup.URLS, id).orElse(List.of()));
        values.optional(SettingsLookup.URL, id).ifPresent(urls::add);
        Setting<?> written = values.given(SettingsLookup.URLS, id) ? SettingsLookup.URLS : SettingsLookup.URL;
        if (urls.isEmpty() && !values.given(written, id)) {
            values.missing(
                    "store." + KeyPath.quoted(id) + ".urls is not set",
                    values.place("store", id),
                    "write urls = [\"redis://127.0.0.1:6379\"]");
        } else if (urls.size() > 1) {
            place(written, "a single server of Redis has one URL, and here are " + urls.size(), id);
        }
        String user = values.value(SettingsLookup.USER, id);
        Login login = new Login(user.isEmpty() ? values.value(SettingsLookup.USERNAME, id) : user, password(id));
        Target target = urls.isEmpty() ? Target.NONE : target(written, urls.getFirst(), login, id);
        doubtful(id, target.server, written, written);
        return new StoreSettings.Redis(target.server, target.database, limits(id));
    }

    private record Login(String user, String password) {}

    private record Target(StoreSettings.Server server, int database) {
        static final Target NONE =
                new Target(new StoreSettings.Server("localhost", REDIS_PORT, "", "", StoreSettings.Tls.NONE), 0);
    }

    private Target target(Setting<?> written, String text, Login login, String id) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            return place(written, "this is no URL", id); // Its own words could show the password.
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme();
        String path = url.getPath() == null ? "" : url.getPath();
        Long database = path.length() < 2 ? (Long) 0L : Texts.integer(path.substring(1), 0, 1_000_000);
        boolean flag = url.getFragment() == null || url.getFragment().equals("insecure");
        int port = url.getPort() < 0 ? REDIS_PORT : url.getPort();
        boolean fits = Set.of("redis", "rediss").contains(scheme) && url.getHost() != null && port >= 1;
        if (!fits || port > 65_535 || database == null || !flag || url.getQuery() != null) {
            return place(written, "this is no URL of Redis", id);
        }
        String host = url.getHost().startsWith("[")
                ? url.getHost().substring(1, url.getHost().length() - 1)
                : url.getHost();
        Login inside = login(url.getRawUserInfo());
        boolean twice = !inside.password.isEmpty() && !login.password.isEmpty();
        if (twice) {
            return place(written, "the URL has a password, and password is set, too", id);
        }
        boolean tls = scheme.equals("rediss");
        StoreSettings.Server server = new StoreSettings.Server(
                host,
                port,
                inside.user.isEmpty() ? login.user : inside.user,
                inside.password.isEmpty() ? login.password : inside.password,
                new StoreSettings.Tls(tls, url.getFragment() == null, authorities(id)));
        return new Target(server, database.intValue());
    }

    private static Login login(@Nullable String userInfo) {
        if (userInfo == null) {
            return new Login("", "");
        }
        int colon = userInfo.indexOf(':');
        String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
        String password = colon < 0 ? "" : userInfo.substring(colon + 1);
        return new Login(plain(user), plain(password));
    }

    /** Percent-encoded octets decoded (RFC 3986 §2.1); a plus sign is itself there. */
    private static String plain(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private Target place(Setting<?> setting, String message, String id) {
        // Only the key is shown: the URL may hold a password.
        values.problems()
                .addKey(
                        Code.STORE_PLACE,
                        values.at(setting, id),
                        1,
                        message,
                        "write redis://host:port/database, or rediss:// for TLS");
        return Target.NONE;
    }

    private String password(String id) {
        String password = values.value(SettingsLookup.PASSWORD, id);
        RemoteReader.lineEnd(values, SettingsLookup.PASSWORD, password, id);
        return password;
    }

    private Optional<Path> authorities(String id) {
        Optional<Path> file = RemoteReader.file(values, SettingsLookup.CA, id);
        if (file.isPresent() && Files.isRegularFile(file.get()) && Files.isReadable(file.get())) {
            try {
                Authorities.check(file.get());
            } catch (IOException | GeneralSecurityException e) {
                values.wrong(
                        SettingsLookup.CA,
                        Code.VALUE,
                        "the authorities in '" + file.get() + "' can't be used",
                        "a file with certificates in PEM, of at most 1 MiB, is wanted",
                        id);
            }
        }
        return file;
    }

    private void doubtful(String id, StoreSettings.Server server, Setting<?> clear, Setting<?> unchecked) {
        if (RemoteReader.isLoopback(server.host())) {
            return;
        }
        if (!server.tls().enabled()) {
            values.problems()
                    .addKey(
                            Code.STORE_CLEAR,
                            values.at(clear, id),
                            1,
                            "the connection to '" + id + "' on " + server.host() + " is not encrypted",
                            "");
        } else if (!server.tls().check()) {
            values.problems()
                    .addKey(
                            Code.STORE_UNVERIFIED,
                            values.at(unchecked, id),
                            1,
                            "nobody looks at the certificate of '" + id + "' on " + server.host(),
                            "");
        }
    }

    private StoreSettings.SqlTexts texts(String id) {
        Map<String, String> queries = new LinkedHashMap<>();
        for (String name : values.ids("store", id, "query")) {
            values.optional(SettingsLookup.QUERY, id, name).ifPresent(text -> {
                statement(text, SettingsLookup.QUERY, id, name);
                queries.put(name, text);
            });
        }
        List<String> first = values.value(SettingsLookup.INIT, id);
        return new StoreSettings.SqlTexts(queries, first);
    }

    private void statement(String text, Setting<?> setting, String id, String name) {
        try {
            PreparedText.of(text);
        } catch (IllegalArgumentException e) {
            values.wrong(setting, Code.STORE_STATEMENT, String.valueOf(e.getMessage()), "", id, name);
        }
    }

    private StoreSettings.Limits limits(String id) {
        return new StoreSettings.Limits(
                values.value(SettingsLookup.TIMEOUT, id),
                values.value(SettingsLookup.CONNECTIONS, id),
                new StoreSettings.Cache(
                        values.value(SettingsLookup.CACHE_SIZE, id),
                        values.value(SettingsLookup.CACHE_FOUND, id),
                        values.value(SettingsLookup.CACHE_MISSING, id)));
    }
}
