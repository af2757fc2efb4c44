package dev.nexthop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When the old generation is collected. */
class HeapWatchTest {
    private static final long MB = 1L << 20;

    private final Fake generation = new Fake();
    private final HeapWatch watch = new HeapWatch(generation);

    @Test
    void collectsWhenSixteenMegabytesHaveCome() {
        generation.used = 16 * MB - 1;
        watch.look();
        assertThat(generation.collections).isZero();

        generation.used = 16 * MB;
        generation.live = 10 * MB;
        watch.look();
        assertThat(generation.collections).isOne();

        generation.used = (10 + 16) * MB - 1;
        watch.look();
        assertThat(generation.collections).isOne();

        generation.used = (10 + 16) * MB;
        watch.look();
        assertThat(generation.collections).isEqualTo(2);
    }

    /** A queue of a million must not be looked through again for each few megabytes that come. */
    @Test
    void letsWhatIsMoreThanThatDouble() {
        generation.used = 150 * MB;
        generation.live = 150 * MB;
        watch.look();
        assertThat(generation.collections).isOne();

        generation.used = 300 * MB - 1;
        watch.look();
        assertThat(generation.collections).isOne();

        generation.used = 300 * MB;
        watch.look();
        assertThat(generation.collections).isEqualTo(2);
    }

    /** What is alive for good is found out once, not each second. */
    @Test
    void asksAgainOnlyWhenItGrows() {
        generation.used = 40 * MB;
        generation.live = 40 * MB;
        for (int second = 0; second < 100; second++) {
            watch.look();
        }
        assertThat(generation.collections).isOne();
    }

    private static final class Fake implements HeapWatch.Generation {
        private long used;
        private long live;
        private long alive;
        private int collections;

        @Override
        public long used() {
            return used;
        }

        @Override
        public long alive() {
            return alive;
        }

        @Override
        public void collect() {
            collections++;
            used = live;
            alive = live;
        }
    }
}
