package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key of Stalwart 0.7 is served, or known and named as not served yet. */
class KnownKeysTest {
    private static final Path LIST = Path.of("src/test/resources/dev/nexthop/config/keys-0.7.txt");

    static List<String> keys() throws IOException {
        try (Stream<String> lines = Files.lines(LIST)) {
            return lines.filter(line -> !line.startsWith("#") && !line.isBlank())
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isKnown(String key) {
        assertThat(new Schema().status(new Key(key).segments())).isNotEqualTo(Schema.Status.UNKNOWN);
    }

    @Test
    void mostOfMailThatLeavesIsServed() throws IOException {
        Schema schema = new Schema();
        List<Schema.Status> remote = keys().stream()
                .filter(key -> key.startsWith("remote.") || key.startsWith("queue.schedule"))
                .map(key -> schema.status(new Key(key).segments()))
                .toList();
        assertThat(remote).hasSizeGreaterThan(10).doesNotContain(Schema.Status.UNSERVED);
        assertThat(schema.status(List.of("queue", "outbound", "nexthop"))).isEqualTo(Schema.Status.UNKNOWN);
        assertThat(schema.status(List.of("session", "milter", "x"))).isEqualTo(Schema.Status.UNKNOWN);
    }
}
