package dev.nexthop.config;

import dev.nexthop.client.Login;
import dev.nexthop.client.Mechanism;
import dev.nexthop.client.Secret;
import dev.nexthop.client.TokenCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads who we are to a remote host. */
final class LoginReader {
    private static final List<Setting<?>> SECRETS =
            List.of(SettingsLogin.SECRET, SettingsLogin.SECRET_FILE, SettingsLogin.TOKEN_COMMAND);

    private final Values values;

    LoginReader(Values values) {
        this.values = values;
    }

    Optional<Login> read(String id) {
        List<Setting<?>> written =
                SECRETS.stream().filter(one -> values.given(one, id)).toList();
        whole(id, written);
        Optional<String> name = values.optional(SettingsLogin.USERNAME, id);
        Optional<Secret> secret = secret(id);
        boolean plaintext = values.value(SettingsLogin.ALLOW_PLAINTEXT, id);
        boolean require = values.value(SettingsLogin.AUTH_REQUIRE, id);
        List<Mechanism> mechanisms = mechanisms(id);
        return name.flatMap(found -> secret.map(one -> new Login(found, one, plaintext, require, mechanisms)));
    }

    /** A user and one secret, or neither. */
    private void whole(String id, List<Setting<?>> secrets) {
        boolean user = values.given(SettingsLogin.USERNAME, id);
        if (user == secrets.isEmpty()
                && values.isWhole(values.at(SettingsLogin.USERNAME, id), values.place("remote", id))) {
            Setting<?> there = user ? SettingsLogin.USERNAME : secrets.getFirst();
            Setting<?> missing = user ? SettingsLogin.SECRET : SettingsLogin.USERNAME;
            values.problems()
                    .addKey(
                            Code.HALF_CREDENTIALS,
                            values.at(there, id),
                            1,
                            there.key().with(id) + " is set, but "
                                    + missing.key().with(id) + " is not",
                            "set both, or neither");
        }
        if (secrets.size() > 1) {
            values.wrong(
                    secrets.getLast(),
                    Code.VALUE,
                    "the secret of '" + id + "' is written twice: "
                            + secrets.get(0).key().with(id) + " says it, too",
                    "keep one of secret, secret-file and token-command",
                    id);
        }
    }

    private Optional<Secret> secret(String id) {
        Optional<String> password = values.optional(SettingsLogin.SECRET, id);
        password.ifPresent(text -> RemoteReader.lineEnd(values, SettingsLogin.SECRET, text, id));
        Optional<Path> file = RemoteReader.file(values, SettingsLogin.SECRET_FILE, id);
        Optional<Secret> command = command(id);
        return password.map(Secret::of).or(() -> file.map(Secret::in)).or(() -> command);
    }

    private Optional<Secret> command(String id) {
        Optional<List<String>> command = values.optional(SettingsLogin.TOKEN_COMMAND, id);
        Duration lifetime =
                values.value(SettingsLogin.TOKEN_LIFETIME, id); // Wrong words are said without a command, too.
        if (command.isEmpty()) {
            return Optional.empty();
        }
        Path program =
                command.get().isEmpty() ? Path.of("") : Path.of(command.get().getFirst());
        if (!program.isAbsolute() || !Files.isExecutable(program) || Files.isDirectory(program)) {
            values.wrong(
                    SettingsLogin.TOKEN_COMMAND,
                    Code.UNREADABLE,
                    "a program by its absolute path is wanted that this user may run",
                    "[\"/usr/local/bin/token\", \"argument\"]",
                    id);
            return Optional.empty();
        }
        return Optional.of(new TokenCommand(command.get(), lifetime, InstantSource.system()));
    }

    private List<Mechanism> mechanisms(String id) {
        boolean token = values.given(SettingsLogin.TOKEN_COMMAND, id);
        List<Mechanism> usual = token ? List.of(Mechanism.OAUTHBEARER, Mechanism.XOAUTH2) : Mechanism.FOR_PASSWORDS;
        List<Mechanism> chosen = values.valueOr(SettingsLogin.MECHANISMS, usual, words(usual), id);
        if (chosen.isEmpty()) {
            values.wrong(SettingsLogin.MECHANISMS, Code.VALUE, "a login needs at least one mechanism", "", id);
        }
        boolean forPasswords = chosen.stream().allMatch(Mechanism.FOR_PASSWORDS::contains);
        boolean forTokens = chosen.stream().noneMatch(Mechanism.FOR_PASSWORDS::contains);
        if (!chosen.isEmpty() && !forPasswords && !forTokens) {
            values.wrong(
                    SettingsLogin.MECHANISMS,
                    Code.VALUE,
                    "a secret is a password or a token, and these mechanisms want both",
                    "keep xoauth2 and oauthbearer for a token, or the others for a password",
                    id);
        }
        return chosen;
    }

    private static String words(List<Mechanism> mechanisms) {
        List<String> words = new ArrayList<>();
        mechanisms.forEach(one -> words.add(one.word().toLowerCase(Locale.ROOT)));
        return "[" + String.join(", ", words) + "]";
    }
}
