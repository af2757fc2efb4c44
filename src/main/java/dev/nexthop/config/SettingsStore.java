package dev.nexthop.config;

import dev.nexthop.directory.PrincipalKind;
import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The settings of stores, directories and look-up tables. */
final class SettingsStore {
    static final Setting<String> STORAGE_DATA = storage("data", "The store that keeps the queue.");
    static final Setting<String> STORAGE_BLOB = storage("blob", "The store that keeps message bodies.");
    static final Setting<String> STORAGE_LOOKUP = storage(
            "lookup",
            "The store that '' and '*' mean in key_get, key_set and counters, behind the table lookup.default.");
    static final Setting<String> STORAGE_FTS = storage("fts", "The store of the full-text index, of no effect yet.");

    static final Setting<String> STORAGE_DIRECTORY = Setting.of(
                    "storage.directory", Kinds.NAME, "The directory that knows who is local.", "\"staff\"")
            .orElse("the only directory that is defined");

    static final Setting<String> STORE_TYPE = Setting.of(
            "store.<id>.type",
            Kinds.NAME,
            "The kind of store: rocksdb keeps mail; rules ask any of memory, rocksdb, sqlite, postgresql, redis.",
            "\"rocksdb\"");

    static final Setting<Path> STORE_PATH = Setting.of(
            "store.<id>.path",
            Kinds.PATH,
            "The folder of rocksdb, or the file of sqlite; a relative path begins at the folder of the configuration.",
            "\"/var/lib/nexthop\"");

    static final Setting<String> LOOKUP = Setting.of(
            "lookup.<id>.<key>",
            Kinds.TEXT,
            "A value for key_get('id', 'key') in rules; lookup.default.hostname and .domain name this host.",
            "\"mail.example.org\"");

    static final Setting<String> DIRECTORY_TYPE =
            Setting.of("directory.<id>.type", Kinds.NAME, "The kind of directory; memory is served.", "\"memory\"");

    static final Setting<Boolean> CATCH_ALL = Setting.of(
                    "directory.<id>.options.catch-all",
                    Kinds.TRUTH,
                    "Whether an account with the address @domain takes what nobody else takes.",
                    "false")
            .or("true");

    static final Setting<Boolean> SUBADDRESSING = Setting.of(
                    "directory.<id>.options.subaddressing",
                    Kinds.TRUTH,
                    "Whether user+detail is user when nobody has the whole address (RFC 5233 §1).",
                    "false")
            .or("true");

    static final Setting<List<Domain>> DOMAINS = Setting.of(
                    "directory.<id>.lookup.domains",
                    new Plain<>("domain", "a domain such as example.org", SettingsStore::domain).list(),
                    "Local domains beyond those of the addresses.",
                    "[\"example.org\", \"example.net\"]")
            .or("[]");

    static final Setting<String> PRINCIPAL_NAME = principal("name", "The name to log in with.", "\"jane\"");

    static final Setting<PrincipalKind> PRINCIPAL_CLASS = Setting.of(
                    "directory.<id>.principals[].class",
                    Kinds.word(kinds()),
                    "What the principal is; a list has members and no mailbox.",
                    "\"individual\"")
            .or("individual");

    static final Setting<PrincipalKind> PRINCIPAL_TYPE =
            Setting.of("directory.<id>.principals[].type", Kinds.word(kinds()), "The same as class.", "\"group\"");

    static final Setting<String> DESCRIPTION =
            principal("description", "Words for people.", "\"Jane Doe\"").or("");

    static final Setting<List<String>> SECRETS = Setting.of(
                    "directory.<id>.principals[].secret",
                    Kinds.NAME.list(),
                    "A password or its hash, or a list of them; nobody can log in without.",
                    "\"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$Z5pbPnUTN6sNSRRPjc0iCXyOJWYP0bU3Yq+0SYyz6h8\"")
            .secret();

    static final Setting<List<String>> EMAIL = Setting.of(
                    "directory.<id>.principals[].email",
                    Kinds.NAME.list(),
                    "The principal's addresses, the main one first; @domain takes what nobody else takes.",
                    "[\"jane@example.org\", \"jane.doe@example.org\"]")
            .or("[]");

    static final Setting<List<String>> EMAIL_LIST = Setting.of(
                    "directory.<id>.principals[].email-list",
                    Kinds.NAME.list(),
                    "Addresses that the principal shares with all others that name them.",
                    "[\"info@example.org\"]")
            .or("[]");

    static final Setting<List<String>> MEMBER_OF = Setting.of(
                    "directory.<id>.principals[].member-of",
                    Kinds.NAME.list(),
                    "The groups and lists that the principal belongs to.",
                    "[\"sales\"]")
            .or("[]");

    private SettingsStore() {}

    static List<Setting<?>> all() {
        return Stream.of(own(), SettingsLookup.all()).flatMap(List::stream).toList();
    }

    private static List<Setting<?>> own() {
        return List.of(
                STORAGE_DATA,
                STORAGE_BLOB,
                STORAGE_LOOKUP,
                STORAGE_FTS,
                STORAGE_DIRECTORY,
                STORE_TYPE,
                STORE_PATH,
                LOOKUP,
                DIRECTORY_TYPE,
                CATCH_ALL,
                SUBADDRESSING,
                DOMAINS,
                PRINCIPAL_NAME,
                PRINCIPAL_CLASS,
                PRINCIPAL_TYPE,
                DESCRIPTION,
                SECRETS,
                EMAIL,
                EMAIL_LIST,
                MEMBER_OF);
    }

    private static Setting<String> storage(String name, String prose) {
        return Setting.of("storage." + name, Kinds.NAME, prose, "\"main\"")
                .orElse("the only rocksdb store that is defined, else the folder `data`");
    }

    private static Setting<String> principal(String name, String prose, String example) {
        return Setting.of("directory.<id>.principals[]." + name, Kinds.TEXT, prose, example);
    }

    private static Map<String, PrincipalKind> kinds() {
        Map<String, PrincipalKind> words = new LinkedHashMap<>();
        for (PrincipalKind kind : PrincipalKind.values()) {
            words.put(kind.word().toLowerCase(Locale.ROOT), kind);
        }
        return words;
    }

    /** Beyond ASCII only as mail can name it, for another spelling would never be met. */
    private static @Nullable Domain domain(String text) {
        if (!Texts.isHost(text)) {
            return null;
        }
        if (Ascii.only(text)) {
            return new Domain(text);
        }
        try {
            return Mailbox.parse("any@" + text).domain();
        } catch (IllegalArgumentException e) {
            return null; // Not a domain, as the caller then says.
        }
    }
}
