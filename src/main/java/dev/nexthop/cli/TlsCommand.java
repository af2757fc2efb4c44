package dev.nexthop.cli;

import picocli.CommandLine.Command;

/** {@code nexthop tls}: what belongs to the security of connections. */
@Command(
        name = "tls",
        description = "Tells about the security of connections between servers.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TlsReportCommand.class},
        footer = {"", "Example: nexthop tls report report.json.gz"})
final class TlsCommand {}
