package dev.nexthop.config;

import java.util.List;
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
