package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every lint has a file that makes it and one that does not; docs/lint.md shows both. */
class LintExamplesTest {
    private static final Path RESOURCES = Path.of("src/test/resources/dev/nexthop/config");

    @TempDir
    private Path folder;

    static List<Code> lints() {
        return Arrays.stream(Code.values())
                .filter(code -> code.severity() == Severity.LINT)
                .toList();
    }

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("relay.secret"), "s3cret\n");
        Files.writeString(folder.resolve("two-lines.secret"), "s3cret\n\n");
        Files.createDirectory(folder.resolve("conf.d"));
        Files.writeString(folder.resolve("conf.d/10.toml"), "");
        for (String program : List.of("token", "open-token")) {
            Path file = Files.writeString(folder.resolve(program), "#!/bin/sh\n");
            Files.setPosixFilePermissions(
                    file, PosixFilePermissions.fromString(program.equals("token") ? "rwxr-xr-x" : "rwxr-xrwx"));
        }
        for (String pem : List.of("cert.pem", "key.pem")) {
            Files.copy(RESOURCES.resolve(pem), folder.resolve(pem));
        }
    }

    /** The lints of a file that only the server may read, on a machine with the addresses 127.0.0.1 and 192.0.2.x. */
    private List<Code> lints(String text) throws IOException {
        Path file =
                Files.writeString(folder.resolve("nexthop.toml"), text.replace("/usr/local/bin", folder.toString()));
        String mode = text.startsWith("# mode 644") ? "rw-r--r--" : "rw-------";
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        Surroundings surroundings = new Surroundings(
                Map.<String, String>of()::get,
                () -> "mail.example.org",
                address -> address.getHostAddress().startsWith("192.0.2."),
                List::of);
        Loaded loaded = Configuration.load(file, surroundings);
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        return loaded.problems().stream()
                .map(Problem::code)
                .filter(code -> code.severity() == Severity.LINT)
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("lints")
    void isMadeByItsExampleAloneAndNotByTheCleanOne(Code code) throws IOException {
        LintExample example = LintExample.of(code);
        assertThat(lints(example.triggers())).containsExactly(code);
        assertThat(lints(example.clean())).isEmpty();
        assertThat(code.why()).endsWith(".").hasSizeGreaterThan(20);
        assertThat(code.fix()).isNotBlank();
    }

    @Test
    void thereAreEnough() {
        assertThat(lints()).hasSizeGreaterThan(40);
    }
}
