package dev.nexthop.store;

/** One step of a commit. Arrays are not copied: the caller gives them away. */
public sealed interface Edit {
    /** About how many octets the step takes in memory and in the log. */
    int weight();

    /**
     * Writes a value, over an older one if there is one.
     *
     * @param family where
     * @param key the key
     * @param value the value
     */
    record Put(Family family, byte[] key, byte[] value) implements Edit {
        @Override
        public int weight() {
            return OVERHEAD + key.length + value.length;
        }
    }

    /**
     * Removes a key; one that is not there is no error.
     *
     * @param family where
     * @param key the key
     */
    record Delete(Family family, byte[] key) implements Edit {
        @Override
        public int weight() {
            return OVERHEAD + key.length;
        }
    }

    /** What a step costs beside its bytes. */
    int OVERHEAD = 32;
}
