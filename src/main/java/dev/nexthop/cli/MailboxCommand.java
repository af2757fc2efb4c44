package dev.nexthop.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code nexthop mailbox …}: reads the local message store. */
@Command(
        name = "mailbox",
        description = "Reads the local message store.",
        subcommands = {MailboxCommand.ListMessages.class, MailboxCommand.Show.class})
final class MailboxCommand {
    private MailboxCommand() {}

    @Command(
            name = "list",
            description = "Lists the messages of an account, oldest first.",
            footer = {"", "Example: nexthop mailbox list you"})
    static final class ListMessages implements Callable<Integer> {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Parameters(paramLabel = "ACCOUNT", description = "the account's name, as account list shows it")
        String account = "";

        @Option(names = "--limit", paramLabel = "N", defaultValue = "1000", description = "at most N messages")
        int limit;

        @Mixin
        Output output = new Output();

        @Override
        public Integer call() {
            AdminApi.Page page = server.api()
                    .list("api/mailboxes/" + AdminApi.encode(account), Map.of("limit", Integer.toString(limit)));
            JsonNode messages = page.content();
            PrintWriter out = output.out();
            if (output.json) {
                out.println(messages.toPrettyString());
            } else if (messages.isEmpty()) {
                out.println("no messages for " + account);
            } else {
                Table table = new Table("ID", "RECEIVED", "SIZE", "FROM", "SUBJECT");
                for (JsonNode message : messages) {
                    table.row(
                            message.path("id").asString(""),
                            message.path("received").asString(""),
                            message.path("size").asString(""),
                            message.path("from").asString(""),
                            message.path("subject").asString(""));
                }
                table.print(out);
            }
            out.flush();
            page.tell(output.errors());
            return 0;
        }
    }

    @Command(
            name = "show",
            description = "Prints one message, byte for byte.",
            footer = {"", "Example: nexthop mailbox show you 01jdz6m8k4000"})
    static final class Show implements Callable<Integer> {
        private final PrintStream raw;

        @Mixin
        ServerOptions server = new ServerOptions();

        @Parameters(index = "0", paramLabel = "ACCOUNT", description = "the account's name")
        String account = "";

        @Parameters(index = "1", paramLabel = "ID", description = "the message's id, as mailbox list shows it")
        String id = "";

        @Mixin
        Output output = new Output();

        Show() {
            raw = System.out;
        }

        @Override
        public Integer call() {
            byte[] message =
                    server.api().bytes("api/mailboxes/" + AdminApi.encode(account) + "/" + AdminApi.encode(id));
            if (output.json) {
                ObjectNode node = JsonNodeFactory.instance.objectNode();
                node.put("account", account);
                node.put("id", id);
                // One char a byte: what the message holds survives, whatever its character set.
                node.put("content", new String(message, java.nio.charset.StandardCharsets.ISO_8859_1));
                PrintWriter out = output.out();
                out.println(node.toPrettyString());
                out.flush();
            } else {
                raw.write(message, 0, message.length);
                raw.flush();
            }
            return 0;
        }
    }
}
