package dev.nexthop.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets what, and who may log in. */
final class MemoryDirectoryTest {
    private static final List<Principal> PEOPLE = List.of(
            principal(
                    "alice",
                    PrincipalKind.INDIVIDUAL,
                    List.of("Alice@Example.org", "a@example.net"),
                    List.of("team@example.org"),
                    List.of("board")),
            principal("bob", PrincipalKind.ADMIN, List.of("bob@example.org"), List.of("team@example.org"), List.of()),
            principal(
                    "dora",
                    PrincipalKind.INDIVIDUAL,
                    List.of("dora@example.org", "@catch.example"),
                    List.of(),
                    List.of("Board")),
            principal("sales", PrincipalKind.GROUP, List.of("sales@example.org"), List.of(), List.of()),
            principal("board", PrincipalKind.LIST, List.of("board@example.org"), List.of(), List.of()),
            principal("empty", PrincipalKind.LIST, List.of("empty@example.org"), List.of(), List.of()),
            principal("plus", PrincipalKind.INDIVIDUAL, List.of("alice+own@example.org"), List.of(), List.of()),
            principal("jürgen", PrincipalKind.INDIVIDUAL, List.of("jürgen@bücher.example"), List.of(), List.of()));

    private static Principal principal(
            String name, PrincipalKind kind, List<String> addresses, List<String> lists, List<String> memberOf) {
        return new Principal(name, kind, "", List.of(Password.of("secret of " + name)), addresses, lists, memberOf);
    }

    private static MemoryDirectory directory(DirectoryOptions options) {
        return new MemoryDirectory(PEOPLE, List.of(new Domain("extra.example")), options);
    }

    private static String names(MemoryDirectory directory, String address) {
        return String.join(
                "+",
                directory.recipients(Mailbox.parse(address)).stream()
                        .map(Account::name)
                        .sorted()
                        .toList());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "alice@example.org, alice",
        "ALICE@EXAMPLE.ORG, alice",
        "a@example.net, alice",
        "a@example.org, ''",
        "alice+tag@example.org, alice",
        "alice+own@example.org, plus",
        "alice+own+more@example.org, alice",
        "+alice@example.org, ''",
        "\"alice\"@example.org, alice",
        "\"al\\ice\"@example.org, alice",
        "team@example.org, alice+bob",
        "board@example.org, alice+dora",
        "empty@example.org, ''",
        "sales@example.org, sales",
        "anybody@catch.example, dora",
        "anybody@catch.example.org, ''",
        "jürgen@bücher.example, jürgen",
        "JÜRGEN@BÜCHER.example, jürgen",
        "anybody@extra.example, ''",
    })
    void recipients(String address, String names) {
        assertThat(names(directory(DirectoryOptions.DEFAULT), address)).isEqualTo(names);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "alice@example.org, true",
        "\"ALICE\"@example.org, true",
        "team@example.org, true",
        "alice+own@example.org, true",
        "alice+tag@example.org, false",
        "anybody@catch.example, false",
        "empty@example.org, false",
        "nobody@example.org, false",
    })
    void whatIsWrittenIsNeitherSubAddressNorCatchAll(String address, boolean written) {
        assertThat(directory(DirectoryOptions.DEFAULT).isWritten(Mailbox.parse(address)))
                .isEqualTo(written);
    }

    @Test
    void optionsOff() {
        MemoryDirectory directory = directory(new DirectoryOptions(false, false));
        assertThat(names(directory, "alice+tag@example.org")).isEmpty();
        assertThat(names(directory, "anybody@catch.example")).isEmpty();
        assertThat(names(directory, "alice@example.org")).isEqualTo("alice");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "example.org, true",
        "EXAMPLE.net, true",
        "catch.example, true",
        "extra.example, true",
        "bücher.example, true",
        "sub.example.org, false",
        "org, false",
        "example.com, false"
    })
    void localDomains(String domain, boolean local) {
        assertThat(directory(DirectoryOptions.DEFAULT).isLocalDomain(new Domain(domain)))
                .isEqualTo(local);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "alice, secret of alice, alice",
        "ALICE, secret of alice, alice",
        "a@example.net, secret of alice, alice",
        "alice, Secret of alice, ''",
        "alice, secret of bob, ''",
        "nobody, secret of alice, ''",
        "nobody, nobody has this password, ''",
        "team@example.org, secret of alice, ''",
        "board@example.org, secret of board, ''",
        "'', '', ''",
    })
    void logins(String user, String password, String name) {
        assertThat(directory(DirectoryOptions.DEFAULT)
                        .authenticate(user, password.toCharArray())
                        .map(Account::name)
                        .orElse(""))
                .isEqualTo(name);
    }

    @Test
    void accountsAreThoseWithMail() {
        assertThat(directory(DirectoryOptions.DEFAULT).accounts())
                .extracting(Account::name)
                .containsExactly("alice", "bob", "dora", "jürgen", "plus", "sales");
        assertThat(directory(DirectoryOptions.DEFAULT).accounts().get(2).addresses())
                .containsExactly("dora@example.org");
    }

    @Test
    void whatCannotBeIsRefused() {
        Principal twin = principal("ALICE", PrincipalKind.INDIVIDUAL, List.of(), List.of(), List.of());
        Principal thief = principal("eve", PrincipalKind.INDIVIDUAL, List.of("bob@EXAMPLE.org"), List.of(), List.of());
        Principal broken = principal("x", PrincipalKind.INDIVIDUAL, List.of("no address"), List.of(), List.of());
        for (Principal wrong : List.of(twin, thief, broken)) {
            List<Principal> all = new java.util.ArrayList<>(PEOPLE);
            all.add(wrong);
            assertThatThrownBy(() -> new MemoryDirectory(all, List.of(), DirectoryOptions.DEFAULT))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anEmptyDirectoryKnowsNobody() {
        MemoryDirectory nobody = new MemoryDirectory(List.of(), List.of(), DirectoryOptions.DEFAULT);
        assertThat(nobody.authenticate("alice", "x".toCharArray())).isEmpty();
        assertThat(nobody.recipients(Mailbox.parse("a@b"))).isEmpty();
    }
}
