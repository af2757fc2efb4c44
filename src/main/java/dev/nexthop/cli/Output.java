package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Where a command prints: picocli hands every command its own specification before it runs. */
final class Output {
    private Output() {}

    static PrintWriter of(@Nullable CommandSpec spec) {
        return Objects.requireNonNull(spec, "the specification of a running command")
                .commandLine()
                .getOut();
    }

    /** Where a command says what does not belong to its output. */
    static PrintWriter errorsOf(@Nullable CommandSpec spec) {
        return Objects.requireNonNull(spec, "the specification of a running command")
                .commandLine()
                .getErr();
    }

    /** The end of a command that was typed wrong: exit code 2. */
    static ParameterException usage(@Nullable CommandSpec spec, String message) {
        return new ParameterException(
                Objects.requireNonNull(spec, "the specification of a running command")
                        .commandLine(),
                message);
    }
}
