package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Variable;
import dev.nexthop.report.Rhythm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings of TLS reports (RFC 8460). */
final class SettingsReport {
    private static final Set<Variable> SCOPE = Set.of(Variable.RCPT_DOMAIN);

    static final Setting<Optional<Rhythm>> SEND = Setting.of(
                    "report.tls.aggregate.send",
                    Kinds.literal(Kinds.word(rhythms())),
                    "How often domains that ask for TLS reports get one (RFC 8460); the domains are those that mail was sent to.",
                    "\"never\"")
            .or("daily");

    static final Setting<Conditional<String>> FROM_NAME = Setting.of(
                    "report.tls.aggregate.from-name",
                    Kinds.rules("text", SCOPE, Conversion.TEXT),
                    "The display name of TLS reports.",
                    "\"'TLS reports'\"")
            .or("'Report Subsystem'");

    static final Setting<Conditional<String>> FROM_ADDRESS = Setting.of(
                    "report.tls.aggregate.from-address",
                    Kinds.rules("text", SCOPE, Conversion.TEXT),
                    "The address of TLS reports, in their header and envelope.",
                    "\"'noreply-tls@example.org'\"")
            .orElse("`noreply-tls@` and `lookup.default.domain`, else `server.hostname`");

    static final Setting<Conditional<String>> ORGANIZATION = Setting.of(
                    "report.tls.aggregate.org-name",
                    Kinds.rules("text", SCOPE, Conversion.TEXT),
                    "Who reports, for people: organization-name (RFC 8460 §4.4).",
                    "\"'Example Ltd'\"")
            .orElse("`lookup.default.domain`, else `server.hostname`");

    static final Setting<Conditional<String>> CONTACT = Setting.of(
                    "report.tls.aggregate.contact-info",
                    Kinds.rules("text", SCOPE, Conversion.TEXT),
                    "Whom to ask about a report: contact-info (RFC 8460 §4.4).",
                    "\"'hostmaster@example.org'\"")
            .orElse("`postmaster@` and `lookup.default.domain`, else `server.hostname`");

    static final Setting<Long> MAX_SIZE = Setting.of(
                    "report.tls.aggregate.max-size",
                    Kinds.literal(Kinds.SIZE),
                    "Octets of a compressed TLS report; a larger one is sent without its failure details.",
                    "\"5mb\"")
            .or("25mb");

    private SettingsReport() {}

    static List<Setting<?>> all() {
        return List.of(SEND, FROM_NAME, FROM_ADDRESS, ORGANIZATION, CONTACT, MAX_SIZE);
    }

    private static Map<String, Optional<Rhythm>> rhythms() {
        Map<String, Optional<Rhythm>> words = new LinkedHashMap<>();
        words.put("daily", Optional.of(Rhythm.DAILY));
        words.put("hourly", Optional.of(Rhythm.HOURLY));
        words.put("weekly", Optional.of(Rhythm.WEEKLY));
        words.put("never", Optional.empty());
        words.put("disable", Optional.empty());
        words.put("false", Optional.empty());
        return words;
    }
}
