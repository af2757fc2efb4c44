package dev.nexthop.config;

import dev.nexthop.directory.DirectoryOptions;
import dev.nexthop.directory.MemoryDirectory;
import dev.nexthop.directory.Password;
import dev.nexthop.directory.Principal;
import dev.nexthop.directory.PrincipalKind;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.Mailbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Reads the directory. */
final class DirectoryReader {
    private static final Set<String> ELSEWHERE = Set.of("internal", "sql", "ldap", "imap", "smtp", "lmtp");

    private final Values values;

    DirectoryReader(Values values) {
        this.values = values;
    }

    /** The directory in use; an empty one when none is defined. */
    Configuration.Local read() {
        List<String> ids = values.ids("directory");
        String chosen = chosen(ids);
        Configuration.Local found = new Configuration.Local("", empty(), Set.of());
        for (String id : ids) {
            boolean used = id.equals(chosen);
            if (type(id, used)) {
                Configuration.Local read = directory(id);
                found = used ? read : found;
            }
        }
        return found;
    }

    private String chosen(List<String> ids) {
        Optional<String> storage = named(SettingsStore.STORAGE_DIRECTORY, ids);
        Optional<String> session = named(SettingsSession.DIRECTORY, ids);
        if (storage.isPresent() && session.isPresent() && !storage.equals(session)) {
            values.wrong(
                    SettingsSession.DIRECTORY,
                    Code.VALUE,
                    "one directory is served for now, and storage.directory names another",
                    "name '" + storage.get() + "' in both");
        }
        boolean named = values.given(SettingsStore.STORAGE_DIRECTORY) || values.given(SettingsSession.DIRECTORY);
        if (!named && ids.size() > 1) {
            values.missing(
                    "storage.directory is not set, and there are several directories",
                    values.place("directory"),
                    "name one of " + String.join(", ", ids));
        }
        return storage.or(() -> session).orElseGet(() -> ids.size() == 1 ? ids.getFirst() : "");
    }

    private Optional<String> named(Setting<String> setting, List<String> ids) {
        Optional<String> id = values.optional(setting);
        if (id.isPresent() && !ids.contains(id.get())) {
            StoreReader.undefined(values, setting, "directory", id.get(), ids);
            return Optional.empty();
        }
        return id;
    }

    private boolean type(String id, boolean used) {
        int at = values.place("directory", id);
        Optional<String> type = values.required(SettingsStore.DIRECTORY_TYPE, at, "write type = \"memory\"", id);
        if (type.isEmpty() || type.get().equals("memory")) {
            return type.isPresent();
        }
        boolean known = ELSEWHERE.contains(type.get());
        values.wrong(
                SettingsStore.DIRECTORY_TYPE,
                used || !known ? Code.KIND_NOT_SERVED : Code.STORE_NOT_SERVED,
                "directories of type '" + type.get() + "' are " + (known ? "not served yet" : "not known"),
                "use type = \"memory\"",
                id);
        return false;
    }

    private Configuration.Local directory(String id) {
        List<Principal> principals = new ArrayList<>();
        for (String index : values.ids("directory", id, "principals")) {
            principal(id, index).ifPresent(principals::add);
        }
        List<Domain> domains = values.value(SettingsStore.DOMAINS, id);
        DirectoryOptions options = new DirectoryOptions(
                values.value(SettingsStore.SUBADDRESSING, id), values.value(SettingsStore.CATCH_ALL, id));
        Set<String> local = new LinkedHashSet<>();
        domains.forEach(domain -> local.add(domain.name()));
        for (Principal principal : principals) {
            principal.addresses().forEach(address -> local.add(domain(address)));
            principal.lists().forEach(address -> local.add(domain(address)));
        }
        boolean fine = unique(id, principals);
        MemoryDirectory directory =
                fine && !values.problems().hasErrors() ? new MemoryDirectory(principals, domains, options) : empty();
        return new Configuration.Local(id, directory, local);
    }

    private static String domain(String address) {
        return address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    }

    private static MemoryDirectory empty() {
        return new MemoryDirectory(List.of(), List.of(), DirectoryOptions.DEFAULT);
    }

    private Optional<Principal> principal(String id, String index) {
        int at = values.place("directory", id, "principals", index);
        Optional<String> name = values.required(SettingsStore.PRINCIPAL_NAME, at, "", id, index);
        PrincipalKind kind = values.optional(SettingsStore.PRINCIPAL_TYPE, id, index)
                .orElseGet(() -> values.value(SettingsStore.PRINCIPAL_CLASS, id, index));
        String description = values.value(SettingsStore.DESCRIPTION, id, index);
        List<Password> secrets = secrets(id, index);
        List<String> email = addresses(SettingsStore.EMAIL, true, id, index);
        List<String> lists = addresses(SettingsStore.EMAIL_LIST, false, id, index);
        List<String> groups = values.value(SettingsStore.MEMBER_OF, id, index);
        return name.map(found -> new Principal(found, kind, description, secrets, email, lists, groups));
    }

    private List<Password> secrets(String id, String index) {
        List<Password> all = new ArrayList<>();
        for (String secret : values.optional(SettingsStore.SECRETS, id, index).orElse(List.of())) {
            try {
                all.add(Password.of(secret));
            } catch (IllegalArgumentException e) {
                String why = String.valueOf(e.getMessage());
                values.wrong(SettingsStore.SECRETS, Code.VALUE, "this is no secret: " + why, "", id, index);
            }
        }
        return all;
    }

    private List<String> addresses(Setting<List<String>> setting, boolean wholeDomain, String id, String index) {
        List<String> good = new ArrayList<>();
        for (String address : values.value(setting, id, index)) {
            try {
                Mailbox.parse(wholeDomain && address.startsWith("@") ? "any" + address : address);
                good.add(address);
            } catch (IllegalArgumentException e) {
                String why = "'" + address + "' is no address: " + e.getMessage();
                values.wrongItem(setting, address, Code.VALUE, why, id, index);
            }
        }
        return good;
    }

    private boolean unique(String id, List<Principal> principals) {
        List<String> indexes = values.ids("directory", id, "principals");
        if (principals.size() != indexes.size()) {
            return false; // one has no name, which has been said
        }
        Map<String, Owner> owners = new HashMap<>();
        Map<String, Node> names = new HashMap<>();
        boolean fine = true;
        for (int i = 0; i < principals.size(); i++) {
            Principal principal = principals.get(i);
            String index = indexes.get(i);
            Node name = Objects.requireNonNull(values.node(SettingsStore.PRINCIPAL_NAME, id, index), "a name");
            Node first = names.putIfAbsent(principal.name().toLowerCase(Locale.ROOT), name);
            if (first != null) {
                String message = "two principals have the name '" + principal.name() + "'";
                values.twice(name, first, Code.DUPLICATE_ACCOUNT, message, "");
                fine = false;
            }
            for (String address : principal.addresses()) {
                Node at = Objects.requireNonNull(values.item(SettingsStore.EMAIL, address, id, index), "an address");
                Owner owner = owners.putIfAbsent(address.toLowerCase(Locale.ROOT), new Owner(principal.name(), at));
                if (owner != null) {
                    String message = "'" + address + "' belongs to " + owner.name() + " already";
                    String hint = "an address that several share goes into email-list";
                    values.twice(at, owner.at(), Code.DUPLICATE_ACCOUNT, message, hint);
                    fine = false;
                }
            }
        }
        return fine;
    }

    /** Whose an address is, and where that is written. */
    private record Owner(String name, Node at) {}
}
