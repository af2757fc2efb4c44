package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.route.NextHop;
import dev.nexthop.smtp.Dialect;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors in the program in the middle of a transaction. */
class CourierErrorsTest {
    private final Scene scene = new Scene();

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTheServerHasAnsweredByThenCounts(boolean machine) throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.LMTP, "rcpt=550 5.1.1 who|250 ok")) {
            NextHop hop = new NextHop.Relay(List.of(Scene.remote("relay", "127.0.0.1", server.port(), Dialect.LMTP)));
            Job job = Scene.job(hop, "a@x.example", "b@x.example");
            HookedBody body = new HookedBody(() -> {
                if (machine) {
                    throw new StackOverflowError();
                }
                throw new IllegalStateException("a bug");
            });
            Attempt attempt = scene.delivery().attempt(new Job(job.id(), job.envelope(), body, hop, job.recipients()));
            assertThat(Scene.words(attempt)).containsExactly("failed 5.1.1", "deferred 4.3.0");
            assertThat(scene.alarms).singleElement().asString().contains("failed in an unforeseen way");
            assertThat(server.commands()).doesNotContain("QUIT");
        }
    }
}
