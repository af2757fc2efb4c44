package dev.nexthop.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Runs commands as the program does, and keeps what they print. */
public final class CommandRun {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();

    /** What was printed so far. */
    public String output() {
        return out.toString();
    }

    /** What was printed so far of what is no answer. */
    public String errors() {
        return err.toString();
    }

    /**
     * Runs one command with a configuration.
     *
     * @return its exit code
     */
    public int with(Path configuration, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", configuration.toString()));
        return alone(all.toArray(String[]::new));
    }

    /** Runs one command that needs no configuration. */
    int alone(String... words) {
        CommandLine line = Commands.line("0", (_, _) -> 0);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(words);
    }
}
