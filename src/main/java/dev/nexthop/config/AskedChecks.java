package dev.nexthop.config;

import dev.nexthop.expr.Named;
import dev.nexthop.lookup.LookupSettings;
import java.util.List;
import java.util.Optional;

/** Whether the stores and directories that rules name exist: one that does not would defer all mail that asks for it. */
final class AskedChecks {
    private final Values values;
    private final Configuration.LocalMail local;

    AskedChecks(Values values, Configuration.LocalMail local) {
        this.values = values;
        this.local = local;
    }

    void run() {
        for (Asked asked : values.problems().asked()) {
            fault(asked.named())
                    .map(fault -> asked.macro() ? "what the macro yields names nothing that is defined" : fault)
                    .ifPresent(fault -> values.problems().add(Code.UNKNOWN_ID, asked.at(), asked.width(), fault, ""));
        }
    }

    private Optional<String> fault(Named named) {
        return switch (named.kind()) {
            case DIRECTORY -> directory(named.id());
            case STORE ->
                broken(named.id()) ? Optional.empty() : local.lookups().unknown(named.id(), false);
            case SQL_STORE ->
                broken(named.id()) ? Optional.empty() : local.lookups().unknown(named.id(), true);
            case HOP -> Optional.empty(); // refused when the expression was compiled
        };
    }

    /** Of a store that is written and could not be read, enough was said. */
    private boolean broken(String id) {
        LookupSettings settings = local.lookups();
        String store = id.indexOf('/') < 0 ? id : id.substring(0, id.indexOf('/'));
        return !settings.stores().containsKey(store) && values.ids("store").contains(store)
                || settings.stores().containsKey(store) && values.problems().hasErrors();
    }

    private Optional<String> directory(String id) {
        String own = local.directory().id();
        if (id.isEmpty() || id.equals("*") || id.equals(own)) {
            return Optional.empty();
        }
        List<String> ids = values.ids("directory");
        return Optional.of(
                ids.contains(id)
                        ? "the directory '" + id + "' is not the one in use, which is '" + own + "'"
                        : "there is no directory '" + id + "'; '' means the default one");
    }
}
