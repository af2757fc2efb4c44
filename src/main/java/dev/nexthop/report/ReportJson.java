package dev.nexthop.report;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reports as JSON (RFC 8460 §4.4). */
public final class ReportJson {
    /** Elements of a list in a stranger's report; a longer one is refused. */
    static final int MOST_ELEMENTS = 100_000;

    private static final int DEEPEST = 20;
    private static final int LONGEST_TEXT = 64 * 1024;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonMapper MAPPER = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LONGEST_TEXT)
                    .maxNumberLength(20)
                    .build())
            .build());

    private ReportJson() {}

    /** The report as a tree. */
    public static ObjectNode tree(TlsReport report) {
        ObjectNode root = NODES.objectNode();
        root.put("organization-name", report.organization());
        root.putObject("date-range")
                .put("start-datetime", report.start().toString())
                .put("end-datetime", report.end().toString());
        root.put("contact-info", report.contact());
        root.put("report-id", report.id());
        ArrayNode policies = root.putArray("policies");
        for (TlsReport.Result result : report.policies()) {
            ObjectNode one = policies.addObject();
            ObjectNode policy = one.putObject("policy");
            policy.put("policy-type", result.policy().type());
            texts(policy, "policy-string", result.policy().strings());
            policy.put("policy-domain", result.policy().domain());
            texts(policy, "mx-host", result.policy().mx());
            one.putObject("summary")
                    .put("total-successful-session-count", result.good())
                    .put("total-failure-session-count", result.failed());
            if (!result.failures().isEmpty()) {
                ArrayNode failures = one.putArray("failure-details");
                result.failures().forEach(failure -> failures.add(failure(failure)));
            }
        }
        return root;
    }

    private static ObjectNode failure(TlsReport.Failure failure) {
        ObjectNode node = NODES.objectNode();
        node.put("result-type", failure.type());
        text(node, "sending-mta-ip", failure.sendingIp());
        text(node, "receiving-mx-hostname", failure.mx());
        text(node, "receiving-mx-helo", failure.helo());
        text(node, "receiving-ip", failure.receivingIp());
        node.put("failed-session-count", failure.count());
        text(node, "additional-information", failure.more());
        text(node, "failure-reason-code", failure.reason());
        return node;
    }

    private static void text(ObjectNode node, String key, String value) {
        if (!value.isEmpty()) {
            node.put(key, value);
        }
    }

    private static void texts(ObjectNode node, String key, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = node.putArray(key);
            values.forEach(array::add);
        }
    }

    /** The report in UTF-8. */
    public static byte[] write(TlsReport report) {
        return tree(report).toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a stranger's report. Members that are not known are left out; {@code mx-host} and {@code policy-string} may be a
     * text where a list is meant, and {@code additional-info-uri} is taken too, as some senders write them so.
     *
     * @param octets JSON in UTF-8
     * @throws ReportException when it is no report, with one sentence that says where
     */
    public static TlsReport read(byte[] octets) throws ReportException {
        JsonNode root;
        try {
            root = MAPPER.readTree(octets);
        } catch (JacksonException e) {
            throw new ReportException("this is no JSON, or larger or deeper than a report may be: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new ReportException("a report is a JSON object");
        }
        List<TlsReport.Result> results = new ArrayList<>();
        for (JsonNode node : elements(root, "policies")) {
            results.add(result(node));
        }
        if (!root.path("policies").isArray()) {
            throw new ReportException("a report has a list 'policies'");
        }
        JsonNode range = root.path("date-range");
        return new TlsReport(
                words(root, "organization-name"),
                time(range, "start-datetime"),
                time(range, "end-datetime"),
                words(root, "contact-info"),
                words(root, "report-id"),
                results);
    }

    private static TlsReport.Result result(JsonNode node) throws ReportException {
        JsonNode policy = node.path("policy");
        List<TlsReport.Failure> failures = new ArrayList<>();
        for (JsonNode one : elements(node, "failure-details")) {
            String more = one.has("additional-information") ? "additional-information" : "additional-info-uri";
            failures.add(new TlsReport.Failure(
                    words(one, "result-type"),
                    count(one, "failed-session-count"),
                    words(one, "sending-mta-ip"),
                    words(one, "receiving-mx-hostname"),
                    words(one, "receiving-mx-helo"),
                    words(one, "receiving-ip"),
                    words(one, more),
                    words(one, "failure-reason-code")));
        }
        JsonNode summary = node.path("summary");
        return new TlsReport.Result(
                new TlsReport.Policy(
                        words(policy, "policy-type"),
                        list(policy, "policy-string"),
                        words(policy, "policy-domain"),
                        list(policy, "mx-host")),
                count(summary, "total-successful-session-count"),
                count(summary, "total-failure-session-count"),
                failures);
    }

    private static JsonNode elements(JsonNode node, String key) throws ReportException {
        JsonNode list = node.path(key);
        if (list.size() > MOST_ELEMENTS) {
            throw new ReportException("'" + key + "' has more than " + MOST_ELEMENTS + " elements");
        }
        return list;
    }

    private static List<String> list(JsonNode node, String key) throws ReportException {
        JsonNode value = node.path(key);
        if (value.isString()) {
            return List.of(value.asString());
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode one : elements(node, key)) {
            texts.add(one.asString(""));
        }
        return texts;
    }

    private static String words(JsonNode node, String key) {
        return node.path(key).asString("");
    }

    private static long count(JsonNode node, String key) throws ReportException {
        JsonNode value = node.path(key);
        if (!value.canConvertToLong() || value.asLong() < 0) {
            throw new ReportException("'" + key + "' is a number of sessions, not " + shown(value));
        }
        return value.asLong();
    }

    private static Instant time(JsonNode range, String key) throws ReportException {
        String text = words(range, key);
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new ReportException("'" + key + "' is a date and time of RFC 3339, not " + shown(range.path(key)), e);
        }
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "missing" : Detail.cut(value.toString());
    }
}
