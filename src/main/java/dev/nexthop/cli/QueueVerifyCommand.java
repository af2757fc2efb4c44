package dev.nexthop.cli;

import dev.nexthop.admin.SpoolApi;
import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.RocksSpool;
import dev.nexthop.queue.SpoolInspection;
import dev.nexthop.queue.SpoolSettings;
import dev.nexthop.queue.SpoolWatch;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.StoreInUseException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code nexthop queue verify}: is what is on disk whole, and what is in quarantine. */
@Command(
        name = "verify",
        description = {
            "Checks the spool on disk: every record, every body, and that they belong together.",
            "Reads the data of a stopped server; when one runs on it, asks that server to do the same.",
            "Exit code 0: all is well and nothing is in quarantine; 1: it is not."
        },
        footer = {
            "",
            "Example: nexthop queue verify",
            "Example: nexthop queue verify --repair",
            "Example: nexthop queue verify --export 01jdz6m8k4000 --into /root/rescued",
            "Example: nexthop queue verify --restore 01jdz6m8k4000"
        })
final class QueueVerifyCommand implements Callable<Integer> {
    private static final Duration NO_LIMIT = Duration.ofDays(365);

    /** Parts of a check that a server makes; each takes it some seconds. */
    private static final int MOST_PARTS = 10_000;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(
            names = "--repair",
            description = "puts damaged messages into quarantine and removes what nothing needs; the server is stopped")
    boolean repair;

    @Option(names = "--export", paramLabel = "ID", description = "copies a message in quarantine into files")
    @Nullable
    String export;

    @Option(
            names = "--into",
            paramLabel = "FOLDER",
            description = "where the files go, by default here; a running server uses the folder exported of its spool")
    Path into = Path.of("");

    @Option(
            names = "--restore",
            paramLabel = "ID",
            description = "moves a message in quarantine back into the queue, when all of it can be read again")
    @Nullable
    String restore;

