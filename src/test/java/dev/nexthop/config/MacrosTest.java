package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.Secret;
import dev.nexthop.lookup.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MacrosTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("NAME", "relay", "DIR", "keys", "PORT", "465", "EVIL", "%{env:NAME}%", "EMPTY", "");

    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectory(folder.resolve("keys"));
        Files.writeString(folder.resolve("keys/one"), "hush\n");
        Files.writeString(folder.resolve("keys/two"), "hush\n\n");
        Files.writeString(folder.resolve("keys/dos"), "hush\r\n");
        Files.write(folder.resolve("keys/latin"), new byte[] {'h', (byte) 0xFC});
        Files.write(folder.resolve("keys/huge"), new byte[Macros.MAX_FILE + 1]);
    }

    private Loaded load(String text) {
        return Load.text(text, ENVIRONMENT, folder);
    }

    private String looked(String written) {
        Loaded loaded = load("[lookup.t]\nv = '" + written + "'\nother = \"%{cfg:lookup.t.last}%!\"\nlast = \"end\"\n");
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        StoreSettings table =
                ((Loaded.Ok) loaded).configuration().local().lookups().stores().get("t");
        return String.valueOf(
                ((StoreSettings.Memory) Objects.requireNonNull(table)).table().get("v"));
    }

    @ParameterizedTest
    @CsvSource({
        "%{env:NAME}%, relay",
        "a %{env:NAME}%-%{env:PORT}% b, a relay-465 b",
        "%{file:keys/one}%, hush",
        "%{file:%{env:DIR}%/one}%, hush",
        "%{file:keys/dos}%, hush",
        "%{cfg:lookup.t.last}%, end",
        "%{cfg:lookup.t.other}%, end!",
        "%{env:EVIL}%, %{env:NAME}%",
        "[%{env:EMPTY}%], []",
        "100%, 100%",
        "%{, %{",
        "}%, }%",
        "%{ENV:X}%, %{ENV:X}%",
    })
    void haveTheseValues(String written, String expected) {
        assertThat(looked(written)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "%{env:NOBODY}% | the environment variable 'NOBODY' is not set | 8",
                "ab%{file:keys/none}% | the file 'keys/none' does not exist | 10",
                "%{file:keys}% | 'keys' is not a regular file | 8",
                "%{file:keys/latin}% | the file 'keys/latin' is not UTF-8 | 8",
                "%{file:keys/huge}% | the file 'keys/huge' is larger than 1048576 octets | 8",
                "%{cfg:no.such}% | the setting 'no.such' has no value in this file | 8",
                "%{cfg:lookup.t}% | the setting 'lookup.t' is a table, not a single value | 8",
                "%{cfg:lookup.t.key}% | cfg macros lead in a circle, or too far: lookup.t.key → lookup.t.key | 8",
                "%{env:NAME | the macro has no end: '}%' is missing | 8",
                "%{var:NAME}% | there is no macro 'var'; there are env, file and cfg | 8",
            })
    void areErrorsWithTheirPlace(String written, String message, int column) {
        Loaded loaded = load("[lookup.t]\nkey = \"" + written + "\"\n");
        assertThat(loaded.problems()).hasSize(1).first().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(Code.MACRO);
            assertThat(problem.message()).isEqualTo(message);
            assertThat(problem.origin()).isEqualTo(new Origin("t.toml", 2, column));
        });
    }

    @Test
    void aCircleOfTwoEnds() {
        Loaded loaded = load("[lookup.t]\na = \"%{cfg:lookup.t.b}%\"\nb = \"%{cfg:lookup.t.a}%\"\n");
        assertThat(loaded.problems()).isNotEmpty().allMatch(problem -> problem.code() == Code.MACRO);
    }

    @Test
    void textThatDoublesIsBounded() {
        StringBuilder text = new StringBuilder("[lookup.t]\nk0 = \"0123456789abcdef\"\n");
        for (int i = 1; i < 60; i++) {
            text.append("k%d = \"%%{cfg:lookup.t.k%d}%%%%{cfg:lookup.t.k%d}%%\"\n".formatted(i, i - 1, i - 1));
        }
        assertThat(load(text.toString()).problems()).isNotEmpty().allMatch(problem -> problem.code() == Code.MACRO);
    }

    @Test
    void aSecretFromAFileIsUsedAndNeverShown() {
        String text = """
                queue.outbound.next-hop = "'relay'"
                [remote.relay]
                address = "relay.example.org"
                port = "%{env:PORT}%"
                tls.implicit = true
                auth.username = "%{env:NAME}%"
                auth.secret = "%{file:keys/two}%"
                """;
        Loaded loaded = load(text);
        Configuration configuration = ((Loaded.Ok) loaded).configuration();
        assertThat(Load.hosts(configuration, "relay")
                        .getFirst()
                        .login()
                        .orElseThrow()
                        .secret())
                .isEqualTo(Secret.of("hush\n"));
        assertThat(Load.codes(loaded)).containsExactly("NH215 7:16");
        assertThat(configuration.toString() + loaded.problems()).doesNotContain("hush");
    }

    @Test
    void whatAMacroYieldsIsNotShownWhenItIsRefused() {
        Loaded loaded = load("remote.relay.port = \"%{file:keys/one}%\"\nremote.relay.address = \"x.example\"\n");
        assertThat(loaded.problems())
                .anyMatch(problem -> problem.message().contains("'%{file:keys/one}%' is not a whole number"));
        assertThat(loaded.problems().toString()).doesNotContain("hush");
    }
}
