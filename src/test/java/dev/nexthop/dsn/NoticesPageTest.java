package dev.nexthop.dsn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page on notices says what is true. */
class NoticesPageTest {
    private static final Pattern NAME = Pattern.compile("`([a-z.]+)`");
    private static final Pattern SLOT = Pattern.compile("\\{([a-z]+)}");

    private static String page() throws IOException {
        return Files.readString(Path.of("docs/notices.md"));
    }

    private static String fence(String language) throws IOException {
        String page = page();
        int from = page.indexOf("```" + language + "\n") + language.length() + 4;
        return page.substring(from, page.indexOf("```", from));
    }

    @Test
    void everyPartIsThereWithItsPlaceholders() throws IOException {
        Map<String, Set<String>> told = new TreeMap<>();
        String table = page().split("\\| Part \\| What it says \\| Placeholders \\|")[1]
                .split("\n\n")[0];
        for (String row : table.lines().filter(line -> line.startsWith("| `")).toList()) {
            String[] cells = row.split("\\|");
            Set<String> slots = new TreeSet<>();
            SLOT.matcher(cells[3]).results().forEach(slot -> slots.add(slot.group(1)));
            NAME.matcher(cells[1]).results().forEach(name -> told.put(name.group(1), slots));
        }
        Map<String, Set<String>> known = new TreeMap<>();
        Phrases.REQUIRED.forEach((key, slots) -> {
            Set<String> words = new TreeSet<>();
            slots.forEach(slot -> words.add(slot.word()));
            known.put(key, words);
        });
        assertThat(told).isEqualTo(known);
    }

    @Test
    void everyPlaceholderIsExplained() throws IOException {
        String table = page().split("\\| Placeholder \\| Value \\|")[1].split("\n\n")[0];
        Set<String> told = new TreeSet<>();
        Matcher slots = SLOT.matcher(table);
        while (slots.find()) {
            told.add(slots.group(1));
        }
        assertThat(told)
                .hasSize(Slot.values().length)
                .allMatch(word -> Slot.of(word).isPresent());
    }

    @Test
    void theTemplateOfThePageIsOne() throws IOException {
        assertThat(Languages.read(List.of(new Languages.Source("en.txt", "en", fence("ini"))))
                        .faults())
                .isEmpty();
    }

    @Test
    void theNoticeOfThePageIsOneOfTheGoldenOnes() throws IOException {
        assertThat(Files.readString(Path.of("src/test/resources/dev/nexthop/schedule/notices.txt")))
                .contains("\n\n" + fence("text") + "=== end\n");
    }
}
