package dev.nexthop.cli;

import dev.nexthop.config.Loaded;
import dev.nexthop.config.Problem;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code nexthop check}: everything that is wrong with a configuration, at once. */
@Command(
        name = "check",
        description = "Reads a configuration, runs its tests and prints everything that is wrong with it, at once.",
        footer = {"", "Example: nexthop check --config /etc/nexthop/nexthop.toml"})
final class CheckCommand implements Callable<Integer> {
    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        Loaded loaded = config.read();
        List<Problem> problems = switch (loaded) {
            case Loaded.Ok ok -> ok.warnings();
            case Loaded.Failed failed -> failed.problems();
        };
        boolean good = loaded instanceof Loaded.Ok;
        PrintWriter out = output.out();
        if (output.json) {
            out.println(json(problems, loaded).toPrettyString());
        } else {
            if (!problems.isEmpty()) {
                out.println(ConfigOption.rendered(problems));
                out.println();
            }
            String what = config.path().map(Object::toString).orElse("the built-in configuration");
            out.println(what
                    + (good ? " is good: " : " can't be used: ")
                    + ConfigOption.summary(problems)
                    + tests(loaded.tests()));
        }
        out.flush();
        return good ? 0 : 1;
    }

    private static String tests(Loaded.Tests tests) {
        if (tests.written() == 0) {
            return "";
        }
        String all = tests.written() + (tests.written() == 1 ? " test" : " tests");
        return switch (tests.run()) {
            case 0 -> "; " + all + " did not run";
            default ->
                tests.run() == tests.written()
                        ? "; " + all + " ran, " + tests.failed() + " failed"
                        : "; " + tests.run() + " of " + all + " ran, " + tests.failed() + " failed";
        };
    }

    private static ObjectNode json(List<Problem> problems, Loaded loaded) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("ok", loaded instanceof Loaded.Ok);
        answer.putObject("tests")
                .put("written", loaded.tests().written())
                .put("run", loaded.tests().run())
                .put("failed", loaded.tests().failed());
        ArrayNode list = answer.putArray("problems");
        for (Problem problem : problems) {
            ObjectNode node = list.addObject();
            node.put("severity", problem.severity().word());
            node.put("code", problem.code().id());
            node.put("file", problem.origin().file());
            node.put("line", problem.origin().line());
            node.put("column", problem.origin().column());
            node.put("length", problem.span().length());
            node.put("excerpt", problem.span().line());
            node.put("message", problem.message());
            node.put("hint", problem.hint());
            node.put("why", problem.code().why());
            node.put("fix", problem.code().fix());
            node.put("docs", problem.code().docs());
            ArrayNode related = node.putArray("related");
            problem.related()
                    .forEach(other -> related.addObject()
                            .put("at", other.origin().toString())
                            .put("file", other.origin().file())
                            .put("line", other.origin().line())
                            .put("column", other.origin().column())
                            .put("message", other.message()));
        }
        return answer;
    }
}
