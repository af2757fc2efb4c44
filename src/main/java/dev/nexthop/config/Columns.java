package dev.nexthop.config;

/** How wide characters are on a terminal. */
final class Columns {
    private Columns() {}

    /** 0 for what sits on the character before, 2 for East Asian and pictures (UAX 11), else 1. */
    static int of(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> isWide(character) ? 2 : 1;
        };
    }

    private static boolean isWide(int c) {
        return c >= 0x1100 && c <= 0x115F
                || c >= 0x2E80 && c <= 0x303E
                || c >= 0x3041 && c <= 0xA4CF
                || c >= 0xAC00 && c <= 0xD7A3
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0xFE30 && c <= 0xFE6F
                || c >= 0xFF00 && c <= 0xFF60
                || c >= 0xFFE0 && c <= 0xFFE6
                || c >= 0x1F300 && c <= 0x1F64F
                || c >= 0x1F680 && c <= 0x1F6FF
                || c >= 0x1F900 && c <= 0x1FAFF
                || c >= 0x20000 && c <= 0x3FFFD;
    }

    /** White space as wide as some characters; a tab stays a tab. */
    static String blank(int[] characters, int count) {
        StringBuilder blank = new StringBuilder();
        for (int i = 0; i < count; i++) {
            blank.append(characters[i] == '\t' ? "\t" : " ".repeat(of(characters[i])));
        }
        return blank.toString();
    }

    /** How wide some characters are, at least 1. */
    static int width(int[] characters, int from, int to) {
        int width = 0;
        for (int i = from; i < to; i++) {
            width += of(characters[i]);
        }
        return Math.max(1, width);
    }
}
