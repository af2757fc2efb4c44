package dev.nexthop.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Passwords that stand in a file. */
final class SecretLints {
    /** Hashes as modular crypt formats and RFC 2307 write them, but for {PLAIN} and {CLEARTEXT}. */
    private static final Pattern HASH =
            Pattern.compile("(?s)\\$[^$]+\\$.*|\\{(?!(?i:plain|clear|cleartext)\\})[^}]+\\}.*|_.{19}");

    private final Values values;
    private boolean readable;

    SecretLints(Values values) {
        this.values = values;
    }

    void run() {
        for (String id : values.ids("remote")) {
            secret(SettingsLogin.SECRET, false, id);
            secret(SettingsHop.PROXY_SECRET, false, id);
            files(id);
        }
        for (String id : values.ids("store")) {
            secret(SettingsLookup.PASSWORD, false, id);
        }
        secret(SettingsServer.ADMIN_SECRET, false);
        for (String id : values.ids("certificate")) {
            secret(SettingsServer.PRIVATE_KEY, false, id);
        }
        for (String id : values.ids("directory")) {
            for (String index : values.ids("directory", id, "principals")) {
                secret(SettingsStore.SECRETS, true, id, index);
            }
        }
    }

    /** What is read and run outside of the configuration. */
    private void files(String id) {
        Optional<Path> file = values.optional(SettingsLogin.SECRET_FILE, id)
                .map(path -> values.resolve(path, SettingsLogin.SECRET_FILE, id));
        if (file.isPresent() && others(file.get(), PosixFilePermission.OTHERS_READ)) {
            values.wrong(
                    SettingsLogin.SECRET_FILE,
                    Code.READABLE_SECRET,
                    "every user of this machine may read the secret in " + file.get(),
                    "chmod o-r " + file.get(),
                    id);
        }
        Optional<Path> program = values.optional(SettingsLogin.TOKEN_COMMAND, id).stream()
                .flatMap(List::stream)
                .findFirst()
                .map(Path::of);
        if (program.isPresent() && others(program.get(), PosixFilePermission.OTHERS_WRITE)) {
            values.wrong(
                    SettingsLogin.TOKEN_COMMAND,
                    Code.WRITABLE_PROGRAM,
                    "every user of this machine may change " + program.get() + ", which this server runs",
                    "chmod o-w " + program.get(),
                    id);
        }
    }

    private static boolean others(Path file, PosixFilePermission permission) {
        try {
            return Files.getPosixFilePermissions(file).contains(permission);
        } catch (IOException | UnsupportedOperationException e) {
            // Said where it is read; a file system without permissions has nothing to say.
            return false;
        }
    }

    private void secret(Setting<?> setting, boolean hashed, String... ids) {
        Node node = values.node(setting, ids);
        List<Node> items = node instanceof Node.Items all ? all.items() : node == null ? List.of() : List.of(node);
        for (Node item : items) {
            boolean open = item instanceof Node.Scalar secret
                    && !secret.expanded()
                    && !(hashed && HASH.matcher(secret.text()).matches());
            if (open) {
                found(setting.key().with(ids).toString(), item, hashed);
            }
        }
    }

    private void found(String key, Node item, boolean hashed) {
        Reading reading = new Reading(key, true, Set.of(), values.problems());
        reading.wrong(
                item,
                Code.WRITTEN_SECRET,
                key + " is written here as it is",
                hashed ? "write its hash, or \"%{file:/path}%\"" : "write \"%{file:/path}%\" or \"%{env:NAME}%\"");
        if (values.problems().source().isShared(item.at()) && !readable) {
            readable = true;
            reading.wrong(
                    item,
                    Code.READABLE_SECRET,
                    "every user of this machine may read the file with this secret",
                    "chmod o-r " + values.problems().source().origin(item.at()).file());
        }
    }
}
