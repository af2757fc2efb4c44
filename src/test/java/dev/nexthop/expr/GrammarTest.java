package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The parser takes sentences of the grammar in the manual, whatever they are, and groups them as the grammar does. */
final class GrammarTest {
    private static final Pattern WORD = Pattern.compile("\"([^\"]+)\"|([a-z]+)|([|{}()\\[\\]])");
    private static final int ENOUGH = 80;

    /** What the grammar leaves to prose. Only what evaluates without trouble, so that values can be compared. */
    private static final Map<String, List<String>> LEAVES = Map.of(
            "text", List.of("'a'", "\"it's\"", "''", "'5'"),
            "number", List.of("0", "1", "2", "1.5", ".5", "1e3"),
            "duration", List.of("500ms", "5m", "3d"),
            "size", List.of("1kb", "25mb"),
            "capture", List.of("$0", "$12"),
            "name", List.of("rcpt", "size", "relay", "relay-eu", "recipients"));

    private sealed interface Part {
        /** Something in quotes. */
        record Literal(String text) implements Part {}

        /** A rule of the grammar or a leaf. */
        record Name(String name) implements Part {}

        /** One of several. */
        record OneOf(List<Part> parts) implements Part {}

        /** One after the other. */
        record Row(List<Part> parts) implements Part {}

        /** Braces: any number; brackets: none or one. */
        record Maybe(Part part, int most) implements Part {}
    }

    private final Map<String, Part> rules = new LinkedHashMap<>();
    private final Random random = new Random(5321);
    private List<String> words = List.of();
    private int at;

    private void read() throws IOException {
        String joined = LanguagePage.grammar().replaceAll("\n\\s+", " ");
        for (String line : joined.strip().split("\n")) {
            String[] sides = line.split("=", 2);
            words = new ArrayList<>();
            Matcher matcher = WORD.matcher(sides[1]);
            while (matcher.find()) {
                words.add(matcher.group());
            }
            at = 0;
            rules.put(sides[0].strip(), alternatives());
            assertThat(at).as(line).isEqualTo(words.size());
        }
    }

    private Part alternatives() {
        List<Part> parts = new ArrayList<>();
        parts.add(row());
        while (at < words.size() && words.get(at).equals("|")) {
            at++;
            parts.add(row());
        }
        return new Part.OneOf(parts);
    }

    private Part row() {
        List<Part> parts = new ArrayList<>();
        while (at < words.size() && !List.of("|", ")", "]", "}").contains(words.get(at))) {
            String word = words.get(at++);
            parts.add(
                    switch (word) {
                        case "(" -> closed(alternatives());
                        case "[" -> new Part.Maybe(closed(alternatives()), 1);
                        case "{" -> new Part.Maybe(closed(alternatives()), 3);
                        default ->
                            word.startsWith("\"")
                                    ? new Part.Literal(word.substring(1, word.length() - 1))
                                    : new Part.Name(word);
                    });
        }
        return new Part.Row(parts);
    }

    private Part closed(Part part) {
        at++;
        return part;
    }

    private void write(Part part, StringBuilder text) {
        switch (part) {
            case Part.Literal(String word) -> text.append(word).append(random.nextInt(8) == 0 ? "\t" : " ");
            case Part.Name(String name) -> {
                List<String> leaves = LEAVES.get(name);
                if (leaves == null) {
                    write(Objects.requireNonNull(rules.get(name), name), text);
                } else {
                    text.append(leaves.get(random.nextInt(leaves.size()))).append(' ');
                }
            }
            case Part.OneOf(List<Part> parts) -> {
                // A long sentence takes the alternatives that come to an end: an item without sign, a text.
                int choice = text.length() > ENOUGH ? parts.size() == 2 ? 1 : 0 : random.nextInt(parts.size());
                write(parts.get(choice), text);
            }
            case Part.Row(List<Part> parts) -> parts.forEach(one -> write(one, text));
            case Part.Maybe(Part one, int most) -> {
                int times = text.length() > ENOUGH || random.nextInt(4) > 0 ? 0 : 1 + random.nextInt(most);
                for (int i = 0; i < times; i++) {
                    write(one, text);
                }
            }
        }
    }

    @Test
    void theParserReadsEverySentenceOfTheGrammar() throws IOException {
        read();
        TreeSet<String> broken = new TreeSet<>();
        int whole = 0;
        for (int i = 0; i < 5_000; i++) {
            StringBuilder sentence = new StringBuilder();
            write(new Part.Name("expression"), sentence);
            if (Expression.compile(sentence.toString(), Sample.SCOPE) instanceof Compiled.Failed failed) {
                failed.problems().stream()
                        .map(ExpressionProblem::message)
                        .filter(message -> message.contains("does not fit here")
                                || message.contains("must follow")
                                || message.contains("has no meaning")
                                || message.startsWith("expected"))
                        .forEach(message -> broken.add(sentence + ": " + message));
            } else {
                whole++;
            }
        }
        assertThat(whole).as("sentences without any problem").isGreaterThan(500);
        assertThat(broken).isEmpty();
    }

    /** Every level of precedence against every other, grouped by parentheses as the table of the manual says. */
    @Test
    void precedenceIsThatOfTheGrammar() throws EvaluationException {
        List<String> levels = List.of("||", "&&", "^", "=", "<", "+", "*");
        for (String weak : levels) {
            for (String strong : levels.subList(levels.indexOf(weak) + 1, levels.size())) {
                for (int bits = 0; bits < 27; bits++) {
                    String a = Integer.toString(bits % 3);
                    String b = Integer.toString(bits / 3 % 3);
                    String c = Integer.toString(bits / 9);
                    same(a + weak + b + strong + c, a + weak + "(" + b + strong + c + ")");
                    same(a + strong + b + weak + c, "(" + a + strong + b + ")" + weak + c);
                    same(a + strong + b + strong + c, "(" + a + strong + b + ")" + strong + c);
                }
            }
        }
    }

    private static void same(String source, String grouped) throws EvaluationException {
        assertThat(value(source)).as(source).isEqualTo(value(grouped));
    }

    private static String value(String source) throws EvaluationException {
        return Sample.show(Sample.compiled(source).evaluate(new Evaluation(Sample.FACTS, Sample.LOOKUPS)));
    }
}
