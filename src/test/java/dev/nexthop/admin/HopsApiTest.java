package dev.nexthop.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.delivery.HopHealth;
import dev.nexthop.directory.EmptyDirectory;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.schedule.Order;
import dev.nexthop.schedule.OrderControl;
import dev.nexthop.schedule.QueueControl;
import dev.nexthop.schedule.QueueFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How the API tells of configured hosts. */
class HopsApiTest {
    private final Api api = new Api(new AdminServer.Subjects(
            new Nothing(),
            new EmptyDirectory(),
            Optional.empty(),
            () -> true,
            new Nothing(),
            () -> List.of(
                    new HopHealth.Status(
                            "relay",
                            "mail.example.com",
                            25,
                            false,
                            3,
                            Optional.of(Instant.parse("2026-01-01T00:00:00.123456Z")),
                            Optional.of("connection refused")),
                    new HopHealth.Status("store", "/run/lmtp", 0, true, 0, Optional.empty(), Optional.empty()))));

    @Test
    void eachHostIsToldWithItsLastTrouble() throws Exception {
        Answer answer = api.answer("GET", List.of("hops"), Map.of(), "admin");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(new String(answer.content(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "[{\"id\":\"relay\",\"address\":\"mail.example.com\",\"port\":25,\"up\":false,\"failures\":3,"
                                + "\"since\":\"2026-01-01T00:00:00.123Z\",\"error\":\"connection refused\"},"
                                + "{\"id\":\"store\",\"address\":\"/run/lmtp\",\"port\":null,\"up\":true,\"failures\":0,"
                                + "\"since\":null,\"error\":null}]");
    }

    @Test
    void itIsOnlyReadAndTakesNoParameters() throws Exception {
        assertThat(api.answer("POST", List.of("hops"), Map.of(), "admin").status())
                .isEqualTo(405);
        assertThat(api.answer("GET", List.of("hops", "relay"), Map.of(), "admin")
                        .status())
                .isEqualTo(404);
        assertThatThrownBy(() -> api.answer("GET", List.of("hops"), Map.of("id", "relay"), "admin"))
                .isInstanceOf(Api.BadRequest.class);
    }

    /** Nobody asks it anything. */
    private static final class Nothing implements QueueControl, Reloading {
        @Override
        public Listing list(QueueFilter filter, int limit) throws IOException {
            throw new IOException("not asked");
        }

        @Override
        public Optional<QueuedMessage> show(QueueId id) {
            return Optional.empty();
        }

        @Override
        public Done retry(QueueFilter filter) {
            return new Done(0, 0, "", Optional.empty());
        }

        @Override
        public Done cancel(QueueFilter filter) {
            return new Done(0, 0, "", Optional.empty());
        }

        @Override
        public Done hold(QueueFilter filter, Optional<Order.Terms> terms) {
            return new Done(0, 0, "", Optional.empty());
        }

        @Override
        public OrderControl orders() {
            return new ListedOrders();
        }

        @Override
        public Map<Integer, Membership> queues(QueuedMessage message) {
            return Map.of();
        }

        @Override
        public Map<Integer, Remark> remarks(QueuedMessage message) {
            return Map.of();
        }

        @Override
        public Done release(QueueFilter filter) {
            return new Done(0, 0, "", Optional.empty());
        }

        @Override
        public Result reload(boolean dryRun) {
            return new Result(false, "", List.of());
        }

        @Override
        public String state() {
            return "";
        }
    }
}
