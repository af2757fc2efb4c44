package dev.nexthop.config;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * One pass over a file before it is parsed. It knows strings from comments, and makes backslashes that TOML refuses, but that
 * every documented regular expression holds, into text: {@code "\."} is a backslash and a dot.
 */
final class Scanned {
    private static final String BASIC_ESCAPES = "btnfr\"\\uU";
    private static final String LINE_ESCAPES = BASIC_ESCAPES + " \t\r\n";

    private final String text;
    private final char[] patched;
    private final char standIn;
    private final BitSet insideStrings = new BitSet();
    private final List<Integer> guesses = new ArrayList<>();
    private int at;
    private int line;

    private Scanned(String text, char standIn) {
        this.text = text;
        this.patched = text.toCharArray();
        this.standIn = standIn;
    }

    static Scanned of(String text) {
        char standIn = '\uE000';
        while (text.indexOf(standIn) >= 0 && standIn < '\uF8FF') {
            standIn++;
        }
        Scanned scanned = new Scanned(text, standIn);
        scanned.run();
        return scanned;
    }

    /** The text of the file. */
    String text() {
        return text;
    }

    /** What the parser reads: as long as the file, so that every place stays where it is. */
    String patched() {
        return new String(patched);
    }

    /** The text that the parser found, with its backslashes back. */
    String restore(String parsed) {
        return guesses.isEmpty() ? parsed : parsed.replace(standIn, '\\');
    }

    /** Where backslashes were guessed. */
    List<Integer> guesses() {
        return guesses;
    }

    /** Lines, from 0, that begin inside a string. */
    BitSet insideStrings() {
        return insideStrings;
    }

    private void run() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                toLineEnd();
            } else if (c == '"' || c == '\'') {
                boolean many = text.startsWith(String.valueOf(c).repeat(3), at);
                at += many ? 3 : 1;
                string(c, many);
            } else {
                next();
            }
        }
    }

    private void next() {
        if (text.charAt(at++) == '\n') {
            line++;
        }
    }

    private void toLineEnd() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
    }

    private void string(char quote, boolean many) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n' && !many) {
                return;
            }
            if (c == quote && (!many || text.startsWith(String.valueOf(quote).repeat(3), at))) {
                at++;
                // Up to two quotes before the closing three belong to the text.
                for (int i = 0; many && i < 4 && at < text.length() && text.charAt(at) == quote; i++) {
                    at++;
                }
                return;
            }
            if (c == '\\' && quote == '"') {
                escape(many);
            } else {
                next();
                if (c == '\n') {
                    insideStrings.set(line);
                }
            }
        }
    }

    private void escape(boolean many) {
        if (at + 1 >= text.length()) {
            at++;
            return;
        }
        char next = text.charAt(at + 1);
        if ((many ? LINE_ESCAPES : BASIC_ESCAPES).indexOf(next) >= 0) {
            at += next == '\n' ? 1 : 2;
        } else if (next == '\n' || next == '\r') {
            at++;
        } else {
            patched[at] = standIn;
            guesses.add(at);
            at++;
        }
    }
}
