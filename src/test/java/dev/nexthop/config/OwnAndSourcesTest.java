package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.delivery.OutboundSettings;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who we are by configuration: names and addresses of our own, and names of source addresses. */
class OwnAndSourcesTest {
    @Test
    void allNamesThatWeSayAreOurs() {
        OutboundSettings delivery = Load.ok("""
                        [server]
                        hostname = "mail.example.org"
                        own-names = ["mx.example.org", "MX1.example.org"]
                        own-addresses = ["192.0.2.1", "2001:db8::1"]
                        [queue.outbound]
                        hostname = "'out.example.org'"
                        source-ip.v4 = ["192.0.2.10"]
                        source-ip.names."192.0.2.10" = "out1.example.org"
                        source-ip.names."2001:DB8:0::10" = "out6.example.org"
                        """).outbound().delivery();
        assertThat(delivery.mx().own().names())
                .containsExactlyInAnyOrder(
                        "mx.example.org", "mx1.example.org", "out.example.org", "out1.example.org", "out6.example.org");
        assertThat(delivery.mx().own().addresses())
                .containsExactlyInAnyOrder(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1"));
        assertThat(delivery.sources().names())
                .isEqualTo(Map.of("192.0.2.10", "out1.example.org", "2001:db8:0:0:0:0:0:10", "out6.example.org"));
    }

    @Test
    void withoutThemWeHaveTheNameOfTheHost() {
        OutboundSettings delivery = Load.ok("").outbound().delivery();
        assertThat(delivery.mx().own().names()).containsExactly("mail.example.org");
        assertThat(delivery.mx().own().addresses()).isEmpty();
        assertThat(delivery.sources().names()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            # line,                                                            problem
            server.own-names = ["no host"],                                    NH007 1:22
            server.own-addresses = ["mx.example.org"],                         NH007 1:26
            server.own-addresses = ["127.1"],                                  NH007 1:26
            queue.outbound.source-ip.names."out1" = "out1.example.org",        NH007 1:42
            queue.outbound.source-ip.names."192.0.2.1" = "two words",          NH007 1:47
            queue.outbound.source-ip.names."192.0.2.1" = "",                   NH007 1:47
            queue.outbound.source-ip.name."192.0.2.1" = "out1.example.org",    NH005 1:26
            queue.outbound.source-ip.names."192.0.2.1" = "out1.example.org",   NH270 1:47
            """)
    void whatIsWrongIsSaidWhereItIs(String line, String problem) {
        assertThat(Load.codes(line + "\n")).contains(problem);
    }

    @Test
    void aNameOfAnAddressOfSomePoolIsNoSlip() {
        for (String line : List.of(
                "queue.outbound.source-ip.v6 = \"['2001:db8::10']\"\n",
                "queue.outbound.source-ip.v6 = [{ if = \"size > 1\", then = \"['2001:db8::10']\" }, { else = \"[]\" }]\n")) {
            assertThat(Load.codes(line + "queue.outbound.source-ip.names.\"2001:db8::10\" = \"out6.example.org\"\n"))
                    .noneMatch(code -> code.startsWith("NH270"));
        }
    }
}
