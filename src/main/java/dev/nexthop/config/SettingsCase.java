package dev.nexthop.config;

import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys of a test in the file, {@code [[test]]}. */
final class SettingsCase {
    private static final Plain<ReversePath> SENDER_KIND =
            new Plain<>("address", "an address, or '' for the null reverse-path", SettingsCase::sender);
    private static final Plain<Mailbox> RECIPIENT_KIND =
            new Plain<>("address", "an address such as jane@example.org", SettingsCase::mailbox);
    private static final Plain<Integer> COUNT = Kinds.count(0, 1_000_000);

    static final Setting<String> NAME = key(
                    "name", Kinds.NAME, "What messages call the test.", "\"bulk mail leaves by the relay\"")
            .orElse("its number");
    static final Setting<ReversePath> FROM = key(
                    "from", SENDER_KIND, "The reverse-path of the message.", "\"jane@example.org\"")
            .orElse("the null reverse-path");
    static final Setting<List<Mailbox>> TO = key(
            "to",
            RECIPIENT_KIND.list(),
            "The recipients; every expectation must hold for each.",
            "[\"bill@example.net\", \"ann@example.com\"]");

    static final Setting<ReversePath> SENDER =
            key("sender", SENDER_KIND, "The same as `from`.", "\"jane@example.org\"");
    static final Setting<List<Mailbox>> RCPT =
            key("rcpt", RECIPIENT_KIND.list(), "The same as `to`.", "\"bill@example.net\"");
    static final Setting<String> SENDER_DOMAIN =
            key("sender_domain", Kinds.TEXT, "The domain of `from`; another one is an error.", "\"example.org\"");
    static final Setting<String> RCPT_DOMAIN =
            key("rcpt_domain", Kinds.TEXT, "The domain of `to`; another one is an error.", "\"example.net\"");
    static final Setting<List<Mailbox>> RECIPIENTS = key(
                    "recipients",
                    RECIPIENT_KIND.list(),
                    "All recipients of the message, if there are more than those of `to`.",
                    "[\"bill@example.net\", \"ann@example.com\"]")
            .orElse("those of `to`");
    static final Setting<Integer> PRIORITY = variable("priority", Kinds.count(-9, 9), "0", "2");
    static final Setting<Long> SIZE = key(
                    "size", new Plain<>("size", "a size such as 512kb", Texts::size), of("size"), "\"25mb\"")
            .or("0");
    static final Setting<QueueId> MESSAGE_ID = key(
                    "message_id",
                    new Plain<>("id of a queued message", "the id of a queued message", SettingsCase::id),
                    of("message_id"),
                    "\"01jdz6m8k4000\"")
            .or("0000000000000");
    static final Setting<String> LISTENER = variable("listener", Kinds.TEXT, "", "\"submission\"");
    static final Setting<String> AUTHENTICATED_AS = variable("authenticated_as", Kinds.TEXT, "", "\"jane\"");
    static final Setting<String> REMOTE_IP = variable(
            "remote_ip",
            new Plain<>("address", "an IP address such as 192.0.2.7", SettingsCase::ip),
            "",
            "\"192.0.2.7\"");
    static final Setting<Integer> PORT_IN = variable("received_via_port", Kinds.count(0, 65_535), "0", "587");
    static final Setting<Integer> RETRY_NUM = variable("retry_num", COUNT, "0", "3");
    static final Setting<Integer> NOTIFY_NUM = variable("notify_num", COUNT, "0", "1");
    static final Setting<Duration> EXPIRES_IN = key(
                    "expires_in", time(Duration::ofSeconds), of("expires_in") + " A duration, or seconds.", "\"2h\"")
            .orElse("what `queue.schedule.expire` says");
    static final Setting<String> LAST_STATUS = variable("last_status", Kinds.TEXT, "", "\"4.7.1 try again later\"");
    static final Setting<ErrorKind> LAST_ERROR = variable("last_error", Kinds.word(errors()), "none", "\"connection\"");
    static final Setting<Duration> QUEUE_AGE = key(
                    "queue_age", time(Duration::ofMillis), of("queue_age") + " A duration, or milliseconds.", "\"90m\"")
            .or("0");

