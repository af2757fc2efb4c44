package dev.nexthop.config;

import dev.nexthop.client.Mechanism;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Who we are to a remote host, {@code remote.<id>.auth}. */
final class SettingsLogin {
    static final Setting<String> USERNAME =
            Setting.of("remote.<id>.auth.username", Kinds.NAME, "The user to log in as (RFC 4954).", "\"relay_user\"");

    static final Setting<String> SECRET = Setting.of(
                    "remote.<id>.auth.secret", Kinds.NAME, "The password.", "\"%{file:/etc/nexthop/relay.secret}%\"")
            .secret();

    static final Setting<Boolean> ALLOW_PLAINTEXT = Setting.of(
                    "remote.<id>.auth.allow-plaintext",
                    Kinds.TRUTH,
                    "Whether the password may go over clear text to a host that is not on loopback.",
                    "true")
            .or("false")
            .ours();

    static final Setting<Boolean> AUTH_REQUIRE = Setting.of(
                    "remote.<id>.auth.require",
                    Kinds.TRUTH,
                    "Whether an LMTP host on loopback that offers no AUTH is refused, too.",
                    "true")
            .or("false")
            .ours();

    static final Setting<Path> SECRET_FILE = Setting.of(
                    "remote.<id>.auth.secret-file",
                    Kinds.PATH,
                    "A file with the password or token, read at each login; one line end at its end does not count.",
                    "\"/run/credentials/relay\"")
            .ours();

    static final Setting<List<String>> TOKEN_COMMAND = Setting.of(
                    "remote.<id>.auth.token-command",
                    Kinds.NAME.list(),
                    "A program by its absolute path that prints a token, and its arguments; run without a shell, for 30 s at most.",
                    "[\"/usr/local/bin/token\", \"relay\"]")
            .ours();

    static final Setting<Duration> TOKEN_LIFETIME = Setting.of(
                    "remote.<id>.auth.token-lifetime",
                    Kinds.DURATION,
                    "How long a token that the command printed is used.",
                    "\"45m\"")
            .or("5m")
            .ours();

    static final Setting<List<Mechanism>> MECHANISMS = Setting.of(
                    "remote.<id>.auth.mechanisms",
                    Kinds.word(mechanisms()).list(),
                    "The SASL mechanisms that may be used, of which the strongest that the host offers is taken.",
                    "[\"scram-sha-256\", \"plain\"]")
            .orElse("all those for passwords; with a token command xoauth2 and oauthbearer")
            .ours();

    private SettingsLogin() {}

    static List<Setting<?>> all() {
        return List.of(
                USERNAME,
                SECRET,
                SECRET_FILE,
                TOKEN_COMMAND,
                TOKEN_LIFETIME,
                MECHANISMS,
                ALLOW_PLAINTEXT,
                AUTH_REQUIRE);
    }

    private static Map<String, Mechanism> mechanisms() {
        Map<String, Mechanism> words = new LinkedHashMap<>();
        for (Mechanism one : Mechanism.values()) {
            words.put(one.word().toLowerCase(Locale.ROOT), one);
        }
        return words;
    }
}
