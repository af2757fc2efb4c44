package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Compares {@link DotReader} with {@link PlainDotReader} on any input. */
final class DotReaderCheck {
    private DotReaderCheck() {}

    static void same(byte[] input, LineEnds ends, RandomGenerator sizes, int most) throws IOException {
        Optional<PlainDotReader> expected = PlainDotReader.read(input, ends);
        InputBuffer buffer = new InputBuffer(new Trickle(input, sizes, most));
        DotReader reader = new DotReader(buffer, ends);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        if (expected.isEmpty()) {
            assertThatThrownBy(() -> reader.read(content::write)).isInstanceOf(EOFException.class);
            return;
        }
        reader.read(content::write);
        PlainDotReader plain = expected.get();
        assertThat(content.toByteArray()).isEqualTo(plain.content());
        assertThat(reader.octets()).isEqualTo(plain.content().length);
        assertThat(reader.bareCr()).as("bare CR").isEqualTo(plain.bareCr());
        assertThat(reader.bareLf()).as("bare LF").isEqualTo(plain.bareLf());
        assertThat(reader.longestLine()).as("longest line").isEqualTo(plain.longestLine());
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        while (buffer.buffered() > 0 || buffer.fill()) {
            rest.write(buffer.bytes[buffer.position++]);
        }
        assertThat(rest.size()).as("left for the next command").isEqualTo(input.length - plain.consumed());
    }
}
