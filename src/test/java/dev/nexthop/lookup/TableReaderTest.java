package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.lookup.TableReader.Format;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableReaderTest {
    private static MemoryTable read(Format format, String separator, String lines)
            throws TableReader.BadEntryException {
        TableReader reader =
                new TableReader(new TableReader.Form(format, "#", separator, new TableReader.Columns(1, 2)), 1000);
        for (String line : lines.split(";")) {
            reader.line(line);
        }
        return reader.table();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "LIST  | example.org;  # no entry ;; example.net  | example.org      | example.org",
                "LIST  | example.org;  # no entry ;; example.net  | example.net      | example.net",
                "LIST  | example.org                              | Example.org      | none",
                "LIST  | example.org                              | '# no entry'     | none",
                "MAP   | example.org   relay  two;b c             | example.org      | relay  two",
                "MAP   | example.org relay                        | relay            | none",
                "GLOB  | *.example.org;user@*;test@domain?.org    | a.b.Example.ORG  | *.example.org",
                "GLOB  | *.example.org;user@*;test@domain?.org    | example.org      | none",
                "GLOB  | *.example.org;user@*;test@domain?.org    | test@domain7.org | test@domain?.org",
                "GLOB  | *.example.org;user@*;test@domain?.org    | test@domain.org  | none",
                "GLOB  | a+(b).*                                  | a+(b).c          | a+(b).*",
                "GLOB  | a+(b).*                                  | aabxc            | none",
                "REGEX | ^bounce-[0-9]+@;\\.test$                 | bounce-12@x      | ^bounce-[0-9]+@",
                "REGEX | ^bounce-[0-9]+@;\\.test$                 | a.test           | \\.test$",
                "REGEX | ^bounce-[0-9]+@;\\.test$                 | a.tests          | none",
            })
    void tablesAnswer(Format format, String lines, String key, String value) throws Exception {
        assertThat(read(format, " ", lines).get(key)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "none",
            value = {
                "a,1              | a    | 1",
                "a, 1 , x         | a    | 1",
                "\"a,b\",\"1 \"\"q\"\"\" | a,b  | 1 \"q\"",
                "a,               | a    | ``",
            })
    void fieldsOfCsv(String line, String key, String value) throws Exception {
        assertThat(read(Format.CSV, ",", line).get(key)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "MAP   | example.org            | a key and a value are parted by a space",
                "MAP   | a 1;a 2                | the key has another value above",
                "CSV   | a                      | the line has 1 fields where field 2 is wanted",
                "CSV   | \"a,1                  | the quote of a field is not closed",
                "CSV   | \"a\"b,1               | behind the closing quote",
                "CSV   | ,1                     | the key is empty",
                "REGEX | (                      | wrong regular expression",
                "REGEX | (?=x)                  | wrong regular expression",
                "REGEX | (((a{100}){100}){100}) | this regular expression is too large",
            })
    void whatIsNoEntryIsRefused(Format format, String lines, String why) {
        assertThatThrownBy(() -> read(format, format == Format.CSV ? "," : " ", lines))
                .isInstanceOf(TableReader.BadEntryException.class)
                .hasMessageContaining(why);
    }

    @Test
    void tablesAndLinesAreBounded() throws Exception {
        TableReader lines =
                new TableReader(new TableReader.Form(Format.LIST, "", " ", new TableReader.Columns(1, 0)), 1000);
        assertThatThrownBy(() -> lines.line("x".repeat(TableReader.MAX_LINE + 1)))
                .hasMessageContaining("4096");
        TableReader patterns = new TableReader(
                new TableReader.Form(Format.GLOB, "", " ", new TableReader.Columns(1, 0)), TableReader.MAX_ENTRIES);
        for (int i = 0; i < TableReader.MAX_PATTERNS; i++) {
            patterns.line("x");
        }
        assertThatThrownBy(() -> patterns.line("x")).hasMessageContaining("at most 10000 patterns");
        assertThat(patterns.table().size()).isEqualTo(1);
    }

    /** What takes exponential time with backtracking takes none here. */
    @Test
    void hostilePatternsTakeLinearTime() throws Exception {
        MemoryTable table = read(Format.REGEX, " ", "^(a+)+$");
        assertThat(table.get("a".repeat(4000) + "b")).isNull();
        assertThat(read(Format.GLOB, " ", "*a*a*a*a*a*a*a*a*b").get("a".repeat(4000)))
                .isNull();
        assertThat(table.get("a".repeat(5000))).as("longer than any address").isNull();
    }

    @Test
    void aListHoldsEachEntryOnce() throws Exception {
        MemoryTable table = read(Format.LIST, " ", "a;b;a");
        assertThat(List.of(table.size(), String.valueOf(table.get("a")))).isEqualTo(List.of(2, "a"));
    }
}
