package dev.nexthop.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueIdsTest {
    private final List<Long> marks = new ArrayList<>();

    private QueueIds starting(Instant now, long mark) {
        return new QueueIds(Clock.fixed(now, ZoneOffset.UTC), mark, marks::add);
    }

    @Test
    void anIdHoldsTheTimeAndRises() throws Exception {
        QueueIds ids = starting(Samples.NOW, 0);
        QueueId first = ids.next();
        assertThat(first.value() >> 20).isEqualTo(Samples.NOW.toEpochMilli());
        assertThat(ids.next().value()).isEqualTo(first.value() + 1);
        assertThat(marks).containsExactly(Samples.NOW.plusSeconds(60).toEpochMilli() << 20);
    }

    @Test
    void aClockSetBackGivesNoIdTwice() throws Exception {
        QueueId before = starting(Samples.NOW, 0).next();
        // Killed, and started an hour earlier: only the mark on disk knows.
        QueueId after =
                starting(Samples.NOW.minusSeconds(3600), marks.getLast()).next();
        assertThat(after).isGreaterThan(before);
    }

    @Test
    void anIdThatCouldNotBeMarkedIsNotGiven() {
        QueueIds ids = new QueueIds(Clock.fixed(Samples.NOW, ZoneOffset.UTC), 0, mark -> {
            throw new IOException("no");
        });
        assertThatThrownBy(ids::next).hasMessage("no");
        assertThat(ids.given()).isFalse();
    }

    /** Else the next start would give it again, where ids are ahead of the clock. */
    @Test
    void noIdIsGivenBehindTheMarkThatAStopLeaves() throws Exception {
        QueueIds ids = starting(Samples.NOW, 0);
        QueueId last = ids.next();
        assertThat(ids.end()).isEqualTo(last.value() + 1);
        assertThatThrownBy(ids::next).hasMessageContaining("being closed");
    }

    @Test
    void aMillionInOneMillisecondRunIntoTheNext() throws Exception {
        QueueIds ids = starting(Samples.NOW, 0);
        QueueId last = ids.next();
        for (int i = 0; i < 1_100_000; i++) {
            QueueId id = ids.next();
            assertThat(id.value() > last.value()).isTrue();
            last = id;
        }
        assertThat(last.value() >> 20).isEqualTo(Samples.NOW.toEpochMilli() + 1);
    }
}
