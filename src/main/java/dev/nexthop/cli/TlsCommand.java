package dev.nexthop.cli;

import picocli.CommandLine.Command;

/** {@code nexthop tls}: what belongs to the security of connections between servers. */
@Command(
        name = "tls",
        description = "Prints what to publish so that others send mail to us securely, and reads what they report.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TlsaCommand.class, StsPolicyCommand.class, TlsReportCommand.class},
        footer = {
            "",
            "Examples:",
            "  nexthop tls tlsa --cert /etc/nexthop/mail.pem --host mx.example.org",
            "  nexthop tls sts-policy --domain example.org --mx mx.example.org",
            "  nexthop tls report report.json.gz"
        })
final class TlsCommand {}
