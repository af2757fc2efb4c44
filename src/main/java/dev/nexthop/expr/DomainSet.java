package dev.nexthop.expr;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Domains, and with a leading {@code .} or {@code *.} everything below a domain; case and a last dot do not matter. */
final class DomainSet {
    /** So many are tried one by one, which makes no object. */
    private static final int FEW = 16;

    private final Set<String> domains = new HashSet<>();
    private final Set<String> parents = new HashSet<>();
    private final List<String> endings = new ArrayList<>();

    private DomainSet() {}

    static DomainSet of(Value value) {
        DomainSet set = new DomainSet();
        List<Value> items = value instanceof Value.Array(List<Value> all) ? all : List.of(value);
        for (Value item : items) {
            String name = normal(item.asText());
            if (name.startsWith("*.")) {
                set.below(name.substring(2));
            } else if (name.startsWith(".")) {
                set.below(name.substring(1));
            } else {
                set.domains.add(name);
            }
        }
        return set;
    }

    private void below(String domain) {
        if (parents.add(domain) && endings.size() < FEW) {
            endings.add("." + domain);
        }
    }

    boolean contains(String domain) {
        String name = normal(domain);
        if (name.isEmpty()) {
            return false;
        }
        if (domains.contains(name)) {
            return true;
        }
        if (parents.size() <= FEW) {
            for (int i = 0; i < endings.size(); i++) {
                if (name.endsWith(endings.get(i))) {
                    return true;
                }
            }
        } else {
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                if (parents.contains(name.substring(dot + 1))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String normal(String domain) {
        String lower = domain.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
