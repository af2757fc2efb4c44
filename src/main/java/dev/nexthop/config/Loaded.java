package dev.nexthop.config;

import java.util.List;

/** What came of loading a configuration. */
public sealed interface Loaded {
    /**
     * Everything that there is to say about the file, in its order.
     *
     * @return the problems; errors only when it failed
     */
    List<Problem> problems();

    /**
     * It can be used.
     *
     * @param configuration what the rooms need
     * @param warnings warnings and lints
     */
    record Ok(Configuration configuration, List<Problem> warnings) implements Loaded {
        /** Copies the list. */
        public Ok {
            warnings = List.copyOf(warnings);
        }

        @Override
        public List<Problem> problems() {
            return warnings;
        }
    }

    /**
     * It can't be used.
     *
     * @param problems at least one error, and all warnings and lints
     */
    record Failed(List<Problem> problems) implements Loaded {
        /** Copies the list. */
        public Failed {
            problems = List.copyOf(problems);
        }
    }
}
