package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Texts that must not change unseen. {@code -Dnexthop.docs=write} writes them anew. */
class GoldenTest {
    private static final Path RESOURCES = Path.of("src/test/resources/dev/nexthop/config");

    private static void same(Path file, String text) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            Files.writeString(file, text);
        }
        assertThat(text).as(file + " (run the test with -Dnexthop.docs=write)").isEqualTo(Files.readString(file));
    }

    @Test
    void everyFaultOfAFileIsReportedTogether() throws IOException {
        String text = Files.readString(RESOURCES.resolve("faults.toml"));
        String rendered = Load.rendered(text) + "\n";
        same(RESOURCES.resolve("faults.txt"), rendered);
        assertThat(rendered).doesNotContain("hush");
    }

    @Test
    void twentyDifferentFaultsAreShownLikeThis() throws IOException {
        String text = Files.readString(RESOURCES.resolve("twenty.toml"));
        same(RESOURCES.resolve("twenty.txt"), Load.rendered(text) + "\n");
    }

    @Test
    void theManualIsThatOfTheDeclarations() throws IOException {
        same(Path.of("docs/configuration.md"), new Reference().configuration());
    }

    @Test
    void theListOfLintsIsThatOfTheCode() throws IOException {
        same(Path.of("docs/lint.md"), new Reference().lint());
    }
}
