package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.route.RemoteHost;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Loads texts as files named {@code t.toml} on a machine called {@code mail.example.org}. */
final class Load {
    private Load() {}

    static Loaded text(String text) {
        return text(text, Map.of(), Path.of("/nowhere"));
    }

    static Loaded text(String text, Map<String, String> environment, Path folder) {
        Surroundings surroundings = new Surroundings(environment::get, () -> "mail.example.org");
        return Configuration.parse("t.toml", text.getBytes(StandardCharsets.UTF_8), folder, surroundings);
    }

    /** The configuration of a text without errors. */
    static Configuration ok(String text) {
        Loaded loaded = text(text);
        assertThat(loaded.problems())
                .filteredOn(problem -> problem.severity() == Severity.ERROR)
                .isEmpty();
        return ((Loaded.Ok) loaded).configuration();
    }

    /** The hosts of a remote. */
    static List<RemoteHost> hosts(Configuration configuration, String id) {
        return Objects.requireNonNull(
                configuration.outbound().routing().remotes().get(id));
    }

    /** Code and place of each problem: {@code NH012 3:14}. */
    static List<String> codes(String text) {
        return codes(text(text));
    }

    static List<String> codes(Loaded loaded) {
        return loaded.problems().stream()
                .map(problem -> problem.code().id() + " " + problem.origin().line() + ":"
                        + problem.origin().column())
                .toList();
    }

    /** All problems as people see them. */
    static String rendered(String text) {
        return text(text).problems().stream().map(Problem::render).collect(Collectors.joining("\n"));
    }
}
