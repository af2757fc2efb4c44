package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.expr.RecordType;
import dev.nexthop.expr.Value;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreLookupsTest {
    private static final Directory DIRECTORY = new Directory() {
        @Override
        public boolean isLocalDomain(Domain domain) throws DirectoryException {
            if (domain.name().equals("broken.test")) {
                throw new DirectoryException("no connection");
            }
            return domain.name().equals("example.org");
        }

        @Override
        public List<Account> recipients(Mailbox address) throws DirectoryException {
            if (isLocalDomain(address.domain()) && address.localPart().equals("bob")) {
                return List.of(new Account("bob", "", List.of("bob@example.org")));
            }
            return List.of();
        }

        @Override
        public boolean isWritten(Mailbox address) throws DirectoryException {
            return !recipients(address).isEmpty();
        }

        @Override
        public Optional<Account> authenticate(String user, char[] password) {
            return Optional.empty();
        }

        @Override
        public List<Account> accounts() {
            return List.of();
        }
    };

    private final Lookups lookups =
            of(LookupSettings.ofTables(Map.of("vip", Map.of("bob", "1"), "default", Map.of("hostname", "mx.test"))));

    private static StoreLookups of(LookupSettings settings) {
        try {
            return open(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StoreLookups open(LookupSettings settings) throws IOException {
        return StoreLookups.open(
                settings,
                new StoreLookups.Around(
                        "main", DIRECTORY, new FixedNames(), id -> id.equals("up"), new EmbeddedStores()));
    }

    /** As when the file of authorities changes between reading the configuration and putting it to work. */
    @Test
    void aStoreThatCantBeMadeIsSaidAndNothingStaysOpen(@TempDir Path folder) throws Exception {
        Path authorities = Files.writeString(folder.resolve("ca.pem"), "no certificate");
        Map<String, StoreSettings> stores = new LinkedHashMap<>();
        stores.put(
                "lite",
                new StoreSettings.Sqlite(
                        folder.resolve("x"),
                        new StoreSettings.SqlTexts(Map.of(), List.of()),
                        Sql.limits(Duration.ofSeconds(1))));
        stores.put(
                "cache",
                new StoreSettings.Redis(
                        new StoreSettings.Server(
                                "localhost", 1, "", "", new StoreSettings.Tls(true, true, Optional.of(authorities))),
                        0,
                        Sql.limits(Duration.ofSeconds(1))));
        assertThatThrownBy(() -> open(new LookupSettings(stores, "lite")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the store 'cache' can't be used: the authorities in " + authorities);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("lookup-pool-lite")) {
                assertThat(thread.join(Duration.ofSeconds(10)))
                        .as("it ends")
                        .isTrue(); // It was told to, not waited for.
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "main"})
    void theDirectoryHasThreeNames(String id) throws LookupException {
        assertThat(lookups.isLocalDomain(id, "example.org")).isTrue();
        assertThat(lookups.isLocalDomain(id, "Example.ORG")).isTrue();
        assertThat(lookups.isLocalDomain(id, "example.net")).isFalse();
        assertThat(lookups.isLocalAddress(id, "bob@example.org")).isTrue();
        assertThat(lookups.isLocalAddress(id, "amy@example.org")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "default"})
    void theDefaultTableHasThreeNames(String id) throws LookupException {
        assertThat(lookups.keyGet(id, "hostname")).isEqualTo("mx.test");
    }

    @Test
    void anUnknownDirectoryOrTableFails() {
        assertThatThrownBy(() -> lookups.isLocalDomain("ldap", "example.org"))
                .isInstanceOf(LookupException.class)
                .hasMessage("there is no directory 'ldap'; '' and '*' mean the default one, which is 'main'");
        assertThatThrownBy(() -> lookups.isLocalAddress("ldap", "nonsense")).isInstanceOf(LookupException.class);
        assertThatThrownBy(() -> lookups.keyExists("vips", "bob"))
                .hasMessage("there is no lookup store 'vips'; there are: default, vip");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "bob", "@example.org", "bob@", "bob@@example.org", "bob @example.org", "<bob@example.org>"})
    void whatIsNoMailboxIsNotLocal(String text) throws LookupException {
        assertThat(lookups.isLocalAddress("", text)).isFalse();
        assertThat(lookups.isLocalDomain("", text.replace("example.org", ""))).isFalse();
    }

    @Test
    void aDirectoryThatCannotSayIsAFailureAndNotAnAnswer() {
        assertThatThrownBy(() -> lookups.isLocalDomain("", "broken.test"))
                .isInstanceOf(LookupException.class)
                .hasMessage("the directory could not say: no connection");
        assertThatThrownBy(() -> lookups.isLocalAddress("", "bob@broken.test")).isInstanceOf(LookupException.class);
    }

    @Test
    void tablesAnswerByKey() throws LookupException {
        assertThat(lookups.keyGet("vip", "bob")).isEqualTo("1");
        assertThat(lookups.keyGet("vip", "amy")).isNull();
        assertThat(lookups.keyExists("vip", "bob")).isTrue();
        assertThat(lookups.keyExists("vip", "amy")).isFalse();
        assertThat(of(LookupSettings.NONE).keyGet("default", "hostname")).isNull();
        assertThat(of(LookupSettings.NONE).keyGet("", "hostname")).isNull();
    }

    @TempDir
    Path folder;

    private static final StoreSettings.Limits LIMITS = new StoreSettings.Limits(
            Duration.ofSeconds(10), 2, new StoreSettings.Cache(10, Duration.ofMinutes(1), Duration.ofMinutes(1)));

    private LookupSettings whole() {
        Map<String, StoreSettings> stores = new LinkedHashMap<>();
        stores.put("default", new StoreSettings.Memory(MemoryTable.of(Map.of("hostname", "mx.test"))));
        stores.put("main", new StoreSettings.Embedded(folder.resolve("main")));
        stores.put(
                "lite",
                new StoreSettings.Sqlite(
                        folder.resolve("x.sqlite"), new StoreSettings.SqlTexts(Sql.QUERIES, Sql.TABLES), LIMITS));
        return new LookupSettings(stores, "main");
    }

    /** The table of the configuration first, the default store behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"", "*"})
    void theDefaultStoreStandsBehindTheDefaultTable(String id) throws LookupException {
        try (StoreLookups asked = of(whole())) {
            assertThat(asked.keyGet(id, "hostname")).isEqualTo("mx.test");
            assertThat(asked.keyGet(id, "k")).isNull();
            asked.keySet(id, "k", "v");
            assertThat(asked.keyGet(id, "k")).isEqualTo("v");
            assertThat(asked.keyGet("main", "k")).isEqualTo("v");
            assertThat(asked.keyExists("default", "k")).isFalse();
            assertThat(asked.counterIncrement(id, "n", 2)).isEqualTo(2);
            assertThat(asked.counterGet("main", "n")).isEqualTo(2);
            assertThatThrownBy(() -> asked.keySet(id, "hostname", "evil")).hasMessageContaining("can't be written");
            assertThatThrownBy(() -> asked.keySet("default", "x", "y")).hasMessageContaining("can't be written");
        }
    }

    @Test
    void queriesAreStoresToAsk() throws LookupException {
        try (StoreLookups asked = of(whole())) {
            assertThat(asked.keyGet("lite/routes", "example.org")).isEqualTo("relay");
            assertThat(asked.keyExists("lite/routes", "example.com")).isFalse();
            assertThat(asked.sqlQuery("lite", "SELECT hop FROM routes WHERE weight = $1", List.of(Value.of(20))))
                    .isEqualTo(Value.of("bulk"));
            assertThatThrownBy(() -> asked.keyGet("lite/rotes", "x"))
                    .hasMessage("the store 'lite' has no query 'rotes'");
            assertThatThrownBy(() -> asked.keySet("lite/routes", "x", "y")).hasMessageContaining("is a query");
            assertThatThrownBy(() -> asked.sqlQuery("lite", "SELECT ?", List.of()))
                    .hasMessage("the statement wants 1 arguments, and there are 0");
            assertThatThrownBy(() -> asked.sqlQuery("lite", "SELECT 1; SELECT 2", List.of()))
                    .hasMessageContaining("behind the semicolon");
            assertThatThrownBy(() -> asked.sqlQuery("main", "SELECT 1", List.of()))
                    .hasMessage("the store 'main' does not speak SQL");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "example.org | IP   | 192.0.2.1 2001:db8:0:0:0:0:0:1",
                "example.org | IPV4 | 192.0.2.1",
                "example.org | IPV6 | 2001:db8:0:0:0:0:0:1",
                "example.org | MX   | mx1.example.org mx2.example.org",
                "example.org | TXT  | v=spf1 -all other",
                "192.0.2.1   | PTR  | example.org",
                "192.0.2.2   | PTR  | ''",
                "none.test   | IP   | ''",
                "none.test   | MX   | ''",
                "null.test   | MX   | ''",
                "plain.test  | MX   | ''",
                "none.test   | TXT  | ''",
            })
    void dnsAnswers(String name, RecordType type, String answers) throws LookupException {
        assertThat(String.join(" ", lookups.dnsQuery(name, type))).isEqualTo(answers);
    }

    @Test
    void dnsThatCantSayIsAFailure() {
        for (RecordType type : List.of(RecordType.IP, RecordType.MX, RecordType.TXT)) {
            assertThatThrownBy(() -> lookups.dnsQuery("away.test", type))
                    .isInstanceOf(LookupException.class)
                    .hasMessage("no server answered");
        }
        assertThatThrownBy(() -> lookups.dnsQuery("example.org", RecordType.PTR))
                .hasMessageContaining("an address");
    }

    @Test
    void hopsSayHowTheyAre() throws LookupException {
        assertThat(lookups.hopUp("up")).isTrue();
        assertThat(lookups.hopUp("down")).isFalse();
    }
}
