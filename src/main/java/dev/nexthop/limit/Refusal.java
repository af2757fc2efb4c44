package dev.nexthop.limit;

import dev.nexthop.mail.Diagnosis;
import java.time.Instant;

/** Why somebody has to wait for a throttle. */
public sealed interface Refusal {
    /** Behind this many characters the earlier reason is cut. */
    int LONGEST_EARLIER = 300;

    /** For whom. */
    Claim claim();

    /**
     * Its rate is used up.
     *
     * @param claim for whom
     * @param until when it goes on
     * @param crowded whether that is so because there are more counts than are kept
     */
    record Later(Claim claim, Instant until, boolean crowded) implements Refusal {
        /**
         * The reason, as the queue shows it.
         *
         * @param earlier the reason that the recipient had before; the one below an earlier throttle's is kept
         */
        public String reason(String earlier) {
            String why = crowded ? ", which counts for as many as it can" : "";
            int cut = earlier.indexOf(Diagnosis.EARLIER);
            String old = cut >= 0
                    ? earlier.substring(cut + Diagnosis.EARLIER.length())
                    : Claim.throttleOf(earlier).isEmpty() ? earlier : "";
            String kept = old.length() > LONGEST_EARLIER ? old.substring(0, LONGEST_EARLIER) + "…" : old;
            return claim.rateLimited() + why + ", goes on at " + until
                    + (kept.isEmpty() ? "" : Diagnosis.EARLIER + kept);
        }
    }

    /**
     * As many as may be are under way.
     *
     * @param claim for whom
     */
    record Busy(Claim claim) implements Refusal {
        /** The reason. */
        public String reason() {
            return "waits for a slot of " + claim.words();
        }
    }
}
