package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/** The quick reader and the parser that names all faults must read the same of every file that both can read. */
class TomlReaderTest {
    /** Files, cut by a line of dashes. Those that begin with ! have a fault. */
    private static final String FILES = """
            a = 1
            b.c = "x" # comment
            b.d = 'y'
            "q.r" = true
            '' = false
            ---
            [a.b]
            c = 1
            [a]
            d = 2
            [[l]]
            x = 1
            [[l]]
            x = 2
            [l.y]
            z = 3
            [[l.w]]
            ---
            s = "a\\tb\\u00e9\\U0001F600\\\\\\"\\b\\f\\r\\n"
            t = ""
            u = ''
            m = \"""
            first
              second \\
                 third "" quotes\"""
            n = '''
            a\\b ''two'''
            o = \"""\"""
            p = \"""x\"\"\"""
            ---
            i = [1, -2, +3, 1_000, 0xFf, 0o17, 0b1_0, 0, -0]
            r = [1.5, -0.0, 1e3, 6.02E-2, 1_0.5_0, inf, -inf, +inf, nan, -nan, 1e300]
            d = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.999-07:00, 1979-05-27t07:32:00, 1979-05-27, 07:32:00.5]
            ---
            l = [ # comment
              [1, 2], ["a", 'b',], [],
              # more
              { x = 1, y.z = "2" }, {}
            ,]
            ---
            t = { a = { b = { } }, c = [ { d = 1 } ] }
            x.y.z = 1
            x.y.w = 2
            ---
            [ a . "b c" . d ]
             k  =  "v"\t
            [fruit]
            apple.color = "red"
            apple.taste.sweet = true
            [fruit.apple.texture]
            smooth = true
            ---
            regex = "^a\\.b\\d$"
            path = 'C:\\x'
            ---
            ! a = 1
            a = 2
            ---
            ! [a]
            [a]
            ---
            ! a.b = 1
            [a]
            ---
            ! [a.b.c]
            x = 1
            [a]
            b.c.y = 2
            ---
            ! a = {b = 1}
            [a.c]
            ---
            ! a = [1]
            [[a]]
            ---
            ! [[a]]
            [a]
            ---
            ! a = {b = 1,}
            ---
            ! a = {b = 1
            }
            ---
            ! a = relay
            ---
            ! a = 01
            ---
            ! a = 1__0
            ---
            ! a = 99999999999999999999
            ---
            ! a = "x
            ---
            ! a = "\\ud800"
            ---
            ! a = "\\u12"
            ---
            ! a
            ---
            ! a = 1 b = 2
            ---
            ! = 1
            ---
            ! [a
            ---
            ! [[a]
            ---
            ! a = [1
            ---
            ! a = 1979-13-01
            ---
            ! a = 1e400
            ---
            ! a = .5
            ---
            ! a = 5.
            ---
            ! a = True
            ---
            ! a = 'x\u0000'
            ---
            ! # \u0001
            ---
            ! a = 1\rb = 2
            """;

    @TestFactory
    Stream<DynamicTest> bothReadersAgree() {
        return Stream.of(FILES.split("---\n"))
                .flatMap(file -> Stream.of(file, file.replace("\n", "\r\n")))
                .map(file -> DynamicTest.dynamicTest(file.lines().findFirst().orElseThrow(), () -> {
                    boolean fault = file.startsWith("! ");
                    String text = fault ? file.substring(2) : file;
                    TomlReader.Read read = TomlReader.read(text, 0);
                    assertThat(read)
                            .as(text)
                            .isInstanceOf(fault ? TomlReader.Read.Fault.class : TomlReader.Read.Whole.class);
                    assertThat(agree(text)).isEqualTo(!fault);
                }));
    }

