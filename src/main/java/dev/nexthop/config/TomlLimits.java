package dev.nexthop.config;

/** Which files with a fault are too large, or too odd, for the parser that names all faults together: it takes their size many times over. */
final class TomlLimits {
    private static final int MAX_LENGTH = 512 * 1024;
    private static final int MAX_BRACKETS = 200;
    private static final int MAX_DOTS = 500;

    private TomlLimits() {}

    /** Whether only the first fault is named. Counts brackets and dots wherever they stand, for a fault may have hidden a quote. */
    static boolean exceeded(String text) {
        int open = 0;
        int dots = 0;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '[', '{' -> open++;
                case ']', '}' -> open = Math.max(0, open - 1);
                case '.' -> dots++;
                case '\n' -> dots = 0;
                default -> {
                    // Nests nothing.
                }
            }
            if (open > MAX_BRACKETS || dots > MAX_DOTS) {
                return true;
            }
        }
        return text.length() > MAX_LENGTH;
    }
}
