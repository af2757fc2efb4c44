package dev.nexthop.cli;

import dev.nexthop.delivery.Survey;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.tls.DanePlan;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import dev.nexthop.tls.TlsPolicy;
import dev.nexthop.tls.TlsVerdict;
import dev.nexthop.tls.TlsaUse;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a survey of the network saw, as JSON. */
final class LiveJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private LiveJson() {}

    static ObjectNode of(Survey.View view) {
        ObjectNode node = NODES.objectNode();
        node.put("mx", view.mx().map(LiveJson::word).orElse(null));
        node.set("mta_sts", view.policy().<JsonNode>map(LiveJson::policy).orElse(NODES.nullNode()));
        ArrayNode hosts = node.putArray("hosts");
        view.hosts().forEach(seen -> hosts.add(host(seen)));
        node.set("trouble", trouble(view.end()));
        node.put("outcome", outcome(view));
        return node;
    }

    /** What would become of a message, in one sentence. */
    private static String outcome(Survey.View view) {
        String waits = view.end()
                .map(end -> (end.status().category() == 5 ? "would fail: " : "would wait: ") + end.reason())
                .orElse("");
        for (Survey.Seen seen : view.hosts()) {
            for (Survey.Visit visit : seen.visits()) {
                if (visit.trouble().isEmpty()) {
                    return "would go to " + visit.place() + ", tls="
                            + visit.verdict().map(TlsVerdict::word).orElse("none");
                }
                waits = waits.isEmpty() ? "would wait: " + visit.trouble().get().reason() : waits;
            }
            if (waits.isEmpty() && seen.trouble().isPresent()) {
                waits = "would wait: " + seen.trouble().get().reason();
            }
        }
        return waits;
    }

    private static ObjectNode policy(StsAnswer answer) {
        ObjectNode node = NODES.objectNode();
        switch (answer) {
            case StsAnswer.Known(StsPolicy policy, Optional<StsAnswer.Trouble> trouble) -> {
                node.put("state", "known");
                node.put("mode", policy.mode().name().toLowerCase(Locale.ROOT));
                node.put("id", policy.id());
                ArrayNode patterns = node.putArray("mx");
                policy.patterns().forEach(patterns::add);
                node.put("max_age", policy.maxAge().toSeconds());
                node.put("trouble", trouble.map(StsAnswer.Trouble::reason).orElse(null));
            }
            case StsAnswer.None(String reason) -> node.put("state", "none").put("reason", reason);
            case StsAnswer.Busy(String reason) -> node.put("state", "busy").put("reason", reason);
            case StsAnswer.Unknown(StsAnswer.Trouble trouble) ->
                node.put("state", "unknown")
                        .put("fault", trouble.fault().word())
                        .put("reason", trouble.reason());
        }
        return node;
    }

    private static ObjectNode host(Survey.Seen seen) {
        ObjectNode node = NODES.objectNode();
        node.put("name", seen.name());
        if (seen.addresses().isPresent()) {
            addresses(node, seen.addresses().get());
        }
        node.set("dane", seen.dane().<JsonNode>map(LiveJson::dane).orElse(NODES.nullNode()));
        seen.sts().ifPresent(sts -> node.set("mta_sts", policy(sts)));
        node.put("policy", seen.policy().map(LiveJson::word).orElse(null));
        ArrayNode visits = node.putArray("visits");
        for (Survey.Visit visit : seen.visits()) {
            visits.add(visit(visit));
        }
        node.set("trouble", trouble(seen.trouble()));
        return node;
    }

    private static void addresses(ObjectNode node, AddressAnswer answer) {
        ArrayNode list = node.putArray("addresses");
        switch (answer) {
            case AddressAnswer.Addresses found -> {
                List<InetAddress> all = new ArrayList<>(found.v4());
                all.addAll(found.v6());
                all.forEach(address -> list.add(address.getHostAddress()));
                node.put("alias", found.alias().orElse(null));
                node.put("dnssec", word(found.security().whole()));
            }
            case AddressAnswer.None _ -> node.putNull("dnssec");
            case AddressAnswer.TryLater(String _, Security security) -> node.put("dnssec", word(security));
        }
    }

    private static ObjectNode dane(DanePlan plan) {
        ObjectNode node = NODES.objectNode();
        switch (plan) {
            case DanePlan.NotApplicable(String reason, String _) ->
                node.put("plan", "not-applicable").put("reason", reason);
            case DanePlan.Unauthenticated none -> {
                node.put("plan", "encrypt").put("reason", none.reason()).put("base", none.base());
                records(node, none.records());
            }
            case DanePlan.Authenticate found -> {
                node.put("plan", "authenticate").put("base", found.set().base());
                records(node, found.records());
            }
            case DanePlan.Skip(String reason, var fault, String _) ->
                node.put("plan", "skip").put("reason", reason).put("fault", fault.word());
        }
        return node.put("rule", plan.rule());
    }

    private static void records(ObjectNode node, List<TlsaRecord> records) {
        ArrayNode list = node.putArray("records");
        for (TlsaRecord record : records) {
            list.addObject()
                    .put("record", record.toString())
                    .put("unusable", TlsaUse.fault(record).orElse(null));
        }
    }

    private static ObjectNode visit(Survey.Visit visit) {
        ObjectNode node = NODES.objectNode();
        node.put("place", visit.place());
        node.put("tls", visit.verdict().map(TlsVerdict::word).orElse(null));
        visit.verdict().filter(verdict -> !verdict.cipher().isEmpty()).ifPresent(verdict -> {
            node.put("version", verdict.protocol());
            node.put("cipher", verdict.cipher());
        });
        node.put("certificate", visit.certificate().orElse(null));
        node.set("trouble", trouble(visit.trouble()));
        return node;
    }

    private static JsonNode trouble(Optional<Diagnosis> diagnosis) {
        return diagnosis
                .<JsonNode>map(one -> NODES.objectNode()
                        .put("enhanced", one.status().toString())
                        .put("error", one.error().word())
                        .put("reason", one.reason()))
                .orElse(NODES.nullNode());
    }

    private static String word(Security security) {
        return security.name().toLowerCase(Locale.ROOT);
    }

    private static String word(TlsPolicy policy) {
        return switch (policy) {
            case TlsPolicy.Settings _ -> "settings";
            case TlsPolicy.Remembered _ -> "remembered";
            case TlsPolicy.Testing _ -> "mta-sts-testing";
            case TlsPolicy.Encrypted _ -> "dane-encrypt";
            case TlsPolicy.Sts _ -> "mta-sts";
            case TlsPolicy.Dane _ -> "dane";
        };
    }
}
