package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A configuration in several files. */
class IncludeTest {
    private static final Surroundings SURROUNDINGS =
            new Surroundings(Map.of("PART", "conf.d/10.toml")::get, () -> "mail.example.org");

    @TempDir
    private Path folder;

    private void file(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private Loaded load(String text) throws IOException {
        file("nexthop.toml", text);
        return Configuration.load(folder.resolve("nexthop.toml"), SURROUNDINGS);
    }

    /** Each problem with its place, files relative to the folder. */
    private List<String> problems(Loaded loaded) {
        return loaded.problems().stream()
                .map(problem -> (problem.code().id() + " " + problem.origin()
                                + problem.related().stream()
                                        .map(other -> " <- " + other.origin())
                                        .collect(Collectors.joining()))
                        .replace(folder + "/", ""))
                .toList();
    }

    private String effective(Loaded loaded, String key) {
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Ok.class);
        return ((Loaded.Ok) loaded)
                .configuration().effective().stream()
                        .filter(one -> one.key().equals(key))
                        .map(one ->
                                one.value() + " at " + one.origin().toString().replace(folder + "/", ""))
                        .collect(Collectors.joining());
    }

    @Test
    void tablesOfSeveralFilesAreOneAndKnowTheirPlace() throws IOException {
        file("conf.d/20.toml", "remote.b.tls.implicit = false\nremote.a.concurrency = 7\n");
        file("conf.d/10.toml", """
                [remote.a]
                address = "a.example"
                port = 465
                [remote.b]
                address = "b.example"
                port = 2525
                auth.username = "u"
                auth.secret = "%{file:secret}%"
                """);
        file("conf.d/secret", "hush");
        file("conf.d/.10.toml", "not toml at all");
        file("conf.d/notes.txt", "nor this");
        Loaded loaded = load("""
                include = ['conf.d/*.toml']
                remote.a.tls.implicit = true
                queue.outbound.next-hop = "['a', 'b']"
                """);
        assertThat(problems(loaded)).isEmpty();
        assertThat(effective(loaded, "remote.a.concurrency")).isEqualTo("7 at conf.d/20.toml:2:24");
        assertThat(effective(loaded, "remote.a.port")).isEqualTo("465 at conf.d/10.toml:3:8");
        assertThat(effective(loaded, "remote.a.tls.implicit")).isEqualTo("true at nexthop.toml:2:25");
        assertThat(effective(loaded, "remote.b.auth.secret")).isEqualTo("[secret] at conf.d/10.toml:8:15");
        assertThat(Load.hosts(((Loaded.Ok) loaded).configuration(), "b")
                        .getFirst()
                        .login()
                        .orElseThrow()
                        .secret())
                .isEqualTo(Secret.of("hush"));
    }

    @Test
    void listsOfTablesGrowInTheOrderOfTheFiles() throws IOException {
        String principal = "[[directory.d.principals]]\nname = \"%s\"\n";
        file("2.toml", principal.formatted("third"));
        file("1.toml", principal.formatted("second"));
        Loaded loaded = load("include = [\"1.toml\", \"2.toml\"]\n[directory.d]\ntype = \"memory\"\n"
                + principal.formatted("first"));
        assertThat(effective(loaded, "directory.d.principals.0.name")).isEqualTo("first at nexthop.toml:5:8");
        assertThat(effective(loaded, "directory.d.principals.1.name")).isEqualTo("second at 1.toml:2:8");
        assertThat(effective(loaded, "directory.d.principals.2.name")).isEqualTo("third at 2.toml:2:8");
    }

    @Test
    void aKeyIsWrittenOnce() throws IOException {
        file("a.toml", "[server]\nhostname = \"a.example\"\n[session]\nrcpt = { max-recipients = 5 }\n");
        file(
                "b.toml",
                "session.rcpt.max-recipients = 6\nserver = 5\nauthentication.fallback-admin.secret = \"hush\"\n");
        Loaded loaded = load("""
                include = "[ab].toml"
                server.hostname = "x.example"
                authentication.fallback-admin = { user = "u", secret = "hush" }
                """);
        assertThat(problems(loaded))
                .containsExactly(
                        "NH002 a.toml:2:1 <- nexthop.toml:2:8",
                        "NH002 b.toml:1:14 <- a.toml:4:10",
                        "NH002 b.toml:2:1 <- nexthop.toml:2:1",
                        "NH002 b.toml:3:31 <- nexthop.toml:3:47");
        assertThat(loaded.problems().getFirst().render().replace(folder + "/", ""))
                .isEqualTo("""
                a.toml:2:1: error NH002: server.hostname is written twice
                   2 | hostname = …
                     | ^^^^^^^^
                     = keep one of the two
                     = nexthop.toml:2:8: first defined here""");
        assertThat(loaded.problems().stream().map(Problem::render)).noneMatch(text -> text.contains("hush"));
    }

