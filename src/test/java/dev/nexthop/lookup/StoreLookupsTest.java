package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.directory.Account;
import dev.nexthop.directory.Directory;
import dev.nexthop.directory.DirectoryException;
import dev.nexthop.expr.LookupException;
import dev.nexthop.expr.Lookups;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        return StoreLookups.open(
                settings,
                new StoreLookups.Around(
                        "main", DIRECTORY, new FixedNames(), id -> id.equals("up"), new EmbeddedStores()));
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
}
