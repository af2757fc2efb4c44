package dev.nexthop.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.smtp.Dialect;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * RFC 7671 and RFC 7672 cell by cell: what DNS says decides the plan, and where there is something to authenticate a handshake
 * with a real server decides the rest. The table on the page is this one; {@code -Dnexthop.docs=write} writes it anew.
 */
class DaneMatrixTest {
    private static final Path PAGE = Path.of("docs/dane.md");
    private static final String BEGIN = "<!-- the table of DaneMatrixTest begins -->\n";
    private static final String END = "<!-- it ends -->\n";
    private static final TestChains CHAINS = new TestChains();
    private static final TlsClient CLIENT = new TlsClient(Optional.empty());

    static List<DaneCell> cells() throws IOException {
        return DaneCell.all();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void eachCell(DaneCell cell) throws Exception {
        TestChains.Chain chain = CHAINS.of(cell.certificate());
        DanePlan plan = DanePlanner.plan(
                new DanePlanner.Host(
                        PolicyWish.valueOf(cell.dane().toUpperCase(Locale.ROOT)),
                        security(cell.mx()),
                        TestChains.HOST,
                        TestChains.DOMAIN,
                        addresses(cell.addresses()),
                        25),
                name -> answer(name, cell.tlsa(), chain));
        assertThat(outcome(plan, chain)).isEqualTo(cell.expected());
    }

    private static String outcome(DanePlan plan, TestChains.Chain chain) throws IOException {
        return switch (plan) {
            case DanePlan.NotApplicable(String reason, String _) -> {
                assertThat(reason).isNotBlank();
                yield "no DANE";
            }
            case DanePlan.Skip(String reason, TlsFault fault, String _) -> {
                assertThat(reason).isNotBlank();
                yield "skip " + fault.word();
            }
            case DanePlan.Unauthenticated none -> handshake(new TlsPolicy.Encrypted(none.base()), none.base(), chain);
            case DanePlan.Authenticate found ->
                handshake(new TlsPolicy.Dane(found.set()), found.set().base(), chain);
        };
    }

    /** What a connection comes to under demands that the settings would make weaker if they could. */
    private static String handshake(TlsPolicy policy, String base, TestChains.Chain chain) throws IOException {
        TlsDemand demand = new TlsDemand(
                        true, StartTls.DISABLE, CertificateCheck.NEVER, Optional.empty(), Optional.empty())
                .under(policy);
        assertThat(demand.startTlsInForce()).isEqualTo(StartTls.REQUIRE);
        FaultServer peer = FaultServer.start(new FaultServer.Way(Dialect.SMTP, chain.context(), true));
        String came;
        try (peer;
                Socket plain = new Socket(peer.address().getAddress(), peer.port())) {
            came = switch (CLIENT.start(plain, demand, TestChains.HOST).verdict()) {
                case TlsVerdict.Dane(String _, String _, TlsaRecord r) ->
                    "dane " + r.usage() + " " + r.selector() + " " + r.matching();
                case TlsVerdict.Encrypted _ -> "encrypted";
                case TlsVerdict other -> other.word();
            };
        } catch (TlsException e) {
            assertThat(e)
                    .hasMessageContaining("the certificate of " + base + " is refused")
                    .hasMessageContaining("CN=");
            came = "refused " + e.fault().word();
        }
        if (!peer.indicated().isEmpty()) {
            assertThat(peer.indicated()).as("SNI, RFC 7672 §8.1").containsExactly(base);
        }
        return came;
    }

    private static AddressAnswer.Addresses addresses(String words) {
        boolean alias = words.endsWith(" alias");
        String state = alias ? words.substring(0, words.length() - " alias".length()) : words;
        Security whole = state.equals("half secure") ? Security.INSECURE : security(state);
        Security name = state.equals("half secure") ? Security.SECURE : whole;
        return new AddressAnswer.Addresses(
                List.of((Inet4Address) InetAddress.ofLiteral("192.0.2.1")),
                List.of(),
                alias ? Optional.of(TestChains.TARGET) : Optional.empty(),
                new AddressAnswer.Trust(whole, name));
    }

    private static Security security(String word) {
        return Security.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static TlsaAnswer answer(String name, String words, TestChains.Chain chain) {
        String mine = words;
        if (words.startsWith("target: ")) {
            String[] both = words.substring("target: ".length()).split("; own: ");
            mine = name.equals("_25._tcp." + TestChains.TARGET) ? both[0] : both[1];
        }
        assertThat(name).isIn("_25._tcp." + TestChains.HOST, "_25._tcp." + TestChains.TARGET);
        Security security = Security.SECURE;
        for (Security one : Security.values()) {
            String word = one.name().toLowerCase(Locale.ROOT) + " ";
            if (mine.startsWith(word)) {
                security = one;
                mine = mine.substring(word.length());
            }
        }
        return switch (mine) {
            case "none" -> new TlsaAnswer.None("no record", security);
            case "failed" -> new TlsaAnswer.TryLater("SERVFAIL", Security.INDETERMINATE);
            default ->
                new TlsaAnswer.Records(
                        Arrays.stream(mine.split(", "))
                                .map(text -> DaneCell.record(text, chain))
                                .toList(),
                        security);
        };
    }

    @Test
    void thePageHoldsTheTable() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        String table = table();
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            page = page.substring(0, from) + table + page.substring(page.indexOf(END));
            Files.writeString(PAGE, page);
        }
        assertThat(page.substring(from, page.indexOf(END)))
                .as(PAGE + " (run the test with -Dnexthop.docs=write)")
                .isEqualTo(table);
    }

    private static String table() throws IOException {
        StringBuilder text = new StringBuilder();
        String title = "";
        for (DaneCell cell : cells()) {
            if (!cell.title().equals(title)) {
                title = cell.title();
                text.append("\n### ").append(title).append("\n\n");
                text.append("| MX | addresses | TLSA | certificate | `dane` | outcome | by |\n");
                text.append("|---|---|---|---|---|---|---|\n");
            }
            text.append("| ")
                    .append(cell.toString())
                    .append(" | ")
                    .append(cell.expected())
                    .append(" | ")
                    .append(cell.rule())
                    .append(" |\n");
        }
        return text.append('\n').toString();
    }

    @Test
    void thereAreCellsEnoughAndNoneTwice() throws IOException {
        assertThat(cells()).hasSizeGreaterThanOrEqualTo(80);
        assertThat(cells().stream().map(DaneCell::toString)).doesNotHaveDuplicates();
        assertThat(cells()).allSatisfy(cell -> assertThat(cell.rule()).matches("RFC \\d+ §[\\d.]+|setting"));
    }
}
