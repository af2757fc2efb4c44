package dev.nexthop.flight;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class TellingTest {
    @Test
    void whatGoesWrongWithItUndoesNothing() {
        assertThatCode(() -> {
                    Telling.of("a test", () -> {
                        throw new IllegalStateException("no");
                    });
                    Telling.of("a test", () -> {
                        throw new AssertionError("nor that");
                    });
                })
                .doesNotThrowAnyException();
    }
}
