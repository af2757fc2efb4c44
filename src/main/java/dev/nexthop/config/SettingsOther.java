package dev.nexthop.config;

import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Conversion;
import dev.nexthop.expr.Variable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The settings of DNS and of delivery status notifications. */
final class SettingsOther {
    private static final Pattern SERVER =
            Pattern.compile("(?:(?:udp|tcp)://)?(\\[[0-9A-Fa-f:.]+]|[0-9.]+)(?::(\\d{1,5}))?/?");

    static final Setting<Resolvers> RESOLVER = Setting.of(
                    "resolver.type",
                    Kinds.word(resolvers()),
                    "Which DNS servers are asked: the system's, those of resolver.custom, or a public service.",
                    "\"custom\"")
            .or("system");

    static final Setting<List<InetSocketAddress>> CUSTOM = Setting.of(
            "resolver.custom",
            new Plain<>("DNS server", "a DNS server such as udp://192.0.2.53:53 or 192.0.2.53", SettingsOther::server)
                    .list(),
            "The servers of resolver.type custom, asked in order; UDP first whatever the scheme says.",
            "[\"udp://127.0.0.1:5353\"]");

    static final Setting<Duration> TIMEOUT = Setting.of(
                    "resolver.timeout", Kinds.DURATION, "How long one try may take.", "\"3s\"")
            .or("5s");

    static final Setting<Integer> ATTEMPTS = Setting.of(
                    "resolver.attempts", Kinds.count(1, 20), "Tries for each server before the answer is: later.", "3")
            .or("2");

    static final Setting<Boolean> TCP_ON_ERROR = Setting.of(
                    "resolver.try-tcp-on-error",
                    Kinds.TRUTH,
                    "Whether to ask again over TCP when UDP fails (RFC 7766 §5).",
                    "false")
            .or("true");

    static final Setting<Integer> CACHE = Setting.of(
                    "resolver.cache-size", Kinds.count(0, 10_000_000), "Answers kept in memory.", "100000")
            .or("10000")
            .ours();

    static final Setting<Conditional<String>> FROM_NAME = Setting.of(
                    "report.dsn.from-name",
                    Kinds.rules("text", Variable.SENDER_SCOPE, Conversion.TEXT),
                    "The display name of delivery status notifications.",
                    "\"'Mail Delivery Subsystem'\"")
            .or("'Mail Delivery Subsystem'");

    static final Setting<Conditional<String>> FROM_ADDRESS = Setting.of(
                    "report.dsn.from-address",
                    Kinds.rules("text", Variable.SENDER_SCOPE, Conversion.TEXT),
                    "The address of delivery status notifications.",
                    "\"'MAILER-DAEMON@example.org'\"")
            .orElse("`MAILER-DAEMON@` and `lookup.default.domain`, else `server.hostname`");

    static final Setting<Conditional<String>> SUBMITTER = Setting.of(
                    "report.submitter",
                    Kinds.rules("text", Variable.SENDER_SCOPE, Conversion.TEXT),
                    "The name in Reporting-MTA (RFC 3464 §2.2.2).",
                    "\"'mx.example.org'\"")
            .orElse("`server.hostname`");

    static final Setting<Conditional<String>> LANGUAGE = Setting.of(
                    "report.dsn.language",
                    Kinds.rules("text", Variable.SENDER_SCOPE, Conversion.TEXT),
                    "The language of delivery status notifications: en, de, fr, es, or one of report.dsn.templates;"
                            + " `de-AT` is `de` where there is no other.",
                    "[ { if = \"ends_with(sender_domain, '.de')\", then = \"'de'\" }, { else = \"'en'\" } ]")
            .or("'en'")
            .ours();

    static final Setting<Path> TEMPLATES = Setting.of(
                    "report.dsn.templates",
                    Kinds.PATH,
                    "A folder with files such as de.txt whose words replace or add to those of notifications;"
                            + " docs/notices.md tells how one is written.",
                    "\"notices\"")
            .ours();

    static final Setting<List<String>> INCLUDE = Setting.of(
                    "include",
                    Kinds.NAME.list(),
                    "Files to read as if written here, by the folder of this file; each file may have it.",
                    "[\"conf.d/*.toml\"]")
            .or("[]")
            .ours();

    private SettingsOther() {}

    /**
     * Which DNS servers are asked.
     *
     * @param custom whether those of resolver.custom
     * @param servers those of a public service; empty for the system's
     */
    record Resolvers(boolean custom, List<InetSocketAddress> servers) {}

    static List<Setting<?>> all() {
        return List.of(
                INCLUDE,
                RESOLVER,
                CUSTOM,
                TIMEOUT,
                ATTEMPTS,
                TCP_ON_ERROR,
                CACHE,
                FROM_NAME,
                FROM_ADDRESS,
                LANGUAGE,
                TEMPLATES,
                SUBMITTER);
    }

    private static Map<String, Resolvers> resolvers() {
        Map<String, Resolvers> words = new LinkedHashMap<>();
        words.put("system", new Resolvers(false, List.of()));
        words.put("custom", new Resolvers(true, List.of()));
        words.put("cloudflare", service("1.1.1.1", "1.0.0.1"));
        words.put("quad9", service("9.9.9.9", "149.112.112.112"));
        words.put("google", service("8.8.8.8", "8.8.4.4"));
        return words;
    }

    private static Resolvers service(String... addresses) {
        return new Resolvers(
                false,
                List.of(addresses).stream()
                        .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), 53))
                        .toList());
    }

    private static @Nullable InetSocketAddress server(String text) {
        InetAddress whole = Texts.address(text);
        if (whole != null) {
            return new InetSocketAddress(whole, 53);
        }
        Matcher parts = SERVER.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        String host = parts.group(1);
        boolean brackets = host.startsWith("[");
        InetAddress address = Texts.address(brackets ? host.substring(1, host.length() - 1) : host);
        String digits = parts.group(2);
        int port = digits == null ? 53 : Integer.parseInt(digits);
        return address == null || port < 1 || port > 65_535 ? null : new InetSocketAddress(address, port);
    }
}
