package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequiredTest {
    private static final List<String> PIECES = List.of(
            "a",
            "b",
            "ab",
            ".",
            "\\.",
            "^",
            "$",
            "(",
            ")",
            "(?:",
            "(?i)",
            "(?i:",
            "|",
            "*",
            "+",
            "?",
            "{2}",
            "{0,1}",
            "{,2}",
            "{",
            "[ab]",
            "[^a]",
            "[]a]",
            "\\d",
            "\\b",
            "\\A",
            "\\z",
            "\\Qa+\\E",
            "\\x61",
            "\\x{62}",
            "\\pL",
            "\\p{Greek}",
            "\\101",
            "é",
            "😀",
            "-",
            "@",
            "(?P<n>",
            "(?m)",
            "\\n",
            "\n");
    private static final List<String> LETTERS =
            List.of("a", "b", "ab", ".", "A", "B", "+", "é", "😀", "-", "@", "{", "\n", "1");

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "-",
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "^(.+)@(eu|us)\\.example\\.org$ ; - ; @ ; .example.org",
                "^info@ ; info@ ; - ; -",
                "gmail\\.com ; - ; gmail.com ; -",
                "^a$ ; a ; - ; a",
                "^ab*c.*defg.*x ; a ; defg ; -",
                "a|b ; - ; - ; -",
                "(?i)^a$ ; - ; - ; -",
                "(abc) ; - ; - ; -"
            })
    void lettersThatEveryMatchHasAreRequired(String pattern, String start, String inside, String end) {
        assertThat(Required.of(pattern))
                .isEqualTo(
                        new Required(start == null ? "" : start, inside == null ? "" : inside, end == null ? "" : end));
    }

    /** What is required is in every text in which the pattern is found. */
    @Test
    void nothingThatWouldBeFoundIsPassedOver() {
        Random random = new Random(3);
        int found = 0;
        int refused = 0;
        for (int i = 0; i < 40_000; i++) {
            Pattern pattern;
            try {
                pattern = Pattern.compile(row(random, PIECES, 7));
            } catch (PatternSyntaxException e) {
                continue; // Most rows are no pattern.
            }
            Required required = Required.of(pattern.pattern());
            for (int n = 0; n < 20; n++) {
                String text = row(random, LETTERS, 5);
                if (pattern.matcher(text).find()) {
                    found++;
                    assertThat(required.in(text)).as("%s in %s", pattern, text).isTrue();
                } else {
                    refused += required.in(text) ? 0 : 1;
                }
            }
        }
        assertThat(found).isGreaterThan(10_000);
        assertThat(refused).isGreaterThan(10_000);
    }

    private static String row(Random random, List<String> pieces, int most) {
        StringBuilder row = new StringBuilder();
        for (int n = random.nextInt(most); n >= 0; n--) {
            row.append(pieces.get(random.nextInt(pieces.size())));
        }
        return row.toString();
    }
}
