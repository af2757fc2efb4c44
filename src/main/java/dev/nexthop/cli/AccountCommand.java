package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code nexthop account …}: who has mail here. */
@Command(
        name = "account",
        description = "Shows who has mail here.",
        subcommands = {AccountCommand.ListAccounts.class})
final class AccountCommand {
    private AccountCommand() {}

    @Command(
            name = "list",
            description = "Lists the accounts and their addresses.",
            footer = {"", "Example: nexthop account list"})
    static final class ListAccounts implements Callable<Integer> {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Option(names = "--json", description = "print JSON")
        boolean json;

        @Spec
        @Nullable
        CommandSpec spec;

        @Override
        public Integer call() {
            JsonNode accounts = server.api().read("api/accounts", Map.of());
            PrintWriter out = Output.of(spec);
            if (json) {
                out.println(accounts.toPrettyString());
            } else {
                Table table = new Table("NAME", "DESCRIPTION", "ADDRESSES");
                for (JsonNode account : accounts) {
                    List<String> addresses = new ArrayList<>();
                    account.path("addresses").forEach(address -> addresses.add(address.asString()));
                    table.row(
                            account.path("name").asString(""),
                            account.path("description").asString(""),
                            String.join(" ", addresses));
                }
                table.print(out);
            }
            out.flush();
            return 0;
        }
    }
}
