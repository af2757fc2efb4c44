package dev.nexthop.cli;

import picocli.CommandLine.Command;

/** {@code nexthop config}: what a configuration says. */
@Command(
        name = "config",
        description = "Shows what a configuration says.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = ConfigShowCommand.class,
        footer = {"", "Example: nexthop config show --origin"})
final class ConfigCommand {}
