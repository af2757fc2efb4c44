package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.delivery.OutboundSettings.IpStrategy;
import dev.nexthop.route.RecipientFacts.Host;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which address of a host is tried when. */
class AddressOrderTest {
    private final Scene scene = new Scene();

    @AfterEach
    void close() {
        scene.close();
    }

    /** 4a is 192.0.2.10, 6b is 2001:db8::b. */
    private static List<InetAddress> addresses(@Nullable String names) {
        return names == null || names.isEmpty()
                ? List.of()
                : Arrays.stream(names.split(" "))
                        .map(name -> InetAddress.ofLiteral(
                                name.startsWith("4")
                                        ? "192.0.2." + (name.charAt(1) - 'a' + 10)
                                        : "2001:db8::" + name.charAt(1)))
                        .toList();
    }

    private static String names(List<InetAddress> addresses) {
        return addresses.stream()
                .map(one -> one.getAddress().length == 4
                        ? "4" + (char) ('a' + (one.getAddress()[3] - 10))
                        : "6" + one.getHostAddress().charAt(one.getHostAddress().length() - 1))
                .collect(Collectors.joining(" "));
    }

    private String order(@Nullable String v4, @Nullable String v6) throws Exception {
        return names(scene.terms()
                .order(new Terms.Addresses(addresses(v4), addresses(v6)), new Host("", "h.example", "", "")));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            # strategy,       limit, IPv4,        IPv6,        failed,     no route, order
            IPV4_THEN_IPV6,   2,     4a 4b,       6a 6b,       -,          -,        4a 6a 4b 6b
            IPV6_THEN_IPV4,   2,     4a 4b,       6a 6b,       -,          -,        6a 4a 6b 4b
            IPV6_THEN_IPV4,   0,     4a,          6a 6b 6c,    -,          -,        6a 4a 6b 6c
            IPV4_THEN_IPV6,   0,     4a 4b 4c,    6a,          -,          -,        4a 6a 4b 4c
            IPV4_ONLY,        2,     4a 4b 4c,    6a,          -,          -,        4a 4b
            IPV6_ONLY,        1,     4a 4b,       6a 6b,       -,          -,        6a
            IPV6_ONLY,        1,     4a 4b,       -,           -,          -,        ''
            IPV4_THEN_IPV6,   1,     4a 4b,       6a 6b,       -,          -,        4a 6a
            # what failed comes last, and gives its place under the limit to one that did not
            IPV4_THEN_IPV6,   2,     4a 4b,       6a 6b,       4a,         -,        4b 6a 6b 4a
            IPV4_THEN_IPV6,   2,     4a 4b 4c,    6a,          4a,         -,        4b 6a 4c
            IPV6_THEN_IPV4,   2,     4a,          6a 6b,       6a 6b,      -,        4a 6a 6b
            IPV4_ONLY,        2,     4a 4b,       6a,          4a 4b,      -,        4a 4b
            # a family without a route comes last, and is tried all the same
            IPV6_THEN_IPV4,   2,     4a 4b,       6a 6b,       -,          6z,       4a 4b 6a 6b
            IPV6_THEN_IPV4,   2,     -,           6a 6b,       -,          6z,       6a 6b
            IPV6_ONLY,        2,     4a,          6a 6b,       -,          6z,       6a 6b
            IPV4_THEN_IPV6,   2,     4a 4b,       6a,          -,          4z,       6a 4a 4b
            IPV6_THEN_IPV4,   2,     4a 4b,       6a,          4a,         6z,       4b 6a 4a
            """)
    void theOrder(
            String strategy,
            long limit,
            @Nullable String v4,
            @Nullable String v6,
            @Nullable String failed,
            @Nullable String routeless,
            String order)
            throws Exception {
        scene.strategy = IpStrategy.valueOf(strategy);
        scene.maxAddresses = limit;
        addresses(failed).forEach(scene.addressMemory::failed);
        if (routeless != null) {
            scene.addressMemory.noRoute(InetAddress.ofLiteral(routeless.startsWith("4") ? "192.0.2.1" : "2001:db8::1"));
        }
        assertThat(order(v4, v6)).isEqualTo(order);
    }

    @Test
    void whatIsRememberedIsForgottenInTimeAndOnSuccess() throws Exception {
        InetAddress first = addresses("4a").getFirst();
        scene.addressMemory.failed(first);
        assertThat(order("4a 4b", "")).isEqualTo("4b 4a");
        scene.now = scene.now.plus(AddressMemory.KEPT).minusMillis(1);
        assertThat(order("4a 4b", "")).isEqualTo("4b 4a");
        scene.now = scene.now.plusMillis(1);
        assertThat(order("4a 4b", "")).isEqualTo("4a 4b");
        scene.addressMemory.failed(first);
        scene.addressMemory.noRoute(first);
        scene.addressMemory.reached(first);
        assertThat(order("4a 4b", "6a")).isEqualTo("4a 6a 4b");
    }

    @Test
    void theMemoryIsBounded() {
        InetAddress first = InetAddress.ofLiteral("10.255.0.1");
        scene.addressMemory.failed(first);
        for (int i = 0; i < 10_000; i++) {
            scene.addressMemory.failed(InetAddress.ofLiteral("10.0." + i / 250 + "." + i % 250));
        }
        InetAddress other = InetAddress.ofLiteral("192.0.2.1");
        assertThat(scene.addressMemory.doubtfulLast(List.of(first, other))).containsExactly(first, other);
        InetAddress last = InetAddress.ofLiteral("10.0.39.249");
        assertThat(scene.addressMemory.doubtfulLast(List.of(last, other))).containsExactly(other, last);
    }

    @Test
    void aDeadAddressCostsItsTimeOnce() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            scene.mxPolicy = new OutboundSettings.MxPolicy(true, server.port());
            scene.host("h.example", "127.0.0.3", "127.0.0.1").mxHosts("x.example", "10 h.example");
            List<InetAddress> both = List.of(InetAddress.ofLiteral("127.0.0.3"), InetAddress.ofLiteral("127.0.0.1"));
            assertThat(scene.addressMemory.doubtfulLast(both)).isEqualTo(both);
            assertThat(Scene.words(scene.delivery().attempt(Scene.job(Scene.mx("x.example"), "a@x.example"))))
                    .containsExactly("delivered 2.0.0");
            assertThat(scene.addressMemory.doubtfulLast(both)).isEqualTo(both.reversed());
        }
    }

    @Test
    void theUsualCaseCopiesNothing() {
        List<InetAddress> two = addresses("4a 4b");
        List<InetAddress> one = addresses("4a");
        AddressMemory memory = scene.addressMemory;
        assertThat(memory.doubtfulLast(two)).isSameAs(two);
        assertThat(memory.usable(two)).isSameAs(two);
        memory.failed(two.getFirst());
        memory.missing(two.getFirst());
        assertThat(memory.doubtfulLast(one)).isSameAs(one);
        assertThat(memory.doubtfulLast(two)).isEqualTo(two.reversed());
        assertThat(memory.usable(two)).containsExactly(two.getLast());
        scene.now = scene.now.plus(AddressMemory.KEPT);
        memory.reached(InetAddress.ofLiteral("192.0.2.99"));
        memory.present(InetAddress.ofLiteral("192.0.2.99"));
        assertThat(memory.doubtfulLast(two))
                .as("what is old is forgotten when others are")
                .isSameAs(two);
        assertThat(memory.usable(two)).isSameAs(two);
    }
}
