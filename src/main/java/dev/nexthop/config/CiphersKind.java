package dev.nexthop.config;

import dev.nexthop.tls.CipherSuites;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A list of cipher suites by the JDK's names, which are IANA's.
 *
 * @param offering whether those of the list are offered, or switched off; what is offered must be worth it
 */
record CiphersKind(boolean offering) implements Kind<List<String>> {
    private static final String MANUAL = "docs/security.md has all that are allowed";

    /** The list of nobody's choice. */
    private static final String DEFAULT = "default";

    @Override
    public String noun() {
        return "list of cipher suites";
    }

    /** The suites as the JDK has them, each once; none for the JDK's own choice. */
    @Override
    public @Nullable List<String> read(Node node, Reading reading) {
        List<Node> items = switch (node) {
            case Node.Items list -> list.items();
            case Node.Scalar scalar -> Texts.items(scalar);
            case Node.Table _, Node.Broken _ -> List.of(node);
        };
        if (offering && items.isEmpty()) {
            reading.wrong(
                    node, Code.VALUE, "an empty list leaves nothing to offer", "name suites, or write \"default\"");
            return null;
        }
        List<String> found = new ArrayList<>();
        boolean fine = true;
        for (Node item : items) {
            if (!(item instanceof Node.Scalar scalar)) {
                if (!(item instanceof Node.Broken)) {
                    reading.shape(item, "a list of cipher suites");
                }
                return null;
            }
            boolean whole =
                    offering && items.size() == 1 && scalar.text().strip().equalsIgnoreCase(DEFAULT);
            String suite = whole ? DEFAULT : suite(scalar, reading);
            fine &= suite != null;
            if (suite != null && !whole && !found.contains(suite)) {
                found.add(suite);
            }
        }
        return fine ? List.copyOf(found) : null;
    }

    /** As the JDK has it; null when it can't be used, after saying why. */
    private @Nullable String suite(Node.Scalar scalar, Reading reading) {
        List<String> known = CipherSuites.known();
        String wanted = scalar.text().strip().toUpperCase(Locale.ROOT);
        if (!offering && wanted.startsWith("TLS13_")) {
            wanted = "TLS_" + wanted.substring("TLS13_".length()); // as Stalwart writes those of TLS 1.3
        }
        CipherSuites.Worth worth = CipherSuites.worth(wanted);
        if (offering && worth instanceof CipherSuites.Worth.Forbidden(String why)) {
            reading.wrong(scalar, Code.VALUE, reading.shown(scalar) + " is never used: " + why, MANUAL);
            return null;
        }
        if (known.contains(wanted)) {
            if (offering && worth instanceof CipherSuites.Worth.Weak(String why)) {
                reading.wrong(scalar, Code.WEAK_CIPHER, wanted + " is weak: " + why, "leave it away");
            }
            return wanted;
        }
        if (!offering && worth instanceof CipherSuites.Worth.Forbidden) {
            return wanted; // It is off anyway.
        }
        String near = near(wanted, known);
        reading.wrong(
                scalar,
                Code.VALUE,
                reading.shown(scalar) + " is no cipher suite of this Java",
                (near == null ? "" : "did you mean " + near + "? ") + MANUAL);
        return null;
    }

    /** The one of the same parts, as OpenSSL writes them; else the one that is spelled most alike. */
    private static @Nullable String near(String wanted, Collection<String> known) {
        for (String suite : known) {
            if (parts(suite).equals(parts(wanted))) {
                return suite;
            }
        }
        return Nearest.to(wanted, known);
    }

    private static String parts(String suite) {
        return suite.replaceFirst("^(TLS13|TLS|SSL)_", "").replaceAll("WITH|[_-]", "");
    }
}
