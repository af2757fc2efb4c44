package dev.nexthop.admin;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.Quarantined;
import dev.nexthop.queue.SpoolInspection;
import dev.nexthop.queue.VerifyReport;
import dev.nexthop.store.CorruptRecordException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /api/queue/verify}: the check of a spool that a server works on, one at a time and a part at a time. */
public final class SpoolApi {
    /** How long one answer may take to make; it says where to go on. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final List<String> DEEDS = List.of("from", "export", "restore", "drop");

    private final Optional<SpoolInspection> spool;
    private final ReentrantLock one = new ReentrantLock();

    SpoolApi(Optional<SpoolInspection> spool) {
        this.spool = spool;
    }

    Answer verify(Map<String, String> query) throws IOException {
        Api.only(query, DEEDS);
        if (query.size() > 1) {
            return Answer.error(400, "one request does one thing: give one of " + String.join(", ", DEEDS));
        }
        if (spool.isEmpty()) {
            return Answer.error(404, "this server keeps no spool on disk");
        }
        if (query.containsKey("drop")) {
            QueueId id = Api.id(query.get("drop"));
            return spool.get().drop(id) ? dropped(id) : missing(id);
        }
        if (query.containsKey("restore")) {
            return restore(Api.id(query.get("restore")));
        }
        if (query.containsKey("export")) {
            return export(Api.id(query.get("export")));
        }
        if (!one.tryLock()) {
            return Answer.error(409, "another check runs; wait for its end");
        }
        try {
            QueueId from = query.containsKey("from") ? Api.id(query.get("from")) : new QueueId(0);
            return Answer.json(json(spool.get().verify(from, LIMIT)));
        } finally {
            one.unlock();
        }
    }

    private Answer restore(QueueId id) throws IOException {
        try {
            return spool.orElseThrow().restore(id)
                    ? Answer.json(JsonNodeFactory.instance.objectNode().put("restored", id.toString()))
                    : missing(id);
        } catch (CorruptRecordException e) {
            return Answer.error(409, "message " + id + " is not whole and stays in quarantine: " + e.getMessage());
        }
    }

    /** Into a folder of its own, whoever asks: nobody chooses where a server writes. */
    private Answer export(QueueId id) throws IOException {
        SpoolInspection inspection = spool.orElseThrow();
        List<Path> files = inspection.export(id, inspection.exported());
        if (files.isEmpty()) {
            return missing(id);
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        files.forEach(file -> node.withArray("exported").add(file.toString()));
        return Answer.json(node);
    }

    private static Answer dropped(QueueId id) {
        return Answer.json(JsonNodeFactory.instance.objectNode().put("dropped", id.toString()));
    }

    private static Answer missing(QueueId id) {
        return Answer.error(404, "no message " + id + " is in quarantine");
    }

    /** The report as programs read it, also from {@code nexthop queue verify --json}. */
    public static ObjectNode json(VerifyReport report) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("messages", report.messages());
        node.put("recipients", report.recipients());
        node.put("octets", report.octets());
        node.put("bodyFiles", report.bodyFiles());
        ArrayNode faults = node.putArray("faults");
        report.faults()
                .forEach(fault -> faults.addObject()
                        .put(
                                "kind",
                                fault.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .put("name", fault.name())
                        .put("text", fault.text())
                        .put("remedy", fault.kind().remedy()));
        ArrayNode quarantine = node.putArray("quarantine");
        for (Quarantined entry : report.quarantined()) {
            quarantine
                    .addObject()
                    .put("id", entry.id().toString())
                    .put("at", entry.at().toString())
                    .put("reason", entry.reason())
                    .put("octets", entry.octets());
        }
        ArrayNode repaired = node.putArray("repaired");
        report.repaired().forEach(repaired::add);
        node.put("next", report.next().map(QueueId::toString).orElse(null));
        return node;
    }
}
