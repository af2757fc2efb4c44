package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {
    static List<Setting<?>> settings() {
        return new Schema().settings();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void isDocumentedAndItsExampleIsAValue(Setting<?> setting) {
        assertThat(setting.manual().prose()).endsWith(".").hasSizeBetween(10, 140);
        String line = "x = " + setting.manual().example() + "\n";
        ConfigFile.Parsed file = ConfigFile.parse("example", line.getBytes(StandardCharsets.UTF_8));
        Node node = Objects.requireNonNull(new KeyPath(List.of("x")).find(file.root()));
        Reading reading = new Reading(setting.key().pattern(), false, Set.of("local"), file.problems());
        assertThat(setting.kind().read(node, reading)).isNotNull();
        assertThat(file.problems().hasErrors()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void itsDefaultIsAValue(Setting<?> setting) {
        Setting.Fallback fallback = setting.fallback();
        fallback.text()
                .ifPresent(text -> assertThat(Values.fallback(setting, text)).isNotNull());
        assertThat(fallback.text().isPresent()).isEqualTo(fallback.words().isEmpty());
    }

    @Test
    void noKeyIsDeclaredTwice() {
        Schema schema = new Schema();
        List<String> keys = Stream.concat(
                        schema.settings().stream().map(Setting::key),
                        schema.unserved().stream().map(Unserved::key))
                .map(Key::pattern)
                .toList();
        assertThat(keys).doesNotHaveDuplicates().hasSizeGreaterThan(150);
    }

    @Test
    void everyCodeHasItsOwnNumberAndSaysWhyAndWhat() {
        assertThat(Code.values()).extracting(Code::id).doesNotHaveDuplicates().isSorted();
        assertThat(Code.values()).allSatisfy(code -> {
            assertThat(code.why()).endsWith(".").hasSizeGreaterThan(20);
            assertThat(code.fix()).isNotBlank();
        });
    }
}
