package dev.nexthop.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code nexthop queue suspend|resume|reroute|orders}: what holds until further notice, also for mail that comes. */
final class OrderCommands {
    private OrderCommands() {}

    /** Whose mail an order means: all that is given must fit. */
    static final class Scope extends WhoseMail {
        @Option(names = "--id", paramLabel = "ID", description = "this message")
        @Nullable
        String id;

        @Option(names = "--sender-domain", paramLabel = "DOMAIN", description = "mail from this domain")
        @Nullable
        String senderDomain;

        @Option(names = "--hop", paramLabel = "ID", description = "recipients that would go to this hop")
        @Nullable
        String hop;

        @Option(names = "--queue", paramLabel = "ID", description = "recipients in this virtual queue")
        @Nullable
        String queue;

        @Override
        Map<String, String> query() {
            Map<String, String> query = super.query();
            QueueCommand.put(query, "id", id);
            QueueCommand.put(query, "sender-domain", senderDomain);
            QueueCommand.put(query, "hop", hop);
            QueueCommand.put(query, "queue", queue);
            return query;
        }
    }

    /** Why, by whom and how long. */
    static final class Terms {
        @Option(names = "--reason", paramLabel = "TEXT", description = "why, in one line, for those who find it later")
        @Nullable
        String reason;

        @Option(names = "--for", paramLabel = "TIME", description = "ends after this time, such as 30m, 2h or 7d")
        @Nullable
        String time;

        @Option(names = "--until", paramLabel = "TIME", description = "ends then, as 2026-11-22T10:00:00Z")
        @Nullable
        String until;

        /** The person at the terminal is named only where something is to be said at all. */
        void addTo(Map<String, String> query) {
            QueueCommand.put(query, "reason", reason);
            QueueCommand.put(query, "for", time);
            QueueCommand.put(query, "until", until);
            if (reason != null || time != null || until != null) {
                QueueCommand.put(query, "by", System.getProperty("user.name"));
            }
        }
    }

    /** What the commands share that give an order. */
    abstract static class Give implements Callable<Integer> {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Mixin
        Scope scope = new Scope();

        @Option(names = "--all", description = "all mail")
        boolean all;

        @Mixin
        Terms terms = new Terms();

        @Mixin
        Output output = new Output();

        /** What is asked for beside whose, why and how long. */
        abstract void more(Map<String, String> query);

        abstract String verb();

        @Override
        public Integer call() {
            Map<String, String> query = scope.query();
            if (query.isEmpty() != all) {
                throw output.usage(
                        all
                                ? "--all and a filter contradict each other: leave one out"
                                : "say whose mail is meant, such as --domain example.net, or --all");
            }
            if (all) {
                query.put("all", "true");
            }
            terms.addTo(query);
            more(query);
            JsonNode order = server.api().act("api/queue/" + verb(), query);
            PrintWriter out = output.out();
            if (output.json) {
                out.println(order.toPrettyString());
            } else {
                out.println(
                        "order " + text(order, "order") + ": " + deed(order) + " " + whom(order) + ", " + end(order));
                if (text(order, "until").isEmpty()) {
                    out.println("it ends with: nexthop queue resume " + text(order, "order"));
                }
            }
            out.flush();
            return 0;
        }
    }

    @Command(
            name = "suspend",
            description =
                    "Keeps mail from being tried, what waits and what comes, until it is resumed or a time is over.",
            footer = {
                "",
                "Its time in the queue goes on meanwhile, and senders hear of the delay as ever.",
                "Examples:",
                "  nexthop queue suspend --domain gmail.com --for 1h --reason 'they defer everything'",
                "  nexthop queue suspend --sender bulk@example.org --hop relay --reason 'complaints'"
            })
    static final class Suspend extends Give {
        @Override
        void more(Map<String, String> query) {}

        @Override
        String verb() {
            return "suspend";
        }
    }

