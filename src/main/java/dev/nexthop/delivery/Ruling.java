package dev.nexthop.delivery;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Outcome;

/** What an answer means for a recipient. */
sealed interface Ruling {
    /** Why. */
    Diagnosis diagnosis();

    /**
     * Settled, as far as this attempt goes.
     *
     * @param outcome what it came to
     */
    record Settled(Outcome outcome) implements Ruling {
        @Override
        public Diagnosis diagnosis() {
            return outcome.diagnosis();
        }
    }

    /**
     * Another address or host may do better; when there is none left, the recipient is deferred.
     *
     * @param diagnosis why not here
     * @param mood what it says about the host
     */
    record NextHost(Diagnosis diagnosis, Mood mood) implements Ruling {}

    /**
     * The message can't be carried to this host; to another perhaps. When every host that was tried says so, the
     * recipient has failed; when one could not be asked, it waits for that one.
     *
     * @param diagnosis what the host lacks, in class 5
     */
    record NotHere(Diagnosis diagnosis) implements Ruling {}

    /**
     * The host took others and wants this one in a transaction of its own.
     *
     * @param diagnosis its words
     */
    record Again(Diagnosis diagnosis) implements Ruling {}

    /** What moving on says about the host that is left. */
    enum Mood {
        /** Nothing in particular. */
        PLAIN,
        /** It asks to be left alone. */
        BUSY,
        /** It does not accept our credentials; an operator must hear of it. */
        AUTH,
        /** Nothing: it was not asked, for trouble of our own that an operator must hear of. */
        OURS
    }
}
