package dev.nexthop.lookup;

import com.google.re2j.Pattern;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values in memory. They never change, and every question is answered without waiting. */
public sealed interface MemoryTable {
    /**
     * The value of a key.
     *
     * @param key the key; in a list or a list of patterns what is looked for
     * @return the value; the entry that is equal or matches, for a list; null when there is none
     */
    @Nullable
    String get(String key);

    /**
     * How many entries it has.
     *
     * @return at least 0
     */
    int size();

    /**
     * A table of keys and values.
     *
     * @param values by key, copied
     * @return the table
     */
    static MemoryTable of(Map<String, String> values) {
        return new Exact(Map.copyOf(values));
    }

    /**
     * A list, in which every entry is its own value.
     *
     * @param entries the entries
     * @return the table
     */
    static MemoryTable ofList(Set<String> entries) {
        return new Exact(entries.stream().collect(Collectors.toUnmodifiableMap(entry -> entry, entry -> entry)));
    }

    /** Keys that are equal or not. */
    record Exact(Map<String, String> values) implements MemoryTable {
        @Override
        public @Nullable String get(String key) {
            return values.get(key);
        }

        @Override
        public int size() {
            return values.size();
        }

        @Override
        public String toString() {
            return "Exact[" + values.size() + " keys]";
        }
    }

    /** Patterns, of which the first that matches counts; a text too long to be matched fits none. */
    record Patterns(List<Entry> entries) implements MemoryTable {
        /** The longest text that is matched, in characters; addresses and names are shorter. */
        static final int MAX_KEY = 4096;

        /** Copies the list. */
        public Patterns {
            entries = List.copyOf(new LinkedHashSet<>(entries));
        }

        /**
         * One pattern.
         *
         * @param written as it is written
         * @param pattern what is searched for
         */
        public record Entry(String written, Pattern pattern) {}

        @Override
        public @Nullable String get(String key) {
            if (key.length() > MAX_KEY) {
                return null;
            }
            for (Entry entry : entries) {
                if (entry.pattern().matcher(key).find()) {
                    return entry.written();
                }
            }
            return null;
        }

        @Override
        public int size() {
            return entries.size();
        }

        @Override
        public String toString() {
            return "Patterns[" + entries.size() + "]";
        }
    }
}
