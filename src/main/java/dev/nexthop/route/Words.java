package dev.nexthop.route;

/** Text from rules and envelopes, made fit for one line of a reason: bounded, without control characters. */
final class Words {
    private static final int LONGEST = 400;
    private static final int LONGEST_QUOTED = 80;

    private Words() {}

    static String clean(String text) {
        return clean(text, LONGEST);
    }

    static String quoted(String text) {
        return "'" + clean(text, LONGEST_QUOTED) + "'";
    }

    static String clean(String text, int longest) {
        if (text.length() <= longest && isClean(text)) {
            return text; // as nearly always
        }
        StringBuilder line = new StringBuilder(Math.min(text.length(), longest) + 1);
        for (int i = 0; i < text.length(); i++) {
            if (line.length() >= longest) {
                return line.append('…').toString();
            }
            char c = text.charAt(i);
            line.append(breaks(c) ? ' ' : c);
        }
        return line.toString();
    }

    private static boolean isClean(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (breaks(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean breaks(char c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }
}
