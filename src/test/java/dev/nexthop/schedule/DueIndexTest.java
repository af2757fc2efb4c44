package dev.nexthop.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.QueueId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DueIndexTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void doesWhatAMapWould(long seed) {
        Random random = new Random(seed);
        DueIndex index = new DueIndex();
        Map<Long, Long> model = new HashMap<>();
        long now = 0;
        for (int i = 0; i < 200_000; i++) {
            long id = random.nextInt(5_000);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    long due = now + random.nextInt(10_000);
                    index.put(new QueueId(id), due);
                    model.put(id, due);
                }
                case 2 -> {
                    index.put(new QueueId(id), DueIndex.NEVER);
                    model.remove(id);
                }
                default -> {
                    now += random.nextInt(20);
                    long until = now;
                    QueueId got = index.poll(now);
                    if (got == null) {
                        assertThat(model.values()).noneMatch(due -> due <= until);
                    } else {
                        Long due = model.remove(got.value());
                        assertThat(due).isNotNull().isLessThanOrEqualTo(now);
                    }
                }
            }
            assertThat(index.size()).isEqualTo(model.size());
        }
        long earliest = model.values().stream().min(Long::compare).orElse(DueIndex.NEVER);
        assertThat(index.next()).isEqualTo(earliest);
    }

    @Test
    void givesTheEarliestFirstAndEqualTimesInTheOrderOfIds() {
        DueIndex index = new DueIndex();
        TreeMap<Long, Long> expected = new TreeMap<>();
        for (long id = 3_000; id > 0; id--) {
            index.put(new QueueId(id), id % 10);
            expected.put(id % 10 * 10_000 + id, id);
        }
        for (long id : expected.values()) {
            assertThat(index.poll(10)).isEqualTo(new QueueId(id));
        }
        assertThat(index.poll(10)).isNull();
        assertThat(index.next()).isEqualTo(DueIndex.NEVER);
    }

    @Test
    void roundsUpSoThatNobodyWakesEarly() {
        assertThat(DueIndex.millis(Instant.ofEpochSecond(1, 1))).isEqualTo(1_001);
        assertThat(DueIndex.millis(Instant.ofEpochSecond(1))).isEqualTo(1_000);
        assertThat(DueIndex.millis(Instant.MAX)).isEqualTo(DueIndex.NEVER);
    }
}
