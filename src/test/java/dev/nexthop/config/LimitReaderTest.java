package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.limit.LimitKey;
import dev.nexthop.limit.QuotaSettings;
import dev.nexthop.limit.Rate;
import dev.nexthop.limit.ThrottleSettings;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Throttles and quotas as they are written. */
class LimitReaderTest {
    private static Configuration.Limits limits(String text) {
        Loaded loaded = Load.text(text);
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        return ((Loaded.Ok) loaded).configuration().outbound().limits();
    }

    @Test
    void theExamplesOfStalwartsManual() {
        Configuration.Limits limits = limits("""
                [[queue.throttle]]
                match = "rcpt_domain = 'example.com'"
                key = ["sender_domain", "rcpt_domain"]
                rate = "100/1s"
                concurrency = 5
                enable = true

                [[queue.throttle]]
                key = "remote_ip"
                rate = "25 / 1h"

                [[queue.throttle]]
                key = ["rcpt_domain"]
                concurrency = 5
                enable = false

                [[queue.quota]]
                match = "sender = 'john@foobar.org'"
                key = ["rcpt", "rcpt_domain", "sender", "sender_domain"]
                messages = 100000
                size = 10737418240
                """);
        assertThat(limits.throttles()).extracting(ThrottleSettings::id).containsExactly("1", "2");
        ThrottleSettings first = limits.throttles().getFirst();
        assertThat(first.keys()).containsExactly(LimitKey.SENDER_DOMAIN, LimitKey.RCPT_DOMAIN);
        assertThat(first.rate()).contains(new Rate(100, Duration.ofSeconds(1)));
        assertThat(first.concurrency()).isEqualTo(OptionalInt.of(5));
        assertThat(first.ofHost()).isFalse();
        assertThat(first.numbers()).isEqualTo("100/1s, 5 at once");
        assertThat(limits.throttles().getLast().ofHost()).isTrue();
        QuotaSettings quota = limits.quotas().getFirst();
        assertThat(quota.keys())
                .containsExactly(LimitKey.RCPT, LimitKey.RCPT_DOMAIN, LimitKey.SENDER, LimitKey.SENDER_DOMAIN);
        assertThat(quota.messages()).isEqualTo(OptionalLong.of(100_000));
        assertThat(quota.size()).isEqualTo(OptionalLong.of(10_737_418_240L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[[queue.throttle]] | MISSING | neither rate nor concurrency",
                "[[queue.throttle]];concurrency = 0 | VALUE | from 1 to",
                "[[queue.throttle]];rate = '100' | VALUE | a number and a time such as 100/1s",
                "[[queue.throttle]];rate = '0/1s' | VALUE | a number and a time",
                "[[queue.throttle]];rate = '1/32d' | VALUE | at most 31d",
                "[[queue.throttle]];rate = '1/1s';key = ['recipient'] | VALUE | rcpt_domain",
                "[[queue.throttle]];rate = '1/1s';match = 'nothing = 1' | EXPRESSION | nothing",
                "[[queue.throttle]];rate = '1/1s';id = 'a';[[queue.throttle]];rate = '2/1s';id = 'a' | VALUE | called",
                "[[queue.throttle]];rate = '1/1s';id = \"it's\" | VALUE | apostrophe",
                "[queue.throttle.x];rate = '1/1s' | SHAPE | list of tables",
                "[[queue.quota]];match = 'true' | MISSING | neither messages nor size",
                "[[queue.quota]];messages = 1;match = \"mx = 'x'\" | EXPRESSION | mx",
                "[[queue.quota]];messages = 1;key = ['remote_ip'];match = 'true' | VALUE | sender",
                "[[queue.quota]];messages = -1;match = 'true' | VALUE | at least 1",
                "[[queue.throttle]];rate = '1/1s';[[queue.throttle]];rate = '1/1s' | THROTTLE_TWICE | counts the same",
            })
    void whatIsWrongSaysSo(String written, String code, String words) {
        assertThat(Load.text(written.replace(";", "\n") + "\n").problems())
                .as(Load.text(written.replace(";", "\n") + "\n").problems().toString())
                .anySatisfy(problem -> {
                    assertThat(problem.code().name()).isEqualTo(code);
                    assertThat(problem.message() + problem.hint()).contains(words);
                });
    }

    @Test
    void aMatchThatAsksForTheHostIsAskedThere() {
        assertThat(limits("[[queue.throttle]]\nrate = \"1/1s\"\nmatch = \"mx = 'x.example'\"\n")
                        .throttles()
                        .getFirst()
                        .ofHost())
                .isTrue();
    }
}
