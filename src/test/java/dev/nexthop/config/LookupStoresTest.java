package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.lookup.LookupSettings;
import dev.nexthop.lookup.MemoryTable;
import dev.nexthop.lookup.StoreSettings;
import dev.nexthop.lookup.TableReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stores that rules ask, as they are written in a file. */
class LookupStoresTest {
    @TempDir
    Path folder;

    private Loaded load(String text) {
        return Load.text(text.replace(" ;; ", "\n"), Map.of("SECRET", "s3same"), folder);
    }

    private LookupSettings stores(String text) {
        Loaded loaded = load(text);
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        return ((Loaded.Ok) loaded).configuration().local().lookups();
    }

    private StoreSettings store(String text) {
        return Objects.requireNonNull(stores(text).stores().get("s"));
    }

    private MemoryTable table(String text) {
        return ((StoreSettings.Memory) store(text)).table();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "none",
            value = {
                "format = \"list\" ;; values = [\"10.0.0.20\", \"192.168.1.7\"]     | 10.0.0.20 | 10.0.0.20",
                "format = \"list\" ;; values = [\"10.0.0.20\", \"192.168.1.7\"]     | 10.0.0.2  | none",
                "format = \"list\" ;; values = \"one\"                              | one       | one",
                "format = \"map\" ;; values = [\"a  1 2\", \"b 3\"]                 | a         | 1 2",
                "format = \"map\" ;; separator = \"=\" ;; values = [\"a = 1\"]      | a         | 1",
                "format = \"map\" ;; values = { a = \"1\", \"b.c\" = 2 }            | b.c       | 2",
                "format = \"glob\" ;; values = [\"*.example.org\", \"user@*\"]      | x.example.org | *.example.org",
                "format = \"regex\" ;; values = ['^bounce-\\d+@']                   | bounce-7@x | ^bounce-\\d+@",
                "format = \"list\" ;; values = [\"file:domains.list\", \"more\"]    | example.net | example.net",
                "format = \"list\" ;; values = [\"file:domains.list\", \"more\"]    | # ours    | none",
                "format = \"list\" ;; values = \"file://domains.list\"              | example.org | example.org",
                "format = \"map\" ;; values = \"file:routes.map\" ;; comment = \";\" | example.org | relay",
                "format = \"csv\" ;; values = \"file:routes.csv\" ;; skip-lines = 1 ;; key-column = 2 ;; value-column = 3 | b | x, y",
                "format = \"csv\" ;; values = \"file:routes.csv\" ;; skip-lines = 1 ;; value-column = 0 | 1 | 1",
            })
    void tablesInMemory(String written, String key, String value) throws IOException {
        Files.writeString(folder.resolve("domains.list"), "\uFEFF# ours\nexample.org\r\n\n  example.net  \n");
        Files.writeString(folder.resolve("routes.map"), "; ours\nexample.org relay\n");
        Files.writeString(folder.resolve("routes.csv"), "id,key,value\n1,a,relay\n2,b,\"x, y\"\n");
        assertThat(table("[store.s] ;; type = \"memory\" ;; " + written).get(key))
                .isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "format = \"map\" ;; values = \"file:bad.map\"         | bad.map:2:1 error NH041: a key and a value are parted by a space",
                "format = \"regex\" ;; values = \"file:bad.regex\"     | bad.regex:3:1 error NH041: wrong regular expression",
                "format = \"list\" ;; values = \"file:latin\"          | latin:2:1 error NH041: these octets are not UTF-8",
                "format = \"list\" ;; values = \"file:none\"           | t.toml:4:11 error NH041: there is no file",
                "format = \"list\" ;; values = \"file:%zz\"            | t.toml:4:11 error NH041: this is no path",
                "format = \"list\" ;; values = \"file:.\"              | t.toml:4:11 error NH041: there is no file",
                "format = \"regex\" ;; values = ['(']                  | t.toml:4:12 error NH041: wrong regular expression",
                "format = \"map\" ;; values = [\"a 1\", \"a 2\"]       | t.toml:4:19 error NH041: the key has another value above",
                "format = \"list\" ;; values = { a = 1 }               | t.toml:4:1: error NH041: only a store of format map",
                "format = \"list\" ;; values = [\"https://x.test/l\"]  | t.toml:4:12 error NH041: lists are not fetched over HTTP",
                "format = \"liste\" ;; values = [\"a\"]                | t.toml:3:11 error NH007",
                "format = \"list\"                                     | t.toml:1:8: error NH011: store.s.values is not set",
            })
    void whatIsWrongIsSaidWithItsLine(String written, String problem) throws IOException {
        Files.writeString(folder.resolve("bad.map"), "a 1\nb\n");
        Files.writeString(folder.resolve("bad.regex"), "a\n#\n(\n");
        Files.write(folder.resolve("latin"), new byte[] {'a', '\n', 'h', (byte) 0xFC});
        String rendered = rendered(load("[store.s] ;; type = \"memory\" ;; " + written));
        String[] parts = problem.split(" ", 2);
        assertThat(rendered).contains(parts[0]).contains(parts[1].replaceFirst("^error ", ""));
    }

    /** A list that does not fit is an error while it is read, not the end of the server. */
    @Test
    void listsAreBounded() throws IOException {
        StringBuilder half = new StringBuilder();
        for (int i = 0; i < TableReader.MAX_ENTRIES / 2; i++) {
            half.append(i).append('\n');
        }
        Files.writeString(folder.resolve("half"), half);
        Files.writeString(folder.resolve("more"), "\n#\n" + half + "one\ntwo\n");
        String store = "type = \"memory\" ;; format = \"list\" ;; values = \"file:";
        assertThat(table("[store.s] ;; " + store + "half\" ;; [store.t] ;; " + store + "half\"")
                        .size())
                .isEqualTo(TableReader.MAX_ENTRIES / 2);
        Loaded tooMany = load("[store.s] ;; " + store + "half\" ;; [store.t] ;; " + store + "more\"");
        assertThat(tooMany.problems())
                .extracting(problem -> problem.code().id() + " " + problem.origin() + " " + problem.message())
                .containsExactly("NH041 " + folder.resolve("more") + ":" + (TableReader.MAX_ENTRIES / 2 + 3)
                        + ":1 the tables of a configuration have at most 200000 entries together; keep a list this long"
                        + " in a database");

        Files.writeString(folder.resolve("line"), "a\r\n" + "ü".repeat(ListLines.MAX_LINE / 2 + 1) + "\n");
        assertThat(rendered(load("[store.s] ;; " + store + "line\"")))
                .contains("line:2:1", "a line has at most 16384 octets");
        Files.write(folder.resolve("large"), new byte[MemoryReader.MAX_OCTETS + 1]);
        assertThat(rendered(load("[store.s] ;; " + store + "large\"")))
                .contains("NH041", "is larger than 8388608 octets, the most that fit");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type = \"redis\" ;; urls = [\"rediss://localhost\"]                        | 4",
                "type = \"postgresql\" ;; host = \"localhost\" ;; database = \"mail\" ;; tls.enable = true | 6",
            })
    void authoritiesAreReadAtLoad(String store, int line) throws IOException {
        Files.writeString(folder.resolve("ca.pem"), "no certificate\n");
        Loaded loaded = load("[store.s] ;; " + store + " ;; tls.ca = \"ca.pem\"");
        assertThat(Load.codes(loaded)).contains("NH007 " + line + ":11");
        assertThat(rendered(loaded)).contains("the authorities in '" + folder.resolve("ca.pem") + "' can't be used");
    }

    private static String rendered(Loaded loaded) {
        return loaded.problems().stream().map(Problem::render).collect(Collectors.joining("\n"));
    }

    /** What Stalwart 0.7 fetched and kept a file for is read from the file. */
    @Test
    void aFallbackFileIsReadWithAWarning() throws IOException {
        Files.writeString(folder.resolve("l.list"), "a\n");
        String text = "[store.s] ;; type = \"memory\" ;; format = \"glob\" ;; "
                + "values = [\"https://x.test/l\", \"file+fallback://l.list\"]";
        assertThat(table(text).get("a")).isEqualTo("a");
        assertThat(Load.codes(load(text))).containsExactly("NH106 4:12");
    }

    @Test
    void postgresAsTheManualOf07HasIt() {
        StoreSettings.Postgres store = (StoreSettings.Postgres) store("""
                [store."s"]
                type = "postgresql"
                host = "localhost"
                port = 5433
                database = "mail"
                user = "postgres"
                password = "%{env:SECRET}%"
                timeout = "15s"
                [store."s".tls]
                enable = false
                allow-invalid-certs = false
                [store."s".pool]
                max-connections = 7
                [store."s".query]
                routes = "SELECT hop FROM routes WHERE domain = $1"
                [store."s".init]
                execute = ["CREATE TABLE IF NOT EXISTS routes (domain TEXT, hop TEXT)"]
                """);
        assertThat(store.server())
                .isEqualTo(new StoreSettings.Server(
                        "localhost",
                        5433,
                        "postgres",
                        "s3same",
                        new StoreSettings.Tls(false, true, java.util.Optional.empty())));
        assertThat(store.limits().timeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(store.limits().connections()).isEqualTo(7);
        assertThat(store.limits().cache().found()).isEqualTo(Duration.ofSeconds(30));
        assertThat(store.texts().queries()).containsOnlyKeys("routes");
        assertThat(store.texts().first()).hasSize(1);
        assertThat(store.toString()).doesNotContain("s3same");
    }

    @ParameterizedTest
    @CsvSource({
        "redis://127.0.0.1, 127.0.0.1, 6379, '', '', 0",
        "redis://localhost:7000/3, localhost, 7000, '', '', 3",
        "redis://me:p%40ss+word@localhost, localhost, 6379, me, p@ss+word, 0",
        "redis://:hush@[::1]:1, ::1, 1, '', hush, 0",
        "rediss://redis.test#insecure, redis.test, 6379, '', '', 0",
    })
    void urlsOfRedis(String url, String host, int port, String user, String password, int database) {
        StoreSettings.Redis store =
                (StoreSettings.Redis) store("[store.s] ;; type = \"redis\" ;; urls = [\"" + url + "\"]");
        assertThat(store.server().host()).isEqualTo(host);
        assertThat(store.server().port()).isEqualTo(port);
        assertThat(store.server().user()).isEqualTo(user);
        assertThat(store.server().password()).isEqualTo(password);
        assertThat(store.database()).isEqualTo(database);
        assertThat(store.server().tls().enabled()).isEqualTo(url.startsWith("rediss"));
        assertThat(store.server().tls().check()).isEqualTo(!url.endsWith("#insecure"));
    }

    /** No word of a URL is shown, whatever is wrong with it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "urls = [\"redis://u:hush@h ost\"]                     | NH042",
                "urls = [\"http://u:hush@host\"]                       | NH042",
                "urls = [\"redis://u:hush@host/x\"]                    | NH042",
                "urls = [\"redis://u:hush@host\", \"redis://other\"]   | NH042",
                "url = \"redis://u:hush@host:99999\"                   | NH042",
                "url = \"redis://u:hush@host\" ;; password = \"%{env:SECRET}%\" | NH042",
                "url = \"redis://u:hush@localhost\" ;; redis-type = \"cluster\" | NH018",
                "url = \"redis://u:hush@localhost\" ;; nonsense = 1    | NH005",
            })
    void whatIsNoUrlOfRedisIsRefusedUnseen(String written, String code) {
        Loaded loaded = load("[store.s] ;; type = \"redis\" ;; " + written);
        assertThat(rendered(loaded)).contains(code).doesNotContain("hush").doesNotContain("s3same");
        assertThat(loaded).isInstanceOf(Loaded.Failed.class);
    }

    @Test
    void secretsAreMaskedInForce() {
        Loaded.Ok loaded = (Loaded.Ok)
                load(
                        "[store.s] ;; type = \"redis\" ;; url = \"redis://:hush@localhost\" ;; "
                                + "[store.t] ;; type = \"postgresql\" ;; host = \"localhost\" ;; database = \"d\" ;; password = \"%{env:SECRET}%\"");
        assertThat(loaded.configuration().effective().toString())
                .doesNotContain("hush")
                .doesNotContain("s3same");
        assertThat(loaded.configuration().toString()).doesNotContain("hush").doesNotContain("s3same");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lookup.s.a = 1 ;; [store.s] ;; type = \"sqlite\" ;; path = \"x\"         | NH040 2:8",
                "[store.default] ;; type = \"sqlite\" ;; path = \"x\"                     | NH040 1:8",
                "[store.'*'] ;; type = \"sqlite\" ;; path = \"x\"                         | NH040 1:8",
                "[store.s] ;; type = \"sqlite\" ;; path = \"x\" ;; query.a = \"SELECT 1; SELECT 2\" | NH043 4:12",
                "[store.s] ;; type = \"sqlite\"                                           | NH011 1:8",
                "[store.s] ;; type = \"postgresql\"                                       | NH011 1:8",
                "[store.s] ;; type = \"mysql\" ;; [storage] ;; data = \"s\"               | NH018 2:9",
                "[store.s] ;; type = \"sqlite\" ;; path = \"x\" ;; [storage] ;; data = \"s\" | NH018 5:9",
                "[storage] ;; lookup = \"s\"                                              | NH013 2:11",
            })
    void whatCantBeAStoreIsRefused(String text, String code) {
        assertThat(Load.codes(load(text)).stream().distinct()).contains(code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lookup.default.a = 1                                                        | *",
                "[store.main] ;; type = \"rocksdb\" ;; path = \"d\"                          | main",
                "[store.main] ;; type = \"rocksdb\" ;; path = \"d\" ;; [store.s] ;; type = \"sqlite\" ;; path = \"x\" | main",
                "[store.s] ;; type = \"sqlite\" ;; path = \"x\"                              | *",
                "[store.s] ;; type = \"sqlite\" ;; path = \"x\" ;; [storage] ;; lookup = \"s\" | s",
            })
    void theDefaultStoreIsTheNamedOneElseTheEmbedded(String text, String fallback) {
        LookupSettings settings = stores(text);
        assertThat(settings.fallback()).isEqualTo(fallback);
        if (!fallback.equals("s")) {
            assertThat(settings.stores().get(fallback)).isInstanceOf(StoreSettings.Embedded.class);
        }
        assertThat(Arrays.asList("default")).isSubsetOf(settings.stores().keySet());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "none",
            value = {
                "key_get('s', rcpt_domain) = 'x'          | none",
                "key_get('', rcpt_domain) = 'x'           | none",
                "key_get('default', rcpt_domain) = 'x'    | none",
                "key_exists('s/a', rcpt_domain)           | none",
                "sql_query('s', 'SELECT 1', []) = 1       | none",
                "key_get('store-of-' + rcpt_domain, 'x')  | none",
                "key_get('ss', rcpt_domain) = 'x'         | there is no lookup store 'ss'; there are: default, s, t",
                "key_exists('s/b', rcpt_domain)           | the store 's' has no query 'b'",
                "sql_query('t', 'SELECT 1', []) = 1       | the store 't' does not speak SQL",
                "counter_get('none', 'x') > 1             | there is no lookup store 'none'",
                "is_local_domain('ldap', rcpt_domain)     | there is no directory 'ldap'",
            })
    void whatARuleNamesMustExist(String condition, String fault) {
        Loaded loaded = load("""
                [store.s]
                type = "sqlite"
                path = "x"
                query.a = "SELECT 1 WHERE 'a' = ?"
                [store.t]
                type = "memory"
                format = "list"
                values = ["a"]
                [queue.outbound]
                next-hop = [ { if = "%s", then = "'local'" },
                             { else = false } ]
                """.formatted(condition));
        assertThat(loaded.problems().stream()
                        .filter(problem -> problem.severity() == Severity.ERROR)
                        .map(problem ->
                                problem.code().id() + " " + problem.origin().line() + " " + problem.message())
                        .collect(Collectors.joining("\n")))
                .startsWith(fault == null ? "" : "NH013 10 " + fault)
                .hasSizeLessThan(fault == null ? 1 : 200);
    }
}
