package dev.nexthop.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: which commands there are, and what their failures look like. */
@Command(
        name = "nexthop",
        description = "A mail transfer agent whose heart is outbound routing.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CheckCommand.class,
            ConfigCommand.class,
            ExplainCommand.class,
            QueueCommand.class,
            ReloadCommand.class,
            AccountCommand.class,
            MailboxCommand.class,
            TlsCommand.class
        },
        footer = {"", "nexthop COMMAND --help tells more about a command.", "", "Example: nexthop serve"})
public final class Commands {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Commands() {}

    /**
     * Runs one command.
     *
     * @param args the command line
     * @param version the program's version
     * @param serving what {@code serve} runs
     * @return the exit code: 0 done, 1 could not be done, 2 wrong usage, 3 some recipient is not routable
     */
    public static int run(String[] args, String version, Serving serving) {
        return line(version, serving).execute(args);
    }

    static CommandLine line(String version, Serving serving) {
        CommandLine line = new CommandLine(new Commands()).addSubcommand(new ServeCommand(serving));
        standardOptions(line, "nexthop " + version);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((exception, command, result) -> {
            if (exception instanceof CommandFailure failure) {
                return end(command.getErr(), FAILED, String.valueOf(failure.getMessage()));
            }
            throw exception;
        });
        line.setParameterExceptionHandler((exception, arguments) -> end(
                exception.getCommandLine().getErr(),
                USAGE,
                "nexthop: " + exception.getMessage() + "\ntry: "
                        + exception.getCommandLine().getCommandSpec().qualifiedName() + " --help"));
        return line;
    }

    private static void standardOptions(CommandLine line, String version) {
        line.getCommandSpec().mixinStandardHelpOptions(true).version(version);
        line.getSubcommands().values().forEach(command -> standardOptions(command, version));
    }

    private static int end(PrintWriter err, int code, String message) {
        err.println(message);
        err.flush();
        return code;
    }
}
