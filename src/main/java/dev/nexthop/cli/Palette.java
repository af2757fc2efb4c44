package dev.nexthop.cli;

import java.io.Console;
import java.util.Optional;

/** Colours for people at a terminal; a program never sees them. */
enum Palette {
    /** No colours. */
    PLAIN,
    /** ANSI colours (ECMA-48 §8.3.117). */
    COLOURED;

    /** The palette for an option: {@code always}, {@code never} or {@code auto}, which honours NO_COLOR. */
    static Palette of(When when) {
        return switch (when) {
            case ALWAYS -> COLOURED;
            case NEVER -> PLAIN;
            case AUTO -> {
                boolean terminal = Optional.ofNullable(System.console())
                        .map(Console::isTerminal)
                        .orElse(false);
                String refused = System.getenv("NO_COLOR");
                boolean wanted = refused == null || refused.isEmpty();
                yield wanted && terminal ? COLOURED : PLAIN;
            }
        };
    }

    /** When to colour. */
    enum When {
        /** On a terminal, unless NO_COLOR is set. */
        AUTO,
        /** Always. */
        ALWAYS,
        /** Never. */
        NEVER
    }

    String strong(String text) {
        return in("1", text);
    }

    String good(String text) {
        return in("32", text);
    }

    String bad(String text) {
        return in("31", text);
    }

    String faint(String text) {
        return in("2", text);
    }

    private String in(String code, String text) {
        return switch (this) {
            case PLAIN -> text;
            case COLOURED -> "\u001b[" + code + "m" + text + "\u001b[0m";
        };
    }
}
