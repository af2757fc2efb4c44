package dev.nexthop.cli;

import dev.nexthop.config.Configuration;
import dev.nexthop.expr.Lookups;
import dev.nexthop.lookup.AnsweredLookups;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.schedule.Supposed;
import dev.nexthop.server.ListenerSettings;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nexthop explain}: asks the rules, with the code that delivers, where a message would go and why. */
@Command(
        name = "explain",
        description =
                "Tells where a message would go, when and why: each rule with the values it saw, the settings with their place, who shares a transaction, the times of retries. Sends nothing, and asks no network but with --live.",
        footer = {
            "",
            "Examples:",
            "  nexthop explain --from a@example.org --to b@example.net --to c@example.com --retry-num 2",
            "  nexthop explain --from a@example.org --to b@example.net --live",
            "  nexthop explain --from a@example.org --to b@example.net --answer \"key_get('pg','example.net')=relay\""
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

    @Option(
            names = "--listener",
            paramLabel = "ID",
            defaultValue = "",
            description = "as if it had come in there, by its first port")
    String listener = "";

    @Option(names = "--port", paramLabel = "PORT", description = "as if it had come in by this port of ours")
    @Nullable
    Integer port;

    @Option(
            names = "--remote-ip",
            paramLabel = "ADDRESS",
            defaultValue = "",
            description = "as if a client at this address had sent it")
    String remoteIp = "";

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "0",
            description = "as if it were so large: 1048576, 512kb, 25mb")
    String size = "0";

    @Option(
            names = "--answer",
            paramLabel = "CALL=VALUE",
            description = "what a look-up gives that would ask a network: \"key_get('pg','x')=y\"")
    List<String> answers = List.of();

    @Option(
            names = "--live",
            description =
                    "looks at the network too: DNS with what DNSSEC says of it, TLSA records, MTA-STS policy, and each host up to the word before MAIL; sends no mail, logs in nowhere. Asks the running server for its standing orders (queue orders), which are not known otherwise")
    boolean live;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "AUTO",
            description = "always, never, or auto: on a terminal, unless NO_COLOR is set")
    Palette.When color = Palette.When.AUTO;

    @Mixin
    Output output = new Output();

    private final InstantSource clock;

    ExplainCommand() {
        this(Clock.systemUTC());
    }

    ExplainCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() {
        var _ = message(0); // what is wrong on the command line is told before a file is read
        Map<String, String> given = given();
        Configuration configuration = config.load();
        Supposed message = message(port(configuration.inbound().plain().listeners()));
        Lookups lookups = configuration.local().offline(given);
        Explainer explainer = new Explainer(configuration, lookups);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Explainer.Answer answer;
        if (live) {
            try (LiveNetwork network = LiveNetwork.open(configuration, lookups)) {
                answer = explainer.explain(message, now, network::look);
            }
            LiveOrders.addTo(answer.json(), () -> {
                AdminAccess access = AdminAccess.byToken(configuration);
                return new AdminApi(access.base(), access.authorization());
            });
        } else {
            answer = explainer.explain(message, now);
        }
        PrintWriter out = output.out();
        if (output.json) {
            out.println(answer.json().toPrettyString());
        } else {
            ExplanationText text = new ExplanationText(out, Palette.of(color));
            answer.json().path("recipients").forEach(text::print);
        }
        out.flush();
        return answer.routable() ? 0 : SOME_NOT_ROUTABLE;
    }

    /** The port that was typed, else the first one of the listener; 0 without both. */
    private int port(List<ListenerSettings> listeners) {
        Optional<ListenerSettings> known =
                listeners.stream().filter(one -> one.id().equals(listener)).findFirst();
        if (!listener.isEmpty() && known.isEmpty()) {
            String ids = listeners.stream().map(ListenerSettings::id).collect(Collectors.joining(", "));
            throw output.usage("there is no listener '" + listener + "'; "
                    + (ids.isEmpty() ? "none is defined" : "there are: " + ids));
        }
        if (port != null) {
            if (port < 1 || port > 65_535) {
                throw output.usage("--port is a number of 1 to 65535");
            }
            return port;
        }
        return known.stream()
                .flatMap(one -> one.bind().stream())
                .findFirst()
                .map(InetSocketAddress::getPort)
                .orElse(0);
    }

    private Supposed message(int receivedBy) {
        Set<Mailbox> mailboxes = new LinkedHashSet<>();
        for (String address : to) {
            mailboxes.add(mailbox(address));
        }
        String sender = from.equals("<>") ? "" : from;
        ReversePath reversePath = sender.isEmpty() ? ReversePath.NULL : new ReversePath.From(mailbox(sender));
        Reception reception = new Reception(listener, receivedBy, remoteIp, "", auth, priority);
        Envelope envelope = new Envelope(reversePath, List.copyOf(mailboxes), BodyType.SEVEN_BIT, false, reception);
        long octets = Durations.size(size);
        if (octets < 0) {
            throw output.usage("'" + size + "' is not a size, such as 1048576, 512kb or 25mb");
        }
        if (retryNum < 0) {
            throw output.usage("--retry-num is a number of attempts, which is never negative");
        }
        Supposed.Past past = new Supposed.Past(Duration.ZERO, retryNum, 0, Optional.empty(), "", errorKind());
        return new Supposed(envelope, new QueueId(0), octets, past);
    }

    /** The answers by call; a value may hold any character. */
    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        for (String answer : answers) {
            int equals = answer.indexOf('=');
            while (equals > 0 && !AnsweredLookups.isQuestion(answer.substring(0, equals))) {
                equals = answer.indexOf('=', equals + 1);
            }
            if (equals <= 0) {
                throw output.usage(
                        "'" + answer + "' is no answer; write --answer \"key_get('pg','x')=y\"; answered are "
                                + AnsweredLookups.KNOWN);
            }
            given.put(answer.substring(0, equals), answer.substring(equals + 1));
        }
        return given;
    }

    private Mailbox mailbox(String address) {
        try {
            return Mailbox.parse(address);
        } catch (IllegalArgumentException e) {
            throw output.usage("'" + address + "' is not an address: " + e.getMessage());
        }
    }

    private ErrorKind errorKind() {
        List<String> words =
                Arrays.stream(ErrorKind.values()).map(ErrorKind::word).toList();
        return Arrays.stream(ErrorKind.values())
                .filter(kind -> kind.word().equals(lastError))
                .findFirst()
                .orElseThrow(() -> output.usage("--last-error is one of " + String.join(", ", words)));
    }
}
