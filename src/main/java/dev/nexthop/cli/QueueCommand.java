package dev.nexthop.cli;

import dev.nexthop.schedule.QueueControl;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code nexthop queue …}: what waits, why, and what to do about it. */
@Command(
        name = "queue",
        description = "Shows the queue and acts on it.",
        subcommands = {
            QueueCommand.ListMessages.class,
            QueueCommand.Show.class,
            QueueCommand.Retry.class,
            QueueCommand.Cancel.class,
            QueueCommand.Hold.class,
            QueueCommand.Release.class,
            OrderCommands.Suspend.class,
            OrderCommands.Resume.class,
            OrderCommands.Reroute.class,
            OrderCommands.Orders.class,
            QueueVerifyCommand.class
        })
final class QueueCommand {
    private QueueCommand() {}

    /** Which recipients are meant. */
    static final class Filters extends WhoseMail {
        @Option(names = "--hop", paramLabel = "ID", description = "recipients whose newest attempt went to this hop")
        @Nullable
        String hop;

        @Option(names = "--queue", paramLabel = "ID", description = "recipients in this virtual queue")
        @Nullable
        String queue;

        @Option(names = "--before", paramLabel = "TIME", description = "accepted before, as 2026-11-22T10:00:00Z")
        @Nullable
        String before;

        @Option(names = "--after", paramLabel = "TIME", description = "accepted at or after")
        @Nullable
        String after;

        @Override
        Map<String, String> query() {
            Map<String, String> query = super.query();
            put(query, "hop", hop);
            put(query, "queue", queue);
            put(query, "before", before);
            put(query, "after", after);
            return query;
        }
    }

    static void put(Map<String, String> query, String name, @Nullable String value) {
        if (value != null) {
            query.put(name, value);
        }
    }

    @Command(
            name = "list",
            description = "Lists what waits in the queue.",
            footer = {"", "Example: nexthop queue list --domain example.net"})
    static final class ListMessages implements Callable<Integer> {
        /** Of the column of queues, behind the status. */
        private static final int PLACE = 4;

        @Mixin
        ServerOptions server = new ServerOptions();

        @Mixin
        Filters filters = new Filters();

        @Option(names = "--limit", paramLabel = "N", defaultValue = "1000", description = "at most N messages")
        int limit;

        @Option(names = "--from", paramLabel = "ID", description = "go on with this message, where another list ended")
        @Nullable
        String from;

        @Mixin
        Output output = new Output();

        @Override
        public Integer call() {
            Map<String, String> query = filters.query();
            put(query, "from", from);
            AdminApi.Page page = pages(server.api(), query);
            JsonNode messages = page.content();
            PrintWriter out = output.out();
            if (output.json) {
                out.println(messages.toPrettyString());
            } else if (messages.isEmpty()) {
                out.println("the queue holds nothing" + (query.isEmpty() ? "" : " that fits"));
            } else {
                table(messages).print(out);
            }
            out.flush();
            page.tell(output.errors());
            return 0;
        }

        /** One list, though the server ends each part of it after some seconds when it has to ask the rules. */
        private AdminApi.Page pages(AdminApi api, Map<String, String> filters) {
            Map<String, String> query = new LinkedHashMap<>(filters);
            query.put("limit", Integer.toString(limit));
            AdminApi.Page page = api.list("api/queue/messages", query);
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            all.addAll(page.content().values());
            while (page.next().isPresent()
                    && all.size() < limit
                    && recipients(all) < QueueControl.MAX_LISTED_RECIPIENTS) {
                query.put("limit", Integer.toString(limit - all.size()));
                query.put("from", onward(query, page.next().get()));
                page = api.list("api/queue/messages", query);
                all.addAll(page.content().values());
            }
            return new AdminApi.Page(all, page.more(), page.next());
        }

        private static int recipients(JsonNode messages) {
            return messages.valueStream()
                    .mapToInt(message -> message.path("recipients").size())
                    .sum();
        }

        /** With a column for virtual queues where somebody is in one. */
        private static Table table(JsonNode messages) {
            boolean queues = messages.valueStream()
                    .flatMap(message -> message.path("recipients").valueStream())
                    .anyMatch(recipient -> recipient.has("queue"));
            List<String> head =
                    new ArrayList<>(List.of("ID", "SENDER", "RECIPIENT", "STATUS", "HOP", "TRIES", "DUE", "LAST"));
            if (queues) {
                head.add(PLACE, "QUEUE");
            }
            Table table = new Table(head.toArray(String[]::new));
            for (JsonNode message : messages) {
                for (JsonNode recipient : message.path("recipients")) {
                    List<String> row = new ArrayList<>(List.of(
                            text(message, "id"),
                            "<" + text(message, "sender") + ">",
                            text(recipient, "address"),
                            text(recipient, "status"),
                            text(recipient, "hop"),
                            text(recipient, "attempts"),
                            text(recipient, "due"),
                            reason(recipient)));
                    if (queues) {
                        row.add(PLACE, recipient.has("undecided") ? "undecided" : text(recipient, "queue"));
                    }
                    table.row(row.toArray(String[]::new));
                }
            }
            return table;
        }
    }

    @Command(
            name = "show",
            description =
                    "Tells one message's whole story: each recipient, its newest attempt and the rules that chose its hop.",
            footer = {"", "Example: nexthop queue show 01jdz6m8k4000"})
    static final class Show implements Callable<Integer> {
        @Mixin
        ServerOptions server = new ServerOptions();

        @Parameters(paramLabel = "ID", description = "the message's id")
        String id = "";

        @Mixin
        Output output = new Output();

