package dev.nexthop.dsn;

import dev.nexthop.smtp.EnhancedStatus;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What we say in one language.
 *
 * @param language its tag (RFC 5646), such as {@code de}
 * @param parts the templates by their keys
 */
record Phrases(String language, Map<String, Template> parts) {
    /** Keys that every language has, and what each may ask for. */
    static final Map<String, Set<Slot>> REQUIRED = required();

    /** Keys by status (RFC 3463 §3), which a language may have: {@code why.2} and {@code why.2.2}. */
    private static final Pattern BY_STATUS = Pattern.compile("(why|advice)\\.[0-7](\\.[0-9]{1,3})?");

    Phrases {
        parts = Map.copyOf(parts);
    }

    /** What a part with this key may ask for; empty when there is no such key. */
    static Optional<Set<Slot>> allowed(String key) {
        if (BY_STATUS.matcher(key).matches()) {
            return Optional.ofNullable(REQUIRED.get(key.substring(0, key.indexOf('.')) + ".other"));
        }
        return Optional.ofNullable(REQUIRED.get(key));
    }

    /** The keys that are missing. */
    Set<String> missing() {
        Set<String> missing = new LinkedHashSet<>(REQUIRED.keySet());
        missing.removeAll(parts.keySet());
        return missing;
    }

    /** The same with other words for some parts. */
    Phrases with(Map<String, Template> others) {
        Map<String, Template> all = new LinkedHashMap<>(parts);
        all.putAll(others);
        return new Phrases(language, all);
    }

    Template part(String key) {
        Template found = parts.get(key);
        if (found == null) {
            throw new IllegalStateException("the language " + language + " has no part " + key);
        }
        return found;
    }

    /** The part for a status: that of subject and detail, else that of the subject, else the one for all others. */
    Template byStatus(String kind, EnhancedStatus status) {
        String subject = kind + "." + status.subject();
        Template found = parts.getOrDefault(subject + "." + status.detail(), parts.get(subject));
        return found == null ? part(kind + ".other") : found;
    }

    private static Map<String, Set<Slot>> required() {
        Map<String, Set<Slot>> keys = new LinkedHashMap<>();
        for (Report.Kind kind : Report.Kind.values()) {
            keys.put("subject." + kind.action, Slot.set());
        }
        keys.put("opening", Slot.set(Slot.SUBMITTER));
        for (Report.Kind kind : Report.Kind.values()) {
            keys.put(kind.action, Slot.set(Slot.SUBMITTER, Slot.ARRIVAL));
        }
        keys.put("returned.message", Slot.set());
        keys.put("returned.header", Slot.set());
        keys.put("why.own", Slot.set(Slot.ADDRESS, Slot.DOMAIN, Slot.SUBMITTER));
        keys.put("why.other", Slot.set(Slot.ADDRESS, Slot.DOMAIN));
        keys.put("reason", Slot.set(Slot.REASON));
        keys.put("said", Slot.set(Slot.HOST, Slot.REPLY));
        keys.put("said.command", Slot.set(Slot.HOST, Slot.REPLY, Slot.COMMAND));
        keys.put("answer", Slot.set(Slot.REPLY));
        keys.put("expired", Slot.set(Slot.ARRIVAL, Slot.LAST));
        keys.put("until", Slot.set(Slot.UNTIL));
        keys.put("advice.own", Slot.set(Slot.ADDRESS, Slot.DOMAIN, Slot.SUBMITTER));
        keys.put("advice.other", Slot.set(Slot.ADDRESS, Slot.DOMAIN, Slot.SUBMITTER));
        keys.put("closing", Slot.set(Slot.ID, Slot.SUBMITTER, Slot.ARRIVAL));
        return Collections.unmodifiableMap(keys);
    }
}