    @Test
    void bothReadersAgreeOnTheFilesOfTheTests() throws Exception {
        try (Stream<Path> files = Files.walk(Path.of("src/test/resources"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".toml")).toList()) {
                agree(Files.readString(file));
            }
        }
    }

    /** Ten thousand files made of what TOML is made of, most of them with a fault. */
    @Test
    void bothReadersAgreeOnAnything() {
        List<String> words = List.of(
                "a",
                "b",
                "\"c\"",
                "'d'",
                ".",
                " = ",
                "=",
                "[",
                "]",
                "[[",
                "]]",
                "{",
                "}",
                ", ",
                "\n",
                "\n",
                "\n",
                "1",
                "-2",
                "1.5",
                "true",
                "\"x\\n\"",
                "'y'",
                "\"\"\"z\n\"\"\"",
                "# c\n",
                "1979-05-27",
                "\t",
                "\r\n",
                "a = 1\n",
                "b.c = [1]\n",
                "[a]\n",
                "[a.b]\n",
                "[[l]]\n",
                "t = {x = 1}\n",
                "\\",
                "\"",
                "_",
                "0x1");
        Random random = new Random(7);
        int read = 0;
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(14); n >= 0; n--) {
                text.append(words.get(random.nextInt(words.size())));
            }
            read += agree(text.toString()) ? 1 : 0;
        }
        assertThat(read).as("files without a fault").isGreaterThan(300);
    }

    /** Whether the quick reader reads a text; when it does, the other one reads the same. */
    static boolean agree(String text) {
        if (!(TomlReader.read(text, 0) instanceof TomlReader.Read.Whole whole)) {
            return false;
        }
        Scanned scanned = Scanned.of(text);
        var parsed = Toml.parse(scanned.patched(), TomlVersion.V1_0_0);
        assertThat(parsed.errors()).as(text).isEmpty();
        assertThat(shown(whole.root())).as(text).isEqualTo(shown(parsed, scanned));
        return true;
    }

    private static String shown(Node node) {
        StringBuilder text = new StringBuilder();
        switch (node) {
            case Node.Table table -> {
                text.append('{');
                table.entries().values().stream()
                        .sorted(java.util.Comparator.comparing(Node.Entry::key))
                        .forEach(entry -> text.append(entry.key())
                                .append('=')
                                .append(shown(entry.node()))
                                .append(';'));
                text.append('}');
            }
            case Node.Items items ->
                items.items()
                        .forEach(item -> text.append('<').append(shown(item)).append('>'));
            case Node.Scalar scalar -> text.append(scalar.form()).append(scalar.text());
            case Node.Broken _ -> text.append("broken");
        }
        return text.toString();
    }

    private static String shown(Object value, Scanned scanned) {
        StringBuilder text = new StringBuilder();
        switch (value) {
            case TomlTable table -> {
                text.append('{');
                table.keySet().stream()
                        .sorted(java.util.Comparator.comparing(scanned::restore))
                        .forEach(key -> text.append(scanned.restore(key))
                                .append('=')
                                .append(shown(java.util.Objects.requireNonNull(table.get(List.of(key))), scanned))
                                .append(';'));
                text.append('}');
            }
            case TomlArray array ->
                array.toList()
                        .forEach(item ->
                                text.append('<').append(shown(item, scanned)).append('>'));
            case String string -> text.append("STRING").append(scanned.restore(string));
            case Long number -> text.append("INTEGER").append(number);
            case Double number -> text.append("REAL").append(number);
            case Boolean truth -> text.append("BOOLEAN").append(truth);
            default -> text.append("DATE").append(value);
        }
        return text.toString();
    }

    @Test
    void whatIsTooDeepOrTooLargeIsNamedAtOnce() {
        List<String> bombs = List.of(
                "a = " + "[".repeat(1_000_000),
                "a = " + "[".repeat(100_000) + "]".repeat(100_000),
                "a = " + "{a=".repeat(100_000),
                "a.".repeat(100_000) + "a = 1",
                "[" + "a.".repeat(100_000) + "a]",
                "x = \n" + "[".repeat(400_000),
                "x = \n" + "a.".repeat(200_000) + "b = 1",
                "x = [\"" + "[".repeat(3_000) + "\n",
                "a = \"" + "x".repeat(8_000_000) + "\"",
                "a = [" + "1,".repeat(3_900_000) + "]",
                "a = [" + "1,".repeat(3_900_000),
                "a = 1\n".repeat(1_000_000),
                "\0".repeat(1_000_000),
                "a = \"\0\"",
                "[".repeat(8_000_000),
                "'".repeat(500_000),
                "\"\\".repeat(300_000),
                "#".repeat(8_000_000),
                "=".repeat(400_000));
        for (String bomb : bombs) {
            Loaded loaded = Load.text(bomb);
            assertThat(loaded)
                    .as(bomb.substring(0, Math.min(20, bomb.length())))
                    .isNotNull();
            loaded.problems()
                    .forEach(problem -> assertThat(problem.render().length()).isLessThan(20_000));
        }
    }

    @Test
    void theDepthHasItsOwnMessageAndPlace() {
        String deep = "a = 1\nlog.format = " + "[".repeat(100) + "]".repeat(100) + "\n";
        assertThat(Load.codes(deep)).containsExactly("NH001 2:77");
        assertThat(Load.rendered(deep)).contains("nested too deeply: at most 64");
        assertThat(TomlReader.read("a = " + "[".repeat(60) + "]".repeat(60), 0))
                .isInstanceOf(TomlReader.Read.Whole.class);
    }
}