        @Override
        public Integer call() {
            JsonNode message = server.api().read("api/queue/messages/" + AdminApi.encode(id), Map.of());
            PrintWriter out = output.out();
            if (output.json) {
                out.println(message.toPrettyString());
            } else {
                MessageStory.print(message, Palette.of(Palette.When.AUTO), out);
            }
            out.flush();
            return 0;
        }
    }

    /** One message, or everything that some filter names; never everything by accident. */
    static final class Target {
        @Parameters(paramLabel = "ID", arity = "0..1", description = "one message")
        @Nullable
        String id;

        @ArgGroup(exclusive = false)
        @Nullable
        Filters filters;

        @Option(names = "--all", description = "everything in the queue")
        boolean all;

        @Spec(Spec.Target.MIXEE)
        @Nullable
        CommandSpec spec;

        Map<String, String> query() {
            Map<String, String> query = filters == null ? new LinkedHashMap<>() : filters.query();
            if (id != null) {
                query.put("id", id);
            }
            if (query.isEmpty() == !all) {
                throw Output.usage(
                        spec,
                        all
                                ? "--all and a message or filter contradict each other: leave one out"
                                : "name a message, a filter such as --domain, or --all");
            }
            if (all) {
                query.put("all", "true");
            }
            return query;
        }
    }

    /** What the four acting commands share. */
    abstract static class Act implements Callable<Integer> {
        private final String verb;
        private final String done;

        @Mixin
        ServerOptions server = new ServerOptions();

        @Mixin
        Target target = new Target();

        @Mixin
        Output output = new Output();

        Act(String verb, String done) {
            this.verb = verb;
            this.done = done;
        }

        /** What this command says beside whom it means. */
        void more(Map<String, String> query) {}

        @Override
        public Integer call() {
            Map<String, String> query = target.query();
            more(query);
            ObjectNode answer = parts(server.api(), query);
            int count = answer.path("recipients").asInt(0);
            PrintWriter out = output.out();
            out.println(
                    output.json
                            ? answer.toPrettyString()
                            : count + (count == 1 ? " recipient " : " recipients ") + done);
            out.flush();
            int undecided = answer.path("undecided").asInt(0);
            if (undecided > 0) {
                output.errors().println("undecided: " + undecided + "; " + Table.printable(text(answer, "error")));
                output.errors().flush();
            }
            return count > 0 && undecided == 0 ? 0 : 1;
        }

        /** One answer, though the server ends each part of its work after some seconds when it has to ask the rules. */
        private ObjectNode parts(AdminApi api, Map<String, String> asked) {
            Map<String, String> query = new LinkedHashMap<>(asked);
            ObjectNode whole = JsonNodeFactory.instance.objectNode();
            while (true) {
                JsonNode part = part(api, query, whole);
                for (String sum : List.of("recipients", "undecided")) {
                    if (part.has(sum)) {
                        whole.put(sum, whole.path(sum).asInt(0) + part.path(sum).asInt(0));
                    }
                }
                if (part.has("error")) {
                    whole.set("error", part.path("error"));
                }
                if (!part.has("next")) {
                    return whole;
                }
                query.put("from", onward(query, text(part, "next")));
            }
        }

        private JsonNode part(AdminApi api, Map<String, String> query, ObjectNode whole) {
            try {
                return api.act("api/queue/" + verb, query);
            } catch (CommandFailure e) {
                if (!query.containsKey("from")) {
                    throw e;
                }
                throw new CommandFailure(e.getMessage() + "; before that, "
                        + whole.path("recipients").asInt(0) + " recipients " + done);
            }
        }
    }

    @Command(
            name = "retry",
            description = "Tries recipients at once that wait for their time.",
            footer = {"", "Example: nexthop queue retry --hop relay"})
    static final class Retry extends Act {
        Retry() {
            super("retry", "due now");
        }
    }

    @Command(
            name = "cancel",
            description = "Takes recipients out of the queue; the sender is not told.",
            footer = {"", "Example: nexthop queue cancel 01jdz6m8k4000"})
    static final class Cancel extends Act {
        Cancel() {
            super("cancel", "cancelled");
        }
    }

    @Command(
            name = "hold",
            description = "Keeps recipients that wait now from being tried until they are released, or a time is over.",
            footer = {
                "",
                "Mail that comes later is not held; for that there is queue suspend.",
                "Example: nexthop queue hold --domain example.net --for 2h --reason 'a loop, see ticket 12'"
            })
    static final class Hold extends Act {
        @Mixin
        OrderCommands.Terms terms = new OrderCommands.Terms();

        Hold() {
            super("hold", "held");
        }

        @Override
        void more(Map<String, String> query) {
            terms.addTo(query);
        }
    }

    @Command(
            name = "release",
            description = "Lets held recipients go on at once; what the sender wants held only when its ID is named.",
            footer = {"", "Example: nexthop queue release --domain example.net"})
    static final class Release extends Act {
        Release() {
            super("release", "released");
        }
    }

    /** Where the next part begins. Each part gets on. */
    private static String onward(Map<String, String> query, String next) {
        if (next.compareTo(query.getOrDefault("from", "")) <= 0) {
            throw new CommandFailure("the server does not get on: it says again to go on with " + next);
        }
        return next;
    }

    /** What is to be known of it: why its queue is not known, that somebody wants it to wait, or what the last host said. */
    private static String reason(JsonNode recipient) {
        String wanted = text(recipient, recipient.has("undecided") ? "undecided" : "reason");
        return wanted.isEmpty() ? recipient.path("last").path("text").asString("") : wanted;
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isMissingNode() || value.isNull() ? "" : value.asString();
    }
}
