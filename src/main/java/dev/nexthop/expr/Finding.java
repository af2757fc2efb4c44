package dev.nexthop.expr;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A kind of doubt about an expression that can be used as it is. The configuration's lint gives each its own code.
 */
public enum Finding {
    /** A word without quotes was read as the id of a next hop. */
    BARE_HOP,
    /** {@code 'a' || 'b'}. */
    TEXT_CHOICE,
    /** A text in quotes as a condition. */
    TEXT_AS_TRUTH,
    /** A text beside a number. */
    TEXT_NUMBER,
    /** A list beside a single value. */
    LIST_SCALAR,
    /** A value made with {@code ||} or {@code &&}. */
    SHORT_CIRCUIT,
    /** Nothing can change it. */
    CONSTANT_CONDITION,
    /** A rule before it always applies. */
    UNREACHABLE,
    /** Rules before it apply whenever it would. */
    COVERED,
    /** What it compares with never occurs. */
    IMPOSSIBLE,
    /** A dot that stands for any character. */
    PATTERN_DOT,
    /** A search where the whole was meant. */
    UNANCHORED,
    /** A pattern that no value has. */
    PATTERN_NEVER,
    /** A group that is not there. */
    CAPTURE,
    /** Milliseconds beside something else. */
    DURATION,
    /** Something else. */
    OTHER;

    /** Those that say of a condition, or of a part of it, that its truth is known. */
    static final Set<Finding> DECIDING =
            Collections.unmodifiableSet(EnumSet.of(TEXT_CHOICE, TEXT_AS_TRUTH, CONSTANT_CONDITION, IMPOSSIBLE));
}
