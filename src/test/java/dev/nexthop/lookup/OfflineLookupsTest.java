package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.directory.DirectoryOptions;
import dev.nexthop.directory.MemoryDirectory;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RecordType;
import dev.nexthop.expr.Value;
import dev.nexthop.smtp.Domain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OfflineLookupsTest {
    private static final StoreSettings.Limits LIMITS = new StoreSettings.Limits(
            Duration.ofSeconds(1), 1, new StoreSettings.Cache(0, Duration.ofSeconds(1), Duration.ofSeconds(1)));

    private static Lookups offline(Map<String, String> answers) {
        Map<String, StoreSettings> stores = new LinkedHashMap<>();
        stores.put("default", new StoreSettings.Memory(MemoryTable.of(Map.of("hostname", "mx.test"))));
        stores.put("vip", new StoreSettings.Memory(MemoryTable.of(Map.of("bob", "1"))));
        stores.put(
                "pg",
                new StoreSettings.Postgres(
                        new StoreSettings.Server("db.test", 5432, "u", "hush", StoreSettings.Tls.NONE),
                        "mail",
                        new StoreSettings.SqlTexts(Map.of("routes", "SELECT 1 WHERE ? = ''"), List.of()),
                        LIMITS));
        stores.put("main", new StoreSettings.Embedded(Path.of("/nowhere")));
        MemoryDirectory directory =
                new MemoryDirectory(List.of(), List.of(new Domain("example.org")), DirectoryOptions.DEFAULT);
        return new AnsweredLookups(new OfflineLookups(new LookupSettings(stores, "main"), "staff", directory), answers);
    }

    @Test
    void whatIsInMemoryIsAnswered() throws LookupException {
        Lookups lookups = offline(Map.of());
        assertThat(lookups.isLocalDomain("", "example.org")).isTrue();
        assertThat(lookups.keyGet("vip", "bob")).isEqualTo("1");
        assertThat(lookups.keyExists("vip", "amy")).isFalse();
        assertThat(lookups.keyGet("", "hostname")).isEqualTo("mx.test");
        assertThat(lookups.keyGet("default", "else")).isNull();
    }

    @Test
    void anythingElseWantsAnAnswer() {
        Lookups lookups = offline(Map.of());
        assertThatThrownBy(() -> lookups.keyGet("pg", "example.org"))
                .isInstanceOf(LookupException.class)
                .hasMessage(
                        "key_get('pg', 'example.org') asks the network, which is not done here; give an answer for it");
        assertThatThrownBy(() -> lookups.keyGet("", "other")).hasMessageContaining("give an answer");
        assertThatThrownBy(() -> lookups.keyGet("pg", "it's")).hasMessageContaining("key_get('pg', \"it's\")");
        assertThatThrownBy(() -> lookups.counterIncrement("main", "n", 2))
                .hasMessageContaining("counter_get('main', 'n')");
        assertThatThrownBy(() -> lookups.counterGet("main", "n")).hasMessageContaining("give an answer");
        assertThatThrownBy(() -> lookups.dnsQuery("a.test", RecordType.MX))
                .hasMessageContaining("dns_query('a.test', 'mx')");
        assertThatThrownBy(() -> lookups.sqlQuery("pg", "SELECT ?", List.of(Value.of(5))))
                .hasMessageContaining("sql_query('pg', 'SELECT ?', '5')");
        assertThatThrownBy(() -> lookups.keyGet("pgg", "x"))
                .hasMessage("there is no lookup store 'pgg'; there are: default, main, pg, vip");
        assertThatThrownBy(() -> lookups.keyGet("pg/rotes", "x")).hasMessage("the store 'pg' has no query 'rotes'");
    }

    /** The call that a failure names is the one that an answer is given for. */
    @Test
    void whatAFailureNamesCanBeAnswered() throws LookupException {
        Lookups lookups = offline(Map.of("key_get('pg/routes', \"it's\")", "relay", "counter_get('', 'n')", "7"));
        assertThat(lookups.keyGet("pg/routes", "it's")).isEqualTo("relay");
        assertThat(lookups.counterIncrement("", "n", 1)).isEqualTo(8);
    }

    @Test
    void whatCanNotBeAskedCanNotBeAnswered() {
        for (String question :
                List.of("key_gat('pg', 'x')", "key_get('pg')", "key_set('a', 'b', 'c')", "hop_up('a', 'b')")) {
            assertThatThrownBy(() -> offline(Map.of(question, "x")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("key_exists(store, key)");
        }
        assertThat(AnsweredLookups.isQuestion("sql_query('pg', 'SELECT 1')")).isTrue();
    }

    @Test
    void secretsNeverShow() {
        assertThat(new StoreSettings.Server("h", 1, "u", "hush", StoreSettings.Tls.NONE))
                .hasToString("Server[h:1 as u, Tls[enabled=false, check=true, authorities=Optional.empty]]");
    }
}
