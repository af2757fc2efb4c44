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
     * What became of the tests in the file.
     *
     * @return how many there are, ran and failed
     */
    Tests tests();

    /**
     * The tests in a file, {@code [[test]]}. They run when the file has no other error.
     *
     * @param written how many there are
     * @param run how many ran
     * @param failed how many of those failed
     */
    record Tests(int written, int run, int failed) {
        /** There are none. */
        public static final Tests NONE = new Tests(0, 0, 0);
    }

    /**
     * It can be used.
     *
     * @param configuration what the rooms need
     * @param warnings warnings and lints
     * @param tests what became of the tests; none failed
     */
    record Ok(Configuration configuration, List<Problem> warnings, Tests tests) implements Loaded {
        /** Copies the list. */
        public Ok {
            warnings = List.copyOf(warnings);
        }

        /**
         * A configuration without tests.
         *
         * @param configuration what the rooms need
         * @param warnings warnings and lints
         */
        public Ok(Configuration configuration, List<Problem> warnings) {
            this(configuration, warnings, Tests.NONE);
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
     * @param tests what became of the tests
     */
    record Failed(List<Problem> problems, Tests tests) implements Loaded {
        /** Copies the list. */
        public Failed {
            problems = List.copyOf(problems);
        }

        /**
         * A file whose tests nobody has read.
         *
         * @param problems at least one error, and all warnings and lints
         */
        public Failed(List<Problem> problems) {
            this(problems, Tests.NONE);
        }
    }
}
