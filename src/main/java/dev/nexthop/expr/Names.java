package dev.nexthop.expr;

import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what a name means, and what a misspelt one was meant to be. */
final class Names {
    private static final int LONGEST = 64;

    private static final Map<String, Variable> VARIABLES = variables();

    private Names() {}

    private static Map<String, Variable> variables() {
        Map<String, Variable> all = new HashMap<>();
        for (Variable variable : Variable.values()) {
            all.put(variable.keyword(), variable);
        }
        return Map.copyOf(all);
    }

    static @Nullable Variable variable(String keyword) {
        return VARIABLES.get(keyword);
    }

    /** The nearest of some names; null = none is near enough. */
    static @Nullable String nearest(String name, Collection<String> known) {
        if (name.length() > LONGEST) {
            return null;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        String best = null;
        int bestDistance = 1 + Math.max(1, name.length() / 3);
        for (String candidate : known) {
            if (candidate.length() <= LONGEST) {
                int distance = distance(lower, candidate.toLowerCase(Locale.ROOT));
                if (distance < bestDistance) {
                    best = candidate;
                    bestDistance = distance;
                }
            }
        }
        return best;
    }

    /** How many letters must be added, removed, changed or swapped with their neighbour. */
    static int distance(String a, String b) {
        int[][] rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            rows[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            rows[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least = Math.min(rows[i - 1][j - 1] + change, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                rows[i][j] = swapped ? Math.min(least, rows[i - 2][j - 2] + 1) : least;
            }
        }
        return rows[a.length()][b.length()];
    }
}
