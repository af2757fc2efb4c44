package dev.nexthop.cli;

import dev.nexthop.config.Configuration;
import dev.nexthop.config.Effective;
import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.expr.Lookups;
import dev.nexthop.lookup.OfflineLookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.route.Decision;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RecipientFacts;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.route.Router;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code nexthop explain}: asks the rules, with the code that delivers, where a message would go and why. */
@Command(
        name = "explain",
        description =
                "Tells where a message would go, and why: the rules with the values they saw. Sends nothing and asks no network.",
        footer = {
            "",
            "Example: nexthop explain --from a@example.org --to b@example.net --to c@example.com --retry-num 2"
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int SOME_NOT_ROUTABLE = 3;

    @Mixin
    ConfigOption config = new ConfigOption();

    @Option(
            names = "--from",
            required = true,
            paramLabel = "ADDRESS",
            description = "the reverse-path; '' or '<>' for the null one")
    String from = "";

    @Option(names = "--to", required = true, paramLabel = "ADDRESS", arity = "1..*", description = "the recipients")
    List<String> to = List.of();

    @Option(names = "--retry-num", paramLabel = "N", defaultValue = "0", description = "as if N attempts had been made")
    int retryNum;

    @Option(
            names = "--last-error",
            paramLabel = "KIND",
            defaultValue = "none",
            description = "as if the newest attempt had ended so: none, dns, connection, tls, …")
    String lastError = "none";

    @Option(names = "--priority", paramLabel = "N", defaultValue = "0", description = "MT-PRIORITY of the message")
    int priority;

    @Option(
            names = "--auth",
            paramLabel = "USER",
            defaultValue = "",
            description = "as if sent by this authenticated user")
    String auth = "";

    @Option(names = "--listener", paramLabel = "ID", defaultValue = "", description = "as if it had come in there")
    String listener = "";

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        Envelope envelope = envelope();
        ErrorKind error = errorKind();
        Configuration configuration = config.load();
        Configuration.LocalMail local = configuration.local();
        Lookups lookups = OfflineLookups.of(
                local.lookups(), local.directory().id(), local.directory().directory(), Map.of());
        Router router = new Router(configuration.outbound().routing());
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("sender", envelope.sender().address());
        ArrayNode recipients = answer.putArray("recipients");
        PrintWriter out = output.out();
        boolean all = true;
        for (Mailbox recipient : envelope.recipients()) {
            RecipientFacts facts = facts(envelope, recipient, error);
            Decision decision = router.decide(facts, lookups);
            all &= Explanation.routable(decision.hop());
            ObjectNode one = recipients.addObject();
            one.put("address", recipient.toString());
            one.set("decision", Explanation.decision(decision));
            one.set("rules", Explanation.rules(decision.rules()));
            RecipientFacts atHop =
                    facts.at(new RecipientFacts.Host(hopName(decision.hop()), host(decision.hop()), "", ""));
            one.set("settings", settings(configuration, decision.hop(), atHop, lookups));
            one.set("schedule", schedule(configuration, atHop, lookups));
            if (!output.json) {
                ExplanationText.print(one, out);
            }
        }
        if (output.json) {
            out.println(answer.toPrettyString());
        }
        out.flush();
        return all ? 0 : SOME_NOT_ROUTABLE;
    }

    private Envelope envelope() {
        List<Mailbox> mailboxes = new ArrayList<>();
        for (String address : to) {
            mailboxes.add(mailbox(address));
        }
        String sender = from.equals("<>") ? "" : from;
        ReversePath reversePath = sender.isEmpty() ? ReversePath.NULL : new ReversePath.From(mailbox(sender));
        Reception reception = new Reception(listener, 0, "", "", auth, priority);
        return new Envelope(reversePath, mailboxes, BodyType.SEVEN_BIT, false, reception);
    }

    private Mailbox mailbox(String address) {
        try {
            return Mailbox.parse(address);
        } catch (IllegalArgumentException e) {
            throw output.usage("'" + address + "' is not an address: " + e.getMessage());
        }
    }

    private ErrorKind errorKind() {
        return Arrays.stream(ErrorKind.values())
                .filter(kind -> kind.word().equals(lastError))
                .findFirst()
                .orElseThrow(() -> output.usage("--last-error is one of "
                        + String.join(
                                ", ",
                                Arrays.stream(ErrorKind.values())
                                        .map(ErrorKind::word)
                                        .toList())));
    }

    private RecipientFacts facts(Envelope envelope, Mailbox recipient, ErrorKind error) {
        Instant now = Instant.now();
        RecipientFacts.History history =
                new RecipientFacts.History(now, retryNum, 0, now.plus(Duration.ofDays(5)), "", error);
        return new RecipientFacts(new QueueId(0), envelope, 0, recipient, history, now, RecipientFacts.Host.UNKNOWN);
    }

    private static String hopName(NextHop hop) {
        return hop instanceof NextHop.Mx ? "" : hop.id();
    }

    private static String host(NextHop hop) {
        return hop instanceof NextHop.Relay relay ? relay.hosts().getFirst().address() : "";
    }

    private static ObjectNode settings(
            Configuration configuration, NextHop hop, RecipientFacts facts, Lookups lookups) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        OutboundSettings outbound = configuration.outbound().delivery();
        Explanation.setting(settings, "queue.outbound.hostname", outbound.hostname(), facts, lookups);
        Explanation.setting(settings, "queue.outbound.ip-strategy", outbound.ipStrategy(), facts, lookups);
        Explanation.setting(
                settings, "queue.outbound.source-ip.v4", outbound.sources().v4(), facts, lookups);
        Explanation.setting(
                settings, "queue.outbound.source-ip.v6", outbound.sources().v6(), facts, lookups);
        Explanation.setting(settings, "queue.outbound.limits.multihomed", outbound.maxAddresses(), facts, lookups);
        if (hop instanceof NextHop.Mx) {
            Explanation.setting(settings, "queue.outbound.limits.mx", outbound.maxMx(), facts, lookups);
            Explanation.setting(settings, "queue.outbound.tls.starttls", outbound.startTls(), facts, lookups);
            Explanation.setting(
                    settings, "queue.outbound.tls.allow-invalid-certs", outbound.certificates(), facts, lookups);
        }
        if (hop instanceof NextHop.Relay relay) {
            RemoteHost host = relay.hosts().getFirst();
            remote(
                    settings,
                    configuration,
                    host,
                    "tls.implicit",
                    Boolean.toString(host.tls().implicit()));
            remote(
                    settings,
                    configuration,
                    host,
                    "tls.starttls",
                    host.tls().startTls().name().toLowerCase(Locale.ROOT));
            remote(
                    settings,
                    configuration,
                    host,
                    "tls.allow-invalid-certs",
                    Boolean.toString(host.tls().check() == CertificateCheck.NEVER));
            remote(
                    settings,
                    configuration,
                    host,
                    "auth.username",
                    host.credentials().map(RemoteHost.Credentials::username).orElse(""));
            remote(
                    settings,
                    configuration,
                    host,
                    "concurrency",
                    Integer.toString(host.limits().concurrency()));
            remote(
                    settings,
                    configuration,
                    host,
                    "max-recipients",
                    Integer.toString(host.limits().maxRecipients()));
        }
        return settings;
    }

    private static void remote(
            ObjectNode settings, Configuration configuration, RemoteHost host, String name, String value) {
        String key = Effective.key("remote", host.id()) + "." + name;
        settings.putObject(key).put("value", value).put("origin", origin(configuration, key));
    }

    private static String origin(Configuration configuration, String key) {
        return configuration.effective().stream()
                .filter(setting -> setting.key().equals(key))
                .map(setting -> setting.origin().toString())
                .findFirst()
                .orElse("default");
    }

    private static ObjectNode schedule(Configuration configuration, RecipientFacts facts, Lookups lookups) {
        ObjectNode schedule = JsonNodeFactory.instance.objectNode();
        Explanation.setting(
                schedule, "retry", configuration.outbound().schedule().retry(), facts, lookups);
        Explanation.setting(
                schedule, "notify", configuration.outbound().schedule().notifyAfter(), facts, lookups);
        Explanation.setting(
                schedule, "expire", configuration.outbound().schedule().expire(), facts, lookups);
        return schedule;
    }
}
