package dev.nexthop.queue;

/**
 * Something in the spool that is not as it should be.
 *
 * @param kind what sort
 * @param name the message's id, or the name of a file or a key
 * @param text what was found
 */
public record Fault(Kind kind, String name, String text) {
    /** The sorts of faults, each with what to do about it. */
    public enum Kind {
        /** A message that can't be delivered. */
        DAMAGED("it goes into quarantine when the server reads it, or with --repair"),

        /** A state without anything else: an outcome written after its message was gone, or all that is left of one. */
        STATE_ALONE("--repair puts it into quarantine"),

        /** Octets of a message that has neither record nor state. */
        BODY_ALONE("nobody knows whom it was for; --repair puts it into quarantine"),

        /** A body file that no message owns. */
        FILE_ALONE(
                "a draft that was never acknowledged, or the record is lost; --repair puts it into quarantine; a start "
                        + "does so when the log was damaged, else removes it"),

        /** A body file that does not say whose it is, or that can't be read. */
        BODY_UNTOLD(
                "it may be the body of a message, so leave it while one lacks its body: what is damaged in its first "
                        + "octets alone is found by queue verify --restore ID; an error of the disk may pass"),

        /** A file or key that the spool did not make. */
        FOREIGN("not Nexthop's; look at it and remove it by hand"),

        /** An id that could be given again. */
        ABOVE_MARK("--repair and the next start move the mark"),

        /** A block of the database that can't be read: whatever it holds is found only where something else names it. */
        UNREADABLE("the disk or the memory of this machine is at fault: stop the server and run --repair, which writes "
                + "the database anew and keeps the old one"),

        /** A place of the write-ahead log that could not be read at the start. */
        LOG_TORN("the end of a log that a power cut tore off is no fault; else the disk is at fault, and a copy of "
                + "the log is in db/salvaged-*");

        private final String remedy;

        Kind(String remedy) {
            this.remedy = remedy;
        }

        /** What to do, in a sentence. */
        public String remedy() {
            return remedy;
        }
    }
}
