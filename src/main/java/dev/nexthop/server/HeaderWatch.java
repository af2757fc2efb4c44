package dev.nexthop.server;

/**
 * Counts Received fields while the header streams by, to tell a message that goes in a circle (RFC 5321 §6.3). Behind
 * the header it costs nothing.
 */
final class HeaderWatch {
    private static final byte[] NAME = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd'};

    /** Not the field that is looked for, up to the end of the line. */
    private static final int OTHER = -1;

    private int matched;
    private int column;
    private int count;
    private boolean headerOver;

    void look(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length && !headerOver; i++) {
            next(bytes[i]);
        }
    }

    int receivedFields() {
        return count;
    }

    private void next(byte b) {
        if (b == '\n') {
            headerOver = column == 0;
            matched = 0;
            column = 0;
            return;
        }
        if (b == '\r') {
            return; // content has CR only before LF, or is refused
        }
        column++;
        if (matched == OTHER) {
            return;
        }
        if (matched < NAME.length) {
            matched = (b | 0x20) == NAME[matched] ? matched + 1 : OTHER;
        } else if (b == ':') {
            count++;
            matched = OTHER;
        } else if (b != ' ' && b != '\t') { // RFC 5322 §4.5 lets white space stand before the colon
            matched = OTHER;
        }
    }
}
