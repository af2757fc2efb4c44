package dev.nexthop.dsn;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a template may ask for, in braces. */
enum Slot {
    /** Our name. */
    SUBMITTER,
    /** Our name for the message. */
    ID,
    /** The recipient. */
    ADDRESS,
    /** The recipient's domain. */
    DOMAIN,
    /** The host that spoke, with its address. */
    HOST,
    /** What it said. */
    REPLY,
    /** What it said that to. */
    COMMAND,
    /** Our own sentence about it, in English. */
    REASON,
    /** When we give up. */
    UNTIL,
    /** When we accepted the message. */
    ARRIVAL,
    /** When we tried last. */
    LAST;

    /** The word between the braces. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Slot> of(String word) {
        return Arrays.stream(values()).filter(slot -> slot.word().equals(word)).findFirst();
    }

    /** The words of some, as messages tell them. */
    static String words(Set<Slot> some) {
        return some.isEmpty()
                ? "none"
                : String.join(
                        ", ", some.stream().map(slot -> "{" + slot.word() + "}").toList());
    }

    static Set<Slot> set(Slot... some) {
        Set<Slot> set = EnumSet.noneOf(Slot.class);
        set.addAll(Arrays.asList(some));
        return set;
    }
}
