package dev.nexthop.cli;

import picocli.CommandLine.Command;

/** {@code nexthop tls …}: what to publish so that others send mail to us securely. */
@Command(
        name = "tls",
        description = "Prints what to publish so that others send mail to us securely.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = TlsaCommand.class,
        footer = {"", "Example: nexthop tls tlsa --cert /etc/nexthop/mail.pem --host mx.example.org"})
final class TlsCommand {}