    static final Setting<List<String>> HOP = key(
            "hop",
            new Plain<>("next hop", "the id of a next hop, 'local', or false for MX", SettingsCase::hop).list(),
            "Expected: the next hop; a list expects remotes in that order.",
            "\"relay\"");
    static final Setting<String> KIND = key(
            "kind", word("mx", "relay", "local", "defer", "reject", "discard"), "Expected: what is done.", "\"relay\"");
    static final Setting<String> HOST = key(
            "host", Kinds.NAME, "Expected: the address of the remote, or of one of several.", "\"relay.example.org\"");
    static final Setting<Integer> PORT = key("port", Kinds.count(1, 65_535), "Expected: the port.", "587");
    static final Setting<String> TLS = key(
            "tls",
            word("implicit", "require", "optional", "disable"),
            "Expected: TLS from the first octet, or what STARTTLS is to the hop.",
            "\"require\"");
    static final Setting<String> REASON =
            key("reason", Kinds.NAME, "Expected: words that the reason of the decision holds.", "\"no way known\"");
    static final Setting<String> ANSWERS = key(
            "answers.<call>",
            Kinds.TEXT,
            "What a look-up gives that would ask a network; the key is the call.",
            "\"relay\"");

    private SettingsCase() {}

    static List<Setting<?>> all() {
        return Stream.of(expectations(), message(), List.<Setting<?>>of(ANSWERS))
                .flatMap(List::stream)
                .toList();
    }

    /** What a test can expect. */
    static List<Setting<?>> expectations() {
        return List.of(HOP, KIND, HOST, PORT, TLS, REASON);
    }

    private static List<Setting<?>> message() {
        return List.of(
                NAME,
                FROM,
                TO,
                SENDER,
                RCPT,
                SENDER_DOMAIN,
                RCPT_DOMAIN,
                RECIPIENTS,
                PRIORITY,
                SIZE,
                MESSAGE_ID,
                LISTENER,
                AUTHENTICATED_AS,
                REMOTE_IP,
                PORT_IN,
                RETRY_NUM,
                NOTIFY_NUM,
                EXPIRES_IN,
                LAST_STATUS,
                LAST_ERROR,
                QUEUE_AGE);
    }

    private static <T> Setting<T> key(String name, Kind<T> kind, String prose, String example) {
        return Setting.of("test[]." + name, kind, prose, example).ours();
    }

    private static <T> Setting<T> variable(String name, Kind<T> kind, String fallback, String example) {
        return key(name, kind, of(name), example).or(fallback);
    }

    private static String of(String variable) {
        return "The variable `" + variable + "` of the message.";
    }

    private static Plain<String> word(String... words) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String word : words) {
            all.put(word, word);
        }
        return Kinds.word(all);
    }

    /** A duration, or a number in the variable's own unit. */
    private static Kind<Duration> time(Function<Long, Duration> unit) {
        Plain<String> text = new Plain<>("duration", "a duration such as 90s, 2h or 3d", written -> {
            Long number = Texts.integer(written, 0, Duration.ofDays(3_650).toMillis());
            return number != null || Texts.duration(written) != null ? written : null;
        });
        return new Kind<>() {
            @Override
            public String noun() {
                return text.noun();
            }

            @Override
            public @Nullable Duration read(Node node, Reading reading) {
                String written = text.read(node, reading);
                if (written == null) {
                    return null;
                }
                Long number = Texts.integer(written, 0, Long.MAX_VALUE);
                return number == null ? Texts.duration(written) : unit.apply(number);
            }
        };
    }

    private static Map<String, ErrorKind> errors() {
        Map<String, ErrorKind> words = new LinkedHashMap<>();
        for (ErrorKind kind : ErrorKind.values()) {
            words.put(kind.word(), kind);
        }
        return words;
    }

    private static @Nullable String hop(String text) {
        String word = Texts.unquoted(text.strip());
        return word.isEmpty() ? null : word.equals("false") ? "mx" : word;
    }

    private static @Nullable ReversePath sender(String text) {
        if (text.isEmpty() || text.equals("<>")) {
            return ReversePath.NULL;
        }
        Mailbox mailbox = mailbox(text);
        return mailbox == null ? null : new ReversePath.From(mailbox);
    }

    private static @Nullable Mailbox mailbox(String text) {
        try {
            return Mailbox.parse(text);
        } catch (IllegalArgumentException e) {
            // Not an address, as the caller then says.
            return null;
        }
    }

    private static @Nullable QueueId id(String text) {
        try {
            return QueueId.parse(text);
        } catch (IllegalArgumentException e) {
            // As above.
            return null;
        }
    }

    private static @Nullable String ip(String text) {
        return text.isEmpty() || Texts.address(text) != null ? text : null;
    }
}
