package dev.nexthop.config;

import dev.nexthop.expr.Hidden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where in the file each character of a value is written, so that a fault inside an expression has a line and a column. */
final class Spelling {
    private static final int[] NONE = {};

    /** The place of each character; none as long as each follows the one before it, or all are at one place. */
    private int[] places = NONE;

    /** What macros yielded. */
    private final List<Hidden.Piece> macros = new ArrayList<>();

    private int first;
    private int step = 1;
    private int length;
    private int end;

    /** A text whose every character is at one place. */
    static Spelling flat(int place, int length) {
        Spelling spelling = new Spelling();
        spelling.first = place;
        spelling.step = 0;
        spelling.length = length;
        spelling.end = place;
        return spelling;
    }

    void add(int place) {
        if (length == 0) {
            first = place;
        }
        if (places.length == 0 && place != first + step * length) {
            places = new int[Math.max(16, length * 2)];
            for (int i = 0; i < length; i++) {
                places[i] = first + step * i;
            }
        }
        if (places.length > 0) {
            if (length == places.length) {
                places = Arrays.copyOf(places, length * 2);
            }
            places[length] = place;
        }
        length++;
        end = place + 1;
    }

    /** Remembers that the text from here on is what a macro yielded; to be called before its characters are added. */
    void macro(String text, String shown) {
        macros.add(new Hidden.Piece(length, text, shown));
    }

    List<Hidden.Piece> macros() {
        return macros;
    }

    void end(int place) {
        end = place;
    }

    /** The same places, counted from elsewhere. */
    Spelling shifted(int by) {
        Spelling shifted = new Spelling();
        shifted.places = Arrays.stream(places).map(place -> place + by).toArray();
        shifted.macros.addAll(macros);
        shifted.first = first + by;
        shifted.step = step;
        shifted.length = length;
        shifted.end = end + by;
        return shifted;
    }

    int length() {
        return length;
    }

    /** The place of a character; behind the last one, the place behind the text. */
    int place(int offset) {
        int index = Math.max(0, offset);
        return index >= length ? end : places.length > 0 ? places[index] : first + step * index;
    }

    /** How much of the file some characters cover, at least 1. */
    int width(int offset, int count) {
        int from = place(offset);
        int to = count == 0 ? from : place(offset + count - 1);
        return Math.max(1, to - from + 1);
    }
}
