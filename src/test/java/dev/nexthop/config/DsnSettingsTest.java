package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.dsn.DsnSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code report.dsn.language} and the files of {@code report.dsn.templates}. */
class DsnSettingsTest {
    @TempDir
    private Path folder;

    private Loaded load(String text) {
        return Load.text(text, Map.of(), folder);
    }

    private void file(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve("notices"));
        Files.writeString(folder.resolve("notices").resolve(name), text, StandardCharsets.UTF_8);
    }

    private List<String> errors(String text) {
        return load(text).problems().stream()
                .filter(problem -> problem.severity() == Severity.ERROR)
                .map(problem -> (problem.code().id() + " " + problem.origin() + " " + problem.message())
                        .replace(folder + "/", ""))
                .toList();
    }

    private DsnSettings ok(String text) {
        Loaded loaded = load(text);
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        return ((Loaded.Ok) loaded).configuration().outbound().dsn();
    }

    @Test
    void englishIsSpokenWhereNothingIsWritten() {
        assertThat(ok("").languages().tags()).containsExactly("de", "en", "es", "fr");
    }

    @Test
    void aLanguageMayDependOnTheSender() {
        ok("""
                [report.dsn]
                language = [ { if = "ends_with(sender_domain, '.de')", then = "'de-AT'" }, { else = "'en'" } ]
                """);
        assertThat(errors("report.dsn.language = \"rcpt_domain\"")).hasSize(1);
    }

    @Test
    void aLanguageThatNobodyWroteIsAnError() {
        assertThat(errors("""
                [report.dsn]
                language = [ { if = "ends_with(sender_domain, '.it')", then = "'it'" }, { else = "'en'" } ]
                """))
                .singleElement()
                .asString()
                .startsWith("NH007 t.toml:2:")
                .endsWith("there are no templates in the language 'it'");
    }

    @Test
    void filesAddAndReplace() throws IOException {
        file("de.txt", "[closing]\nFragen? {id}\n");
        file("README", "no template");
        assertThat(ok("report.dsn.templates = \"notices\"\nreport.dsn.language = \"'de'\"")
                        .languages()
                        .tags())
                .containsExactly("de", "en", "es", "fr");
    }

    @Test
    void whatIsWrongInAFileIsReportedWithItsLine() throws IOException {
        file("de.txt", "[closing]\nFragen? {who}\n");
        file("it.txt", "[closing]\nciao\n");
        file("deutsch!.txt", "");
        Files.write(folder.resolve("notices/fr.txt"), new byte[] {'[', (byte) 0xFF});
        assertThat(errors("report.dsn.templates = \"notices\""))
                .hasSize(4)
                .anyMatch(error ->
                        error.equals("NH292 notices/de.txt:2:1 there is no placeholder {who} for the part 'closing'"))
                .anyMatch(error -> error.startsWith("NH292 notices/it.txt:2:1 the file ends without the parts"))
                .anyMatch(error -> error.equals("NH292 notices/deutsch!.txt:1:1 'deutsch!' is no tag of a language"))
                .anyMatch(error -> error.equals("NH292 notices/fr.txt:1:1 the file is not UTF-8"));
    }

    @Test
    void aFolderThatIsNotThereIsAnError() {
        assertThat(errors("report.dsn.templates = \"notices\""))
                .singleElement()
                .asString()
                .startsWith("NH003 t.toml:1:")
                .contains("there is no such file");
    }
}
