package dev.nexthop.expr;

import java.util.Locale;

/** A pattern in which {@code *} stands for any characters and {@code ?} for one; case does not matter. */
final class Glob {
    private final String pattern;

    Glob(String pattern) {
        this.pattern = pattern.toLowerCase(Locale.ROOT);
    }

    /** Goes back to the last star only, so the time is at most the product of both lengths. */
    boolean matches(String value) {
        String text = value.toLowerCase(Locale.ROOT);
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
