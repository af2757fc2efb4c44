package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

        @Mixin
        Output output = new Output();

        @Override
        public Integer call() {
            JsonNode accounts = server.api().read("api/accounts", Map.of());
            PrintWriter out = output.out();
            if (output.json) {
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
