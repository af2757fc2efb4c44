package dev.nexthop.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.schedule.Order;
import dev.nexthop.schedule.OrderScope.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API takes for an order, and what it does not. */
class OrdersApiTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final ListedOrders orders = new ListedOrders();
    private final OrdersApi api = new OrdersApi(orders, () -> NOW);

    private static Map<String, String> query(String text) {
        Map<String, String> query = new HashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            query.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return query;
    }

    private String act(String action, String query) throws IOException {
        Answer answer = api.act(action, query(query), "admin");
        assertThat(answer.status()).isEqualTo(200);
        return new String(answer.content(), StandardCharsets.UTF_8);
    }

    @Test
    void anOrderIsGivenListedAndEnded() throws IOException {
        assertThat(act("suspend", "domain=Gmail.com&for=1h&reason=they defer&by=ann"))
                .isEqualTo("{\"order\":1,\"kind\":\"suspend\",\"scope\":{\"domain\":\"gmail.com\"},\"to\":null,"
                        + "\"reason\":\"they defer\",\"by\":\"ann as admin\",\"since\":\"2026-01-01T00:00:00Z\","
                        + "\"until\":\"2026-01-01T01:00:00Z\"}");
        assertThat(act("reroute", "hop=relay&sender-domain=a.test&to=mx&reason=mended"))
                .contains(
                        "\"to\":\"mx\"",
                        "\"scope\":{\"sender-domain\":\"a.test\",\"hop\":\"relay\"}",
                        "\"until\":null");
        assertThat(orders.given).extracting(order -> order.terms().by()).containsExactly("ann as admin", "admin");
        assertThat(new String(api.list(Map.of("domain", "GMAIL.com")).content(), StandardCharsets.UTF_8))
                .startsWith("[{\"order\":1,")
                .doesNotContain("\"order\":2");
        assertThat(act("resume", "order=1,2,3")).isEqualTo("{\"orders\":2}");
        assertThat(act("suspend", "all=true&reason=why&until=2026-01-02T00:00:00Z"))
                .contains("\"scope\":{}");
        assertThat(act("resume", "domain=gmail.com")).isEqualTo("{\"orders\":0}");
        assertThat(act("resume", "all=true")).isEqualTo("{\"orders\":1}");
    }

    @Test
    void senderMayBeNobody() throws IOException {
        act("suspend", "sender=<>&reason=why");
        assertThat(orders.given)
                .extracting(Order::scope)
                .extracting(scope -> scope.parts().get(Part.SENDER))
                .containsExactly("");
        assertThat(orders.given.getFirst().terms().until()).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "suspend | reason=why                               | say whose mail is meant",
                "suspend | domain=a.test&all=true&reason=why        | contradict each other",
                "suspend | domain=a.test                            | say why",
                "suspend | domain=a.test&reason=why&for=2           | for is a time such as",
                "suspend | domain=a.test&reason=why&for=0h          | for is a time such as",
                "suspend | domain=a.test&reason=why&for=9999999d    | at most ten years",
                "suspend | domain=a.test&reason=why&until=soon      | until is not a time",
                "suspend | domain=a.test&reason=why&until=2025-01-01T00:00:00Z | until is over",
                "suspend | domain=a.test&reason=why&for=1h&until=2027-01-01T00:00:00Z | leave one out",
                "suspend | domain=*.test&reason=why                 | one whole domain",
                "suspend | rcpt=bob&reason=why                      | for all of a domain there is domain",
                "suspend | id=7&reason=why                          | thirteen letters and digits",
                "suspend | domian=a.test&reason=why                 | no parameter 'domian'",
                "suspend | domain=a.test&reason=why&to=mx           | no parameter 'to'",
                "suspend | domain=a.test&reason=why&before=x        | no parameter 'before'",
                "reroute | domain=a.test&reason=why                 | say where",
                "reroute | domain=a.test&reason=why&to=lost         | which is not defined",
                "resume  | order=seven                              | order is the number",
                "resume  | by=ann                                   | one of the three",
                "resume  | order=1&all=true                         | one of the three",
                "resume  | all=yes                                  | all is true"
            })
    void whatMakesNoSenseIsRefused(String action, String query, String why) {
        assertThatThrownBy(() -> act(action, query))
                .isInstanceOf(Api.BadRequest.class)
                .hasMessageContaining(why);
        assertThat(orders.given).isEqualTo(List.of());
    }
}