    @Test
    void faultsAreNamedInTheirFileInTheOrderOfTheFiles() throws IOException {
        file("z/first.toml", "include = '../a.toml'\nqueue.outbound.next-hop = \"'rely'\"\n");
        file("a.toml", "server.hostnam = \"x\"\n= 5\n");
        assertThat(problems(load("include = ['z/first.toml']\nserver.foo = 1\n")))
                .containsExactly(
                        "NH005 nexthop.toml:2:8", "NH012 z/first.toml:2:28", "NH005 a.toml:1:8", "NH001 a.toml:2:1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'none.toml' | NH030 | 'none.toml' can't be included: there is no such file |",
                "'dir' | NH030 | 'dir' is not a regular file | for all files in it, write \"dir/*.toml\"",
                "'dir/*.toml' | NH230 | no file matches 'dir/*.toml' |",
                "'nowhere/*/x.toml' | NH230 | no file matches 'nowhere/*/x.toml' |",
                "'[' | NH030 | '[' is not a path or a pattern of paths |",
                "5 | NH006 | include is a list of paths, but here stands a whole number |",
                "'%{env:NIX}%' | NH004 | the environment variable 'NIX' is not set |",
                "'nexthop.toml' | NH030 | files include each other in a circle: nexthop.toml → nexthop.toml "
                        + "| keep included files in a folder of their own",
                "'ring.toml' | NH030 | files include each other in a circle: nexthop.toml → ring.toml → nexthop.toml "
                        + "| keep included files in a folder of their own",
                "['%{env:PART}%', 'conf.d/*'] | NH030 | 'conf.d/10.toml' is included twice | keep one of the two",
            })
    void whatCanNotBeIncluded(String written, String code, String message, String hint) throws IOException {
        Files.createDirectories(folder.resolve("dir"));
        file("conf.d/10.toml", "");
        file("ring.toml", "include = ['nexthop.toml']\n");
        Loaded loaded = load("include = " + written + "\n");
        assertThat(loaded.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code().id()).isEqualTo(code);
            assertThat(problem.message().replace(folder + "/", "")).isEqualTo(message);
            assertThat(problem.hint()).isEqualTo(hint == null ? "" : hint);
        });
    }

    @Test
    void aRelativePathBeginsAtTheFolderOfItsFile() throws IOException {
        file("etc/store.toml", "[store.main]\ntype = \"rocksdb\"\npath = \"../var\"\n");
        Loaded.Ok ok = (Loaded.Ok) load("include = 'etc/store.toml'\n");
        assertThat(ok.configuration().stores().path()).isEqualTo(folder.resolve("var"));
    }

    @Test
    void includesHaveLimits() throws IOException {
        for (int i = 0; i < 12; i++) {
            file("deep/" + i + ".toml", "include = '" + (i + 1) + ".toml'\n");
        }
        file("deep/12.toml", "");
        assertThat(problems(load("include = 'deep/0.toml'\n"))).containsExactly("NH030 deep/7.toml:1:12");
        for (int i = 0; i <= Includes.MAX_FILES; i++) {
            file("many/" + i + ".toml", "");
        }
        assertThat(problems(load("include = 'many/*'\n"))).containsExactly("NH030 nexthop.toml:1:12");
        Files.write(folder.resolve("large.toml"), new byte[ConfigFile.MAX_OCTETS + 1]);
        assertThat(problems(load("include = 'large.toml'\n"))).containsExactly("NH003 large.toml");
        Files.write(folder.resolve("latin.toml"), "a = 'ü'".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems(load("include = 'latin.toml'\n"))).containsExactly("NH003 latin.toml:1:6");
    }

    @Test
    void whatSeemsMissingMayBeInAFileThatCanNotBeRead() throws IOException {
        assertThat(problems(load("include = 'none.toml'\n[remote.r]\nport = 465\n")))
                .containsExactly("NH030 nexthop.toml:1:12");
    }
}
