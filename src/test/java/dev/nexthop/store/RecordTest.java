package dev.nexthop.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void numbersComeBack(long value) throws Exception {
        byte[] record = new RecordWriter(1).number(value).record();
        RecordReader reader = new RecordReader("it", record, 1);
        assertThat(reader.number()).isEqualTo(value);
        reader.end();
    }

    @Test
    void momentsComeBackEvenTheLast() throws Exception {
        List<Instant> moments = List.of(
                Instant.EPOCH,
                Instant.MAX,
                Instant.MIN,
                Instant.parse("2026-11-22T16:00:00.123456789Z"),
                Instant.ofEpochSecond(-1, 1));
        RecordWriter writer = new RecordWriter(1);
        moments.forEach(writer::instant);
        RecordReader reader = new RecordReader("it", writer.record(), 1);
        for (Instant moment : moments) {
            assertThat(reader.instant()).isEqualTo(moment);
        }
        reader.end();
    }

    @Test
    void aTextThatCameBeforeCostsOneOctet() throws Exception {
        RecordWriter writer =
                new RecordWriter(1).text("mx.example.org").text("\u00e9").text("mx.example.org");
        byte[] record = writer.record();
        assertThat(record).hasSize(1 + 2 + 14 + 2 + 2 + 1);
        RecordReader reader = new RecordReader("it", record, 1);
        assertThat(List.of(reader.text(), reader.text(), reader.text()))
                .containsExactly("mx.example.org", "\u00e9", "mx.example.org");
    }

    @Test
    void anotherVersionIsNamed() {
        assertThatThrownBy(() -> new RecordReader("the record", new byte[] {2}, 1))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("the record has version 2, this program reads version 1");
    }

    @Test
    void aHugeCountCostsNoMemory() throws Exception {
        byte[] record = new RecordWriter(1).number(Integer.MAX_VALUE).record();
        assertThatThrownBy(() -> new RecordReader("it", record, 1).elements())
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> new RecordReader("it", record, 1).bytes()).isInstanceOf(CorruptRecordException.class);
    }

    @Test
    void aReferenceToNothingIsRefused() throws Exception {
        byte[] record = new RecordWriter(1).number(1).record();
        assertThatThrownBy(() -> new RecordReader("it", record, 1).text()).isInstanceOf(CorruptRecordException.class);
    }

    @Test
    void anEndlessNumberIsRefused() {
        byte[] record = {1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
        assertThatThrownBy(() -> new RecordReader("it", record, 1).number()).hasMessageContaining("endless number");
    }
}
