package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page on outcomes is the table's. {@code -Dnexthop.docs=write} writes it anew. */
class OutcomesPageTest {
    private static final Path PAGE = Path.of("docs/outcomes.md");

    @Test
    void thePageIsThatOfTheTable() throws IOException {
        String text = OutcomesPage.text();
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            Files.writeString(PAGE, text);
        }
        assertThat(text).as(PAGE + " (run the test with -Dnexthop.docs=write)").isEqualTo(Files.readString(PAGE));
    }

    @Test
    void everyRowSaysWhy() {
        assertThat(Classifier.TABLE)
                .hasSizeGreaterThan(20)
                .allSatisfy(row -> assertThat(row.why()).isNotBlank());
    }
}