    @Command(
            name = "reroute",
            description = "Sends mail to another hop from its next attempt on, whatever the rules say.",
            footer = {
                "",
                "What waits for its time goes there then; queue retry makes it go now.",
                "Examples:",
                "  nexthop queue reroute --domain example.net --to backup --for 1d --reason 'their MX is down'",
                "  nexthop queue reroute --hop relay --to mx --reason 'the relay is being mended'"
            })
    static final class Reroute extends Give {
        @Option(
                names = "--to",
                required = true,
                paramLabel = "HOP",
                description = "where: mx, local or the id of a remote")
        String to = "";

        @Override
        void more(Map<String, String> query) {
            query.put("to", to);
        }

        @Override
        String verb() {
            return "reroute";
        }
    }

    @Command(
            name = "resume",
            description = "Ends orders of either kind; what they kept back goes on at once.",
            footer = {
                "",
                "A filter means the orders that were given with it.",
                "Examples:",
                "  nexthop queue resume 7",
                "  nexthop queue resume --domain gmail.com"
            })
    static final class Resume implements Callable<Integer> {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Parameters(arity = "0..*", paramLabel = "ORDER", description = "numbers, as queue orders shows them")
        List<Long> orders = List.of();

        @Mixin
        Scope scope = new Scope();

        @Option(names = "--all", description = "all orders")
        boolean all;

        @Mixin
        Output output = new Output();

        @Spec
        @Nullable
        CommandSpec spec;

        @Override
        public Integer call() {
            Map<String, String> query = scope.query();
            int ways = (query.isEmpty() ? 0 : 1) + (orders.isEmpty() ? 0 : 1) + (all ? 1 : 0);
            if (ways != 1) {
                throw Output.usage(spec, "name orders by their numbers, or by a filter, or --all: one of the three");
            }
            if (!orders.isEmpty()) {
                query.put("order", orders.stream().map(String::valueOf).collect(Collectors.joining(",")));
            }
            if (all) {
                query.put("all", "true");
            }
            QueueCommand.put(query, "by", System.getProperty("user.name"));
            JsonNode answer = server.api().act("api/queue/resume", query);
            int count = answer.path("orders").asInt(0);
            PrintWriter out = output.out();
            out.println(output.json ? answer.toPrettyString() : count + (count == 1 ? " order" : " orders") + " ended");
            out.flush();
            return count > 0 ? 0 : 1;
        }
    }

    @Command(
            name = "orders",
            description = "Lists the orders in force, oldest first.",
            footer = {"", "Example: nexthop queue orders --domain gmail.com"})
    static final class Orders implements Callable<Integer> {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Mixin
        Scope scope = new Scope();

        @Mixin
        Output output = new Output();

        @Override
        public Integer call() {
            JsonNode orders =
                    server.api().list("api/queue/orders", scope.query()).content();
            PrintWriter out = output.out();
            if (output.json) {
                out.println(orders.toPrettyString());
            } else if (orders.isEmpty()) {
                out.println("no orders are in force" + (scope.query().isEmpty() ? "" : " that were given with these"));
            } else {
                Table table = new Table("ORDER", "DOES", "WHOM", "UNTIL", "BY", "SINCE", "REASON");
                for (JsonNode order : orders) {
                    table.row(
                            text(order, "order"),
                            deed(order),
                            whom(order),
                            text(order, "until").isEmpty() ? "ended by hand" : text(order, "until"),
                            text(order, "by"),
                            text(order, "since"),
                            text(order, "reason"));
                }
                table.print(out);
            }
            out.flush();
            return 0;
        }
    }

    private static String deed(JsonNode order) {
        String to = text(order, "to");
        return text(order, "kind") + (to.isEmpty() ? "" : " to " + to);
    }

    private static String whom(JsonNode order) {
        JsonNode scope = order.path("scope");
        String parts = scope.propertyStream()
                .map(part -> part.getKey() + " "
                        + (part.getValue().asString("").isEmpty()
                                ? "<>"
                                : part.getValue().asString("")))
                .collect(Collectors.joining(", "));
        return parts.isEmpty() ? "all mail" : Table.printable(parts);
    }

    private static String end(JsonNode order) {
        String until = text(order, "until");
        return until.isEmpty() ? "until it is ended" : "until " + until;
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isMissingNode() || value.isNull() ? "" : value.asString();
    }
}
