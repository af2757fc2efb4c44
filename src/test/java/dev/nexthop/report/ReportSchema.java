package dev.nexthop.report;

import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.TlsFault;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * RFC 8460 §4.4 as a table: every member of a report, by its path, whether it must be there, and what it may be. Written from
 * the RFC alone; the code that makes reports isn't asked.
 */
final class ReportSchema {
    private record Member(boolean required, Predicate<JsonNode> form) {}

    private static final Map<String, Member> MEMBERS = new TreeMap<>(Map.ofEntries(
            Map.entry("/organization-name", new Member(true, ReportSchema::text)),
            Map.entry("/date-range", new Member(true, JsonNode::isObject)),
            Map.entry("/date-range/start-datetime", new Member(true, ReportSchema::time)),
            Map.entry("/date-range/end-datetime", new Member(true, ReportSchema::time)),
            Map.entry("/contact-info", new Member(true, ReportSchema::text)),
            Map.entry("/report-id", new Member(true, ReportSchema::text)),
            Map.entry("/policies", new Member(true, JsonNode::isArray)),
            Map.entry("/policies/*", new Member(true, JsonNode::isObject)),
            Map.entry("/policies/*/policy", new Member(true, JsonNode::isObject)),
            Map.entry("/policies/*/policy/policy-type", new Member(true, oneOf(kinds()))),
            Map.entry("/policies/*/policy/policy-string", new Member(false, JsonNode::isArray)),
            Map.entry("/policies/*/policy/policy-string/*", new Member(false, ReportSchema::text)),
            Map.entry("/policies/*/policy/policy-domain", new Member(true, ReportSchema::text)),
            Map.entry("/policies/*/policy/mx-host", new Member(false, JsonNode::isArray)),
            Map.entry("/policies/*/policy/mx-host/*", new Member(false, ReportSchema::text)),
            Map.entry("/policies/*/summary", new Member(true, JsonNode::isObject)),
            Map.entry("/policies/*/summary/total-successful-session-count", new Member(true, ReportSchema::count)),
            Map.entry("/policies/*/summary/total-failure-session-count", new Member(true, ReportSchema::count)),
            Map.entry("/policies/*/failure-details", new Member(false, JsonNode::isArray)),
            Map.entry("/policies/*/failure-details/*", new Member(false, JsonNode::isObject)),
            Map.entry("/policies/*/failure-details/*/result-type", new Member(true, oneOf(results()))),
            Map.entry("/policies/*/failure-details/*/sending-mta-ip", new Member(false, ReportSchema::address)),
            Map.entry("/policies/*/failure-details/*/receiving-mx-hostname", new Member(false, ReportSchema::text)),
            Map.entry("/policies/*/failure-details/*/receiving-mx-helo", new Member(false, ReportSchema::text)),
            Map.entry("/policies/*/failure-details/*/receiving-ip", new Member(false, ReportSchema::address)),
            Map.entry("/policies/*/failure-details/*/failed-session-count", new Member(true, ReportSchema::count)),
            Map.entry("/policies/*/failure-details/*/additional-information", new Member(false, ReportSchema::text)),
            Map.entry("/policies/*/failure-details/*/failure-reason-code", new Member(false, ReportSchema::text))));

    private ReportSchema() {}

    /** What of a report is against the RFC; none when it is right. */
    static List<String> faults(JsonNode report) {
        List<String> faults = new ArrayList<>();
        walk("", report, faults);
        return faults;
    }

    private static void walk(String path, JsonNode node, List<String> faults) {
        Member member = MEMBERS.get(path);
        if (!path.isEmpty() && member == null) {
            faults.add(path + " is no member of a report");
        } else if (member != null && !member.form().test(node)) {
            faults.add(path + " must not be " + node);
        }
        if (node.isObject()) {
            node.properties().forEach(entry -> walk(path + "/" + entry.getKey(), entry.getValue(), faults));
            MEMBERS.forEach((name, wanted) -> {
                boolean child = name.startsWith(path + "/") && name.indexOf('/', path.length() + 1) < 0;
                if (child && !name.endsWith("*") && wanted.required() && !node.has(name.substring(path.length() + 1))) {
                    faults.add(name + " is missing");
                }
            });
        } else if (node.isArray()) {
            node.forEach(element -> walk(path + "/*", element, faults));
        }
    }

    private static boolean text(JsonNode node) {
        return node.isString() && !node.asString().isEmpty();
    }

    private static boolean count(JsonNode node) {
        return node.isIntegralNumber() && node.asLong() >= 0;
    }

    private static boolean time(JsonNode node) {
        try {
            return node.isString() && OffsetDateTime.parse(node.asString()).getNano() == 0;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean address(JsonNode node) {
        return node.isString()
                && node.asString().matches("[0-9a-f.:]{2,45}")
                && !node.asString().contains("[");
    }

    private static Predicate<JsonNode> oneOf(Set<String> words) {
        return node -> node.isString() && words.contains(node.asString());
    }

    private static Set<String> kinds() {
        return Set.of("tlsa", "sts", "no-policy-found");
    }

    /** RFC 8460 §4.3.1 to §4.3.3. */
    private static Set<String> results() {
        return Set.of(
                "starttls-not-supported",
                "certificate-host-mismatch",
                "certificate-expired",
                "certificate-not-trusted",
                "validation-failure",
                "tlsa-invalid",
                "dnssec-invalid",
                "dane-required",
                "sts-policy-fetch-error",
                "sts-policy-invalid",
                "sts-webpki-invalid");
    }

    /** Words of ours that the RFC does not know. */
    static Set<String> strange() {
        Set<String> ours = Arrays.stream(TlsFault.values()).map(TlsFault::word).collect(Collectors.toSet());
        ours.removeAll(results());
        Arrays.stream(TlsEvent.Kind.values())
                .map(TlsEvent.Kind::word)
                .filter(word -> !kinds().contains(word))
                .forEach(ours::add);
        return ours;
    }

    /** The first fault, for tests that expect one. */
    static Optional<String> fault(JsonNode report) {
        return faults(report).stream().findFirst();
    }
}
