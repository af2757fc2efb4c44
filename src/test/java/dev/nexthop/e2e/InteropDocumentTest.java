package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of interoperability says what is tested. {@code -Dnexthop.docs=write} writes it anew. */
class InteropDocumentTest {
    private static final Path PAGE = Path.of("docs/interop.md");

    @Test
    void thePageIsThatOfTheCells() throws IOException {
        if ("write".equals(System.getProperty("nexthop.docs"))) {
            Files.writeString(PAGE, InteropDocument.text());
        }
        assertThat(InteropDocument.text())
                .as(PAGE + " (run the test with -Dnexthop.docs=write)")
                .isEqualTo(Files.readString(PAGE));
    }

    @Test
    void everyFeatureHasACellAndEveryHopANameOfItsOwn() {
        List<List<Cell>> servers = List.of(
                Cells.postfix(),
                Cells.sevenBit(),
                Cells.exim(),
                Cells.openSmtpd(true),
                Cells.dovecot(),
                Cells.proxied());
        assertThat(servers.stream().flatMap(List::stream).map(Cell::feature))
                .containsAll(Stream.of(Feature.values()).toList());
        for (List<Cell> cells : servers) {
            assertThat(cells.stream().map(Cell::id)).doesNotHaveDuplicates();
        }
    }
}
