package dev.nexthop.limit;

import java.util.Collection;
import java.util.function.Consumer;

/** For all of them, whatever becomes of the others. */
public final class Each {
    private Each() {}

    /**
     * Does something with each.
     *
     * @param all with whom
     * @param deed what; the first thing that it throws is thrown behind the last one, with the others suppressed
     */
    public static <T> void of(Collection<T> all, Consumer<? super T> deed) {
        Throwable first = null;
        for (T one : all) {
            try {
                deed.accept(one);
            } catch (RuntimeException | Error bug) {
                if (first == null) {
                    first = bug;
                } else if (!first.equals(bug)) {
                    first.addSuppressed(bug);
                }
            }
        }
        if (first instanceof Error bug) {
            throw bug;
        }
        if (first instanceof RuntimeException bug) {
            throw bug;
        }
    }
}
