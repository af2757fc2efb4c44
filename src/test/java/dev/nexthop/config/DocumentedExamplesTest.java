package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every TOML example of the pages that people read loads. */
class DocumentedExamplesTest {
    private static final Pattern BLOCK = Pattern.compile("(?s)```toml\\n(.*?)```");
    private static final List<String> HOPS = List.of("relay", "relay1", "relay2", "bulk", "inside", "old", "lmtp");

    @TempDir
    Path folder;

    static Stream<String> examples() throws IOException {
        Stream.Builder<String> examples = Stream.builder();
        for (String page : List.of(
                "README.md",
                "docs/getting-started.md",
                "docs/routing.md",
                "docs/lookups.md",
                "docs/limits.md",
                "docs/notices.md")) {
            BLOCK.matcher(Files.readString(Path.of(page))).results().forEach(match -> examples.add(match.group(1)));
        }
        return examples.build();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void loads(String example) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
        String text = example.replaceAll("%\\{file:[^}]*}%", "%{file:" + secret + "}%")
                .replace("/usr/local/bin/token", "/bin/true");
        StringBuilder whole = new StringBuilder(text);
        for (String hop : HOPS) {
            if (text.contains("'" + hop + "'") && !text.matches("(?s).*\\[remote\\.\"?" + hop + "\"?].*")) {
                whole.append("\n[remote.")
                        .append(hop)
                        .append("]\naddress = \"")
                        .append(hop)
                        .append(".example.org\"\n");
                whole.append("port = 25\ntls.implicit = false\n");
            }
        }
        Loaded loaded = Load.text(whole.toString(), Map.of(), folder);
        assertThat(loaded.problems())
                .filteredOn(problem -> problem.severity() == Severity.ERROR)
                .extracting(Problem::render)
                .isEmpty();
    }

    @Test
    void postmasterOfTheFirstExampleIsLocal() throws IOException { // RFC 5321 §4.5.1
        Matcher first = BLOCK.matcher(Files.readString(Path.of("docs/getting-started.md")));
        assertThat(first.find()).isTrue();
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
        String text = first.group(1).replaceAll("%\\{file:[^}]*}%", "%{file:" + secret + "}%");
        Configuration configuration = ((Loaded.Ok) Load.text(text, Map.of(), folder)).configuration();
        Domain domain = configuration.inbound().plain().postmasterDomain();
        assertThat(configuration.local().directory().directory().recipients(new Mailbox("postmaster", domain)))
                .hasSize(1);
    }
}
