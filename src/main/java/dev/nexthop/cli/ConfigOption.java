package dev.nexthop.cli;

import dev.nexthop.config.Configuration;
import dev.nexthop.config.Loaded;
import dev.nexthop.config.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which configuration a command reads. */
final class ConfigOption {
    /** Where a configuration is looked for when none is named. */
    private static final List<Path> USUAL = List.of(Path.of("nexthop.toml"), Path.of("/etc/nexthop/nexthop.toml"));

    /** Where the built-in configuration keeps its data. */
    static final Path DATA = Path.of("data");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description =
                    "the configuration; by default ./nexthop.toml, then /etc/nexthop/nexthop.toml, then the built-in one")
    @Nullable
    Path file;

    /** The file that counts; empty for the built-in configuration. */
    Optional<Path> path() {
        if (file != null) {
            return Optional.of(file);
        }
        return USUAL.stream().filter(Files::exists).findFirst();
    }

    Loaded read() {
        return path().map(Configuration::load).orElseGet(this::builtIn);
    }

    /** The configuration of a server that has no file. */
    Loaded builtIn() {
        return new Loaded.Ok(Configuration.builtIn(DATA, FirstAccount.hash(DATA)), List.of());
    }

    /** The configuration, or the end of the command with everything that is wrong with it. */
    Configuration load() {
        return good(read());
    }

    static Configuration good(Loaded loaded) {
        return switch (loaded) {
            case Loaded.Ok ok -> ok.configuration();
            case Loaded.Failed failed ->
                throw new CommandFailure(rendered(failed.problems()) + "\n" + summary(failed.problems()));
        };
    }

    static String rendered(List<Problem> problems) {
        return String.join("\n\n", problems.stream().map(Problem::render).toList());
    }

    static String summary(List<Problem> problems) {
        long errors = count(problems, "error");
        long warnings = count(problems, "warning");
        long lints = problems.size() - errors - warnings;
        return Stream.of(plural(errors, "error"), plural(warnings, "warning"), plural(lints, "note"))
                .reduce((one, other) -> one + ", " + other)
                .orElse("");
    }

    private static long count(List<Problem> problems, String word) {
        return problems.stream()
                .filter(problem -> problem.severity().word().equals(word))
                .count();
    }

    private static String plural(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
