package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code nexthop reload}: asks a running server to read its configuration again. */
@Command(
        name = "reload",
        description = {
            "Asks the running server to read its configuration again.",
            "On any error the running configuration goes on, and the exit code is 1."
        },
        footer = {"", "Example: nexthop reload --config /etc/nexthop/nexthop.toml"})
final class ReloadCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(names = "--dry-run", description = "only say what would change, or what is wrong")
    boolean dryRun;

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        JsonNode answer = server.localApi().act("api/reload", dryRun ? Map.of("dry-run", "true") : Map.of());
        boolean good = answer.path("ok").asBoolean(false);
        PrintWriter out = output.out();
        if (output.json) {
            out.println(answer.toPrettyString());
        } else {
            for (JsonNode problem : answer.path("problems")) {
                out.println(line(problem));
            }
            out.println(answer.path(good ? "summary" : "error").asString(""));
        }
        out.flush();
        return good ? 0 : 1;
    }

    private static String line(JsonNode problem) {
        String hint = problem.path("hint").asString("");
        int line = problem.path("line").asInt(0);
        return problem.path("file").asString("")
                + (line == 0 ? "" : ":" + line + ":" + problem.path("column").asInt(0))
                + ": " + problem.path("severity").asString("")
                + " " + problem.path("code").asString("")
                + ": " + problem.path("message").asString("")
                + (hint.isEmpty() ? "" : " (" + hint + ")");
    }
}
