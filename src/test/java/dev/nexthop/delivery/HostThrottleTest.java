package dev.nexthop.delivery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.expr.Lookups;
import dev.nexthop.limit.Claim;
import dev.nexthop.limit.LimitKey;
import dev.nexthop.limit.Match;
import dev.nexthop.limit.Rate;
import dev.nexthop.limit.Refusal;
import dev.nexthop.limit.ThrottleRules;
import dev.nexthop.limit.ThrottleSettings;
import dev.nexthop.limit.Throttles;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.smtp.Dialect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Throttles that know the host. */
class HostThrottleTest {
    private final Scene scene = new Scene();

    @AfterEach
    void close() {
        scene.close();
    }

    private void throttle(int count, LimitKey... keys) {
        ThrottleSettings settings = new ThrottleSettings(
                "host",
                List.of(keys),
                Match.ALL,
                Optional.of(new Rate(count, Duration.ofSeconds(10))),
                OptionalInt.empty(),
                0);
        scene.throttles = ThrottleRules.of(
                List.of(settings), new Throttles(() -> scene.now, Path.of("never")), Lookups.NONE, scene);
    }

    private static NextHop hop(FaultServer one, FaultServer two) {
        return new NextHop.Relay(List.of(
                Scene.remote("one", "one.example", one.port(), Dialect.SMTP),
                Scene.remote("two", "two.example", two.port(), Dialect.SMTP)));
    }

    @Test
    void anotherHostTakesTheMailAndWhenAllAreThrottledTheRecipientWaits() throws Exception {
        throttle(1, LimitKey.MX);
        scene.host("one.example", "127.0.0.1").host("two.example", "127.0.0.1");
        try (FaultServer one = FaultServer.start(FaultServer.Way.SMTP);
                FaultServer two = FaultServer.start(FaultServer.Way.SMTP)) {
            NextHop hop = hop(one, two);
            for (int i = 0; i < 2; i++) {
                Attempt attempt = scene.delivery().attempt(Scene.job(hop, "a@x.example"));
                assertThat(Scene.words(attempt)).containsExactly("delivered 2.0.0");
                assertThat(attempt.refusals()).isEmpty();
            }
            assertThat(one.taken()).hasSize(1);
            assertThat(two.taken()).hasSize(1);
            Attempt waits = scene.delivery().attempt(Scene.job(hop, "a@x.example"));
            Refusal.Later later =
                    (Refusal.Later) requireNonNull(waits.refusals().get(0));
            assertThat(later.until()).isEqualTo(scene.now.plusSeconds(10));
            assertThat(later.claim().words()).isEqualTo("throttle 'host' (1/10s for one.example)");
            assertThat(waits.verdict()).isEqualTo(new HopVerdict.Healthy());
            assertThat(one.taken()).hasSize(1);
            assertThat(two.taken()).hasSize(1);
        }
    }

    @Test
    void theSlotsOfTheOthersComeBackWhenOneCannotBeGivenBack() throws Exception {
        ThrottleSettings few = new ThrottleSettings(
                "host", List.of(LimitKey.MX, LimitKey.RCPT), Match.ALL, Optional.empty(), OptionalInt.of(1), 0);
        Throttles counts = new Throttles(() -> scene.now, Path.of("never"));
        scene.throttles = ThrottleRules.of(List.of(few), counts, Lookups.NONE, scene);
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            NextHop hop = new NextHop.Relay(List.of(Scene.remote("relay", "127.0.0.1", server.port(), Dialect.SMTP)));
            Job job = Scene.job(hop, "a@x.example", "b@x.example");
            RecipientFacts first =
                    job.recipients().getFirst().at(new RecipientFacts.Host("relay", "127.0.0.1", "127.0.0.1", ""));
            Claim claim = scene.throttles.atHost(first).getFirst();
            HookedBody body = new HookedBody(() -> assertThat(counts.park(claim, 0, () -> {
                        throw new IllegalStateException("a bug");
                    }))
                    .isTrue());
            Attempt attempt = scene.delivery().attempt(new Job(job.id(), job.envelope(), body, hop, job.recipients()));
            assertThat(Scene.words(attempt)).containsOnly("delivered 2.0.0");
            Attempt second = scene.delivery().attempt(Scene.job(hop, "b@x.example"));
            assertThat(second.refusals()).isEmpty();
            assertThat(Scene.words(second)).containsExactly("delivered 2.0.0");
        }
    }

    @Test
    void recipientsWhoseKeyIsNotUsedUpGoOn() throws Exception {
        throttle(1, LimitKey.REMOTE_IP, LimitKey.RCPT_DOMAIN);
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            NextHop hop = new NextHop.Relay(List.of(Scene.remote("relay", "127.0.0.1", server.port(), Dialect.SMTP)));
            scene.delivery().attempt(Scene.job(hop, "a@x.example"));
            Attempt second = scene.delivery().attempt(Scene.job(hop, "b@x.example", "c@y.example"));
            assertThat(second.refusals()).containsOnlyKeys(0);
            assertThat(Scene.words(second).get(1)).isEqualTo("delivered 2.0.0");
            assertThat(server.taken().getLast().recipients()).hasSize(1);
        }
    }
}
