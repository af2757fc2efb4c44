package dev.nexthop.cli;

import picocli.CommandLine.Command;

/** {@code nexthop tls …}: what to publish so that others send mail to us securely. */
@Command(
        name = "tls",
        description = "Prints what to publish so that others send mail to us securely.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = StsPolicyCommand.class,
        footer = {"", "Example: nexthop tls sts-policy --domain example.org --mx mx.example.org"})
final class TlsCommand {}
