package dev.nexthop.config;

import java.util.Arrays;

/** Where in the file each character of a value is written, so that a fault inside an expression has a line and a column. */
final class Spelling {
    private int[] places = new int[16];
    private int length;
    private int end;

    /** A text whose every character is at one place. */
    static Spelling flat(int place, int length) {
        Spelling spelling = new Spelling();
        for (int i = 0; i < length; i++) {
            spelling.add(place);
        }
        spelling.end(place);
        return spelling;
    }

    /** The same text in a file that begins at this place. */
    Spelling shifted(int base) {
        Spelling spelling = new Spelling();
        spelling.places = new int[Math.max(1, length)];
        for (int i = 0; i < length; i++) {
            spelling.places[i] = places[i] + base;
        }
        spelling.length = length;
        spelling.end = end + base;
        return spelling;
    }

    void add(int place) {
        if (length == places.length) {
            places = Arrays.copyOf(places, length * 2);
        }
        places[length++] = place;
        end = place + 1;
    }

    void end(int place) {
        end = place;
    }

    int length() {
        return length;
    }

    /** The place of a character; behind the last one, the place behind the text. */
    int place(int offset) {
        return offset < length ? places[Math.max(0, offset)] : end;
    }

    /** How much of the file some characters cover, at least 1. */
    int width(int offset, int count) {
        int from = place(offset);
        int to = count == 0 ? from : place(offset + count - 1);
        return Math.max(1, to - from + 1);
    }
}