    @Option(names = "--drop", paramLabel = "ID", description = "forgets a message in quarantine for good")
    @Nullable
    String drop;

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        if ((repair ? 1 : 0)
                        + Stream.of(export, restore, drop)
                                .filter(Objects::nonNull)
                                .count()
                > 1) {
            throw output.usage("--repair, --export, --restore and --drop are four commands: give one of them");
        }
        JsonNode report;
        if (server.url != null) {
            report = asked(server.api());
        } else {
            report = local(server.config.load().stores().spool());
        }
        PrintWriter out = output.out();
        if (output.json) {
            out.println(report.toPrettyString());
        } else {
            print(report, out);
        }
        out.flush();
        boolean bad = Stream.of("faults", "quarantine", "alarms")
                .anyMatch(part -> !report.path(part).isEmpty());
        return bad ? 1 : 0;
    }

    private JsonNode local(SpoolSettings settings) {
        Clock clock = Clock.systemUTC();
        // Also when what follows fails: the next opening finds no trace of some of them.
        List<String> alarms = new ArrayList<>();
        SpoolWatch watch = text -> {
            alarms.add(text);
            output.errors().println(Table.printable("alarm: " + text));
            output.errors().flush();
        };
        try {
            ObjectNode report;
            if (repair) {
                report = SpoolApi.json(SpoolInspection.repair(settings, clock, watch));
            } else {
                try (RocksSpool spool = SpoolInspection.stopped(settings, clock, watch)) {
                    report = on(spool.inspection());
                }
            }
            alarms.forEach(report.withArray("alarms")::add);
            return report;
        } catch (StoreInUseException e) {
            if (repair) {
                throw new CommandFailure("a server runs on " + settings.path()
                        + ": --repair needs it stopped, for it would write what the server has in hand");
            }
            output.errors().println("a server runs on " + settings.path() + " and is asked");
            output.errors().flush();
            return asked(server.localApi());
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        }
    }

    private ObjectNode on(SpoolInspection spool) throws IOException {
        if (export != null) {
            List<Path> files = spool.export(id(export), into);
            if (files.isEmpty()) {
                throw new CommandFailure("no message " + export + " is in quarantine");
            }
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            files.forEach(file -> node.withArray("exported").add(file.toString()));
            return node;
        }
        if (restore != null) {
            try {
                if (!spool.restore(id(restore))) {
                    throw new CommandFailure("no message " + restore + " is in quarantine");
                }
            } catch (CorruptRecordException e) {
                throw new CommandFailure(
                        "message " + restore + " is not whole and stays in quarantine: " + e.getMessage());
            }
            return JsonNodeFactory.instance.objectNode().put("restored", restore);
        }
        if (drop != null) {
            if (!spool.drop(id(drop))) {
                throw new CommandFailure("no message " + drop + " is in quarantine");
            }
            return JsonNodeFactory.instance.objectNode().put("dropped", drop);
        }
        return SpoolApi.json(spool.verify(new QueueId(0), NO_LIMIT));
    }

    private QueueId id(String text) {
        try {
            return QueueId.parse(text);
        } catch (IllegalArgumentException e) {
            throw output.usage("a queue id is thirteen letters and digits, as queue verify shows it: " + text);
        }
    }

    private JsonNode asked(AdminApi api) {
        if (repair) {
            throw output.usage("--repair works on the data of a stopped server, not with --url");
        }
        if (export != null) {
            return api.act("api/queue/verify", Map.of("export", id(export).toString()));
        }
        if (restore != null) {
            return api.act("api/queue/verify", Map.of("restore", id(restore).toString()));
        }
        if (drop != null) {
            return api.act("api/queue/verify", Map.of("drop", id(drop).toString()));
        }
        JsonNode part = api.act("api/queue/verify", Map.of());
        ObjectNode whole = (ObjectNode) part;
        for (int i = 0; i < MOST_PARTS && !part.path("next").isNull(); i++) {
            part = api.act("api/queue/verify", Map.of("from", part.path("next").asString("")));
            for (String sum : List.of("messages", "recipients", "octets", "bodyFiles")) {
                whole.put(sum, whole.path(sum).asLong() + part.path(sum).asLong());
            }
            ((ArrayNode) whole.path("faults")).addAll((ArrayNode) part.path("faults"));
            whole.set("next", part.path("next"));
        }
        return whole;
    }

    private static void print(JsonNode report, PrintWriter out) {
        report.path("exported").forEach(file -> out.println("wrote " + file.asString("")));
        if (report.has("restored")) {
            out.println("restored " + report.path("restored").asString(""));
        }
        if (report.has("dropped")) {
            out.println("dropped " + report.path("dropped").asString(""));
        }
        if (!report.has("messages")) {
            return;
        }
        out.println(report.path("messages").asLong() + " messages with "
                + report.path("recipients").asLong()
                + " recipients and " + report.path("octets").asLong() + " octets are whole; "
                + report.path("bodyFiles").asLong() + " bodies are files");
        JsonNode faults = report.path("faults");
        for (JsonNode fault : faults) {
            out.println(Table.printable("fault " + fault.path("kind").asString("") + " "
                    + fault.path("name").asString("") + ": "
                    + fault.path("text").asString("")));
            out.println("    " + fault.path("remedy").asString(""));
        }
        report.path("repaired").forEach(done -> out.println(Table.printable("repaired: " + done.asString(""))));
        for (JsonNode entry : report.path("quarantine")) {
            out.println(Table.printable("quarantine " + entry.path("id").asString("") + " since "
                    + entry.path("at").asString("") + ", "
                    + entry.path("octets").asLong() + " octets: "
                    + entry.path("reason").asString("")));
        }
        out.println(faults.size() + " faults, " + report.path("quarantine").size() + " in quarantine"
                + (report.path("next").isNull() ? "" : "; not all was looked at"));
    }
}
