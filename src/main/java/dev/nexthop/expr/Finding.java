package dev.nexthop.expr;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A kind of doubt about an expression that can be used as it is. The configuration's lint gives each its own code.
 */
public enum Finding {
    /** A word without quotes was read as the id of a next hop. */
    BARE_HOP("A word without quotes was read as the id of a next hop.", "Quote it inside the expression: \"'relay'\"."),
    /** {@code 'a' || 'b'}. */
    TEXT_CHOICE(
            "|| between texts does not mean one or the other: a text that is not empty is true, and the first one wins.",
            "Compare with a list: rcpt_domain in ['a.example', 'b.example']."),
    /** A text in quotes as a condition. */
    TEXT_AS_TRUTH(
            "A text that is not empty always counts as true, also 'false' and '0'.",
            "Compare it with something, or write true or false without quotes."),
    /** A text beside a number. */
    TEXT_NUMBER(
            "A text compared with a number counts as the number that it spells, and as 0 when it spells none.",
            "Compare texts with texts in quotes and numbers with numbers."),
    /** A list beside a single value. */
    LIST_SCALAR(
            "A list never equals a single value, and is greater than any.",
            "Ask whether the list holds it: 'a@example.org' in recipients."),
    /** A value made with {@code ||} or {@code &&}. */
    SHORT_CIRCUIT(
            "|| and && give the text on their left when it decides, and otherwise 1 or 0, never the text on their right.",
            "Choose between two values with if_then(condition, first, second)."),
    /** Nothing can change it. */
    CONSTANT_CONDITION(
            "A condition that is always true or always false decides nothing.",
            "Correct the condition, or write the value without it."),
    /** A rule before it always applies. */
    UNREACHABLE("A rule before this one always applies.", "Remove this rule, or the one before."),
    /** Rules before it apply whenever it would. */
    COVERED(
            "The rules before this one apply whenever this one would, so it never does.",
            "Remove this rule, or move the special case before the general one."),
    /** What it compares with never occurs. */
    IMPOSSIBLE(
            "The comparison has the same answer for every value that can occur.",
            "Write a value that can occur; docs/expressions.md says what each variable holds."),
    /** A dot that stands for any character. */
    PATTERN_DOT(
            "A dot in a regular expression stands for any character, so other names match too.",
            "Write \\. for a dot, in a TOML string in single quotes."),
    /** A search where the whole was meant. */
    UNANCHORED(
            "The text is searched for anywhere, so longer names that hold it match too.",
            "Begin a regular expression with ^ and end it with $; begin an ending with a dot or @."),
    /** A pattern that no value has. */
    PATTERN_NEVER(
            "The regular expression wants capital letters of a value that is always in lower case.",
            "Write it in lower case."),
    /** A group that is not there. */
    CAPTURE(
            "A capture is empty when no regular expression with such a group was matched before.",
            "Put matches(…) into this rule's condition, with enough groups in parentheses."),
    /** {@code 10.0.0.1/8}. */
    HOST_BITS(
            "Bits behind the prefix of a network are ignored; perhaps one address was meant.",
            "Write the network's first address, or /32 or /128 for one address."),
    /** Milliseconds beside something else. */
    DURATION(
            "A number with a unit of time is in milliseconds, which this variable is not.",
            "Write the number in the variable's own unit: seconds for expires_in, octets for size."),
    /** Something else. */
    OTHER(
            "Something in an expression was read in a way that its writer may not have meant.",
            "Write it as the hint says.");

    /** Those that say of a condition, or of a part of it, that its truth is known. */
    static final Set<Finding> DECIDING =
            Collections.unmodifiableSet(EnumSet.of(TEXT_CHOICE, TEXT_AS_TRUTH, CONSTANT_CONDITION, IMPOSSIBLE));

    private final String why;
    private final String fix;

    Finding(String why, String fix) {
        this.why = why;
        this.fix = fix;
    }

    /**
     * Why it is worth a look.
     *
     * @return one sentence
     */
    public String why() {
        return why;
    }

    /**
     * What to do.
     *
     * @return one sentence
     */
    public String fix() {
        return fix;
    }
}
