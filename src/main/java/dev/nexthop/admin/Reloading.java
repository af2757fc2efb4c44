package dev.nexthop.admin;

import java.util.List;

/** What the API asks of whoever changes the configuration of the running server. */
public interface Reloading {
    /**
     * Reads the configuration again and puts it in force. Blocks for a bounded time.
     *
     * @param dryRun whether to do everything but put it in force
     * @return what came of it
     */
    Result reload(boolean dryRun);

    /** In one line: which configuration is in force since when, and what came of the last reload. */
    String state();

    /**
     * What came of a reload.
     *
     * @param good whether the configuration is in force now, or could be
     * @param summary what changed or would change, in one line; why nothing did when it is not good
     * @param problems all that there is to say about the configuration; errors only when it is not good
     */
    record Result(boolean good, String summary, List<Fault> problems) {
        /** Copies the list. */
        public Result {
            problems = List.copyOf(problems);
        }
    }

    /**
     * A problem with a configuration, as {@code nexthop check --json} tells it.
     *
     * @param severity the word of its severity, as in the text of a problem
     * @param code such as {@code NH012}
     * @param place where
     * @param message what is wrong
     * @param hint what to do; may be empty
     * @param related other places that matter
     */
    record Fault(String severity, String code, Place place, String message, String hint, List<Related> related) {
        /** Copies the list. */
        public Fault {
            related = List.copyOf(related);
        }
    }

    /**
     * A place in a file.
     *
     * @param file its name
     * @param line from 1; 0 when only the file is known
     * @param column from 1; 0 when only the file is known
     */
    record Place(String file, int line, int column) {}

    /**
     * Another place.
     *
     * @param at {@code file:line:column}
     * @param message what is there
     */
    record Related(String at, String message) {}
}
