package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command prints, and whether for a program. */
final class Output {
    @Option(names = "--json", description = "print JSON")
    boolean json;

    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec command;

    PrintWriter out() {
        return line(command).getOut();
    }

    /** Where a command says what does not belong to its output. */
    PrintWriter errors() {
        return line(command).getErr();
    }

    /** The end of a command that was typed wrong: exit code 2. */
    ParameterException usage(String message) {
        return usage(command, message);
    }

    /** The same for options that are shared by commands. */
    static ParameterException usage(@Nullable CommandSpec command, String message) {
        return new ParameterException(line(command), message);
    }

    /** picocli hands every command its own specification before it runs. */
    private static CommandLine line(@Nullable CommandSpec command) {
        return Objects.requireNonNull(command, "the specification of a running command")
                .commandLine();
    }
}
