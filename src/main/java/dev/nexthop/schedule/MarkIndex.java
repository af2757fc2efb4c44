package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import dev.nexthop.queue.QueuedMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Marks} of every message in the queue, in the order of ids: whom an operator means is found without reading the
 * spool. 28 octets a message, at most four times that where most have gone, and 8 more for each two recipients of those that have more.
 */
final class MarkIndex {
    private static final int CHUNK = 512;

    /** Chunks that are looked through under the lock at a time. */
    private static final int STRIDE = 64;

    private final List<Chunk> chunks = new ArrayList<>();
    private int size;

    /** Some neighbours. */
    private static final class Chunk {
        final long[] ids = new long[CHUNK];
        final int[] created = new int[CHUNK];
        final long[] general = new long[CHUNK];
        final long[] recipients = new long[CHUNK];
        /** The words of messages that have more than one; null while there is none. */
        long @Nullable [] @Nullable [] wide;

        int size;

        int find(long id) {
            return Arrays.binarySearch(ids, 0, size, id);
        }

        void insert(int at, long id, int second, Marks marks) {
            shift(at, at + 1, size - at);
            size++;
            ids[at] = id;
            created[at] = second;
            set(at, marks);
        }

        void set(int at, Marks marks) {
            general[at] |= marks.general();
            long[] words = marks.recipients();
            recipients[at] = words[0];
            if (words.length > 1 && wide == null) {
                wide = new long[CHUNK][];
            }
            if (wide != null) {
                wide[at] = words.length > 1 ? words : null;
            }
        }

        void remove(int at) {
            shift(at + 1, at, size - at - 1);
            size--;
            general[size] = 0;
            if (wide != null) {
                wide[size] = null;
            }
        }

        private void shift(int from, int to, int count) {
            System.arraycopy(ids, from, ids, to, count);
            System.arraycopy(created, from, created, to, count);
            System.arraycopy(general, from, general, to, count);
            System.arraycopy(recipients, from, recipients, to, count);
            if (wide != null) {
                System.arraycopy(wide, from, wide, to, count);
            }
            if (to > from) {
                general[from] = 0;
            }
        }

        /** Takes in all of the chunk behind it, which has room here. */
        void absorb(Chunk upper) {
            System.arraycopy(upper.ids, 0, ids, size, upper.size);
            System.arraycopy(upper.created, 0, created, size, upper.size);
            System.arraycopy(upper.general, 0, general, size, upper.size);
            System.arraycopy(upper.recipients, 0, recipients, size, upper.size);
            if (upper.wide != null) {
                if (wide == null) {
                    wide = new long[CHUNK][];
                }
                System.arraycopy(upper.wide, 0, wide, size, upper.size);
            }
            size += upper.size;
        }

        /** The upper half, which leaves this chunk. */
        Chunk split() {
            Chunk upper = new Chunk();
            int half = size / 2;
            upper.size = size - half;
            System.arraycopy(ids, half, upper.ids, 0, upper.size);
            System.arraycopy(created, half, upper.created, 0, upper.size);
            System.arraycopy(general, half, upper.general, 0, upper.size);
            System.arraycopy(recipients, half, upper.recipients, 0, upper.size);
            Arrays.fill(general, half, size, 0);
            if (wide != null) {
                long[][] words = new long[CHUNK][];
                System.arraycopy(wide, half, words, 0, upper.size);
                Arrays.fill(wide, half, size, null);
                upper.wide = words;
            }
            size = half;
            return upper;
        }

        boolean fits(int at, Marks.Wanted wanted) {
            if ((general[at] & wanted.general()) != wanted.general()
                    || created[at] < wanted.from()
                    || created[at] > wanted.to()) {
                return false;
            }
            long[] words = wide == null ? null : wide[at];
            long word = words == null ? recipients[at] : words[Marks.word(wanted.domain(), words.length)];
            return (word & wanted.recipients()) == wanted.recipients();
        }
    }

    /** The second of an instant, as far as the numbers go. */
    static int second(Instant instant) {
        return Math.clamp(instant.getEpochSecond(), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** Takes a message in; one that is known keeps what was noted of it. */
    void put(QueuedMessage message) {
        Marks marks = Marks.of(message);
        int second = second(message.created());
        long id = message.id().value();
        synchronized (this) {
            if (chunks.isEmpty()) {
                chunks.add(new Chunk());
            }
            int place = place(id);
            Chunk chunk = chunks.get(place);
            int at = chunk.find(id);
            if (at >= 0) {
                chunk.set(at, marks);
                return;
            }
            if (chunk.size == CHUNK) {
                boolean last = place == chunks.size() - 1 && ~at == CHUNK;
                Chunk upper = last ? new Chunk() : chunk.split();
                chunks.add(place + 1, upper);
                chunk = last || upper.ids[0] < id ? upper : chunk;
                at = chunk.find(id);
            }
            chunk.insert(~at, id, second, marks);
            size++;
        }
    }

    /** Takes a message in that may have been missed, because it could not be read when all others were. */
    void putUnknown(QueuedMessage message) {
        if (!knows(message.id())) {
            put(message);
        }
    }

    private synchronized boolean knows(QueueId id) {
        return !chunks.isEmpty() && chunks.get(place(id.value())).find(id.value()) >= 0;
    }

    /** Notes more bits of the general word of a message; whether any is new. Of an unknown message nothing is noted. */
    synchronized boolean note(QueueId id, long general) {
        Chunk chunk = chunks.isEmpty() ? null : chunks.get(place(id.value()));
        int at = chunk == null ? -1 : chunk.find(id.value());
        if (chunk == null || at < 0 || (chunk.general[at] & general) == general) {
            return false;
        }
        chunk.general[at] |= general;
        return true;
    }

    synchronized void remove(QueueId id) {
        if (chunks.isEmpty()) {
            return;
        }
        int place = place(id.value());
        Chunk chunk = chunks.get(place);
        int at = chunk.find(id.value());
        if (at >= 0) {
            chunk.remove(at);
            size--;
            if (chunk.size < CHUNK / 4) {
                shrink(place);
            }
        }
    }

    /** Joins a chunk that few are left of with a neighbour, lest old mail keeps many chunks that are nearly empty. */
    private void shrink(int place) {
        for (int lower = Math.max(0, place - 1); lower <= place && lower + 1 < chunks.size(); lower++) {
            Chunk upper = chunks.get(lower + 1);
            if (chunks.get(lower).size + upper.size <= CHUNK * 3 / 4) {
                chunks.get(lower).absorb(upper);
                chunks.remove(lower + 1);
                return;
            }
        }
    }

    synchronized int size() {
        return size;
    }

    /**
     * Messages that may be meant, in the order of ids.
     *
     * @param after behind this one; -1 for the start
     * @return some of them; none when there are no more
     */
    long[] some(Marks.Wanted wanted, long after) {
        long from = after;
        while (true) {
            Part part = part(wanted, from);
            if (part.found().length > 0 || part.end()) {
                return part.found();
            }
            from = part.last();
        }
    }

    /**
     * What a stride has found.
     *
     * @param found in order
     * @param last the last id that was looked at
     * @param end whether nothing follows
     */
    private record Part(long[] found, long last, boolean end) {}

    private synchronized Part part(Marks.Wanted wanted, long after) {
        if (chunks.isEmpty()) {
            return new Part(new long[0], after, true);
        }
        long[] found = new long[CHUNK];
        int count = 0;
        long last = after;
        int first = place(after);
        int end = Math.min(chunks.size(), first + STRIDE);
        for (int place = first; place < end; place++) {
            Chunk chunk = chunks.get(place);
            int at = chunk.find(after);
            for (at = at < 0 ? ~at : at + 1; at < chunk.size; at++) {
                last = chunk.ids[at];
                if (chunk.fits(at, wanted)) {
                    found[count++] = last;
                    if (count == CHUNK) {
                        return new Part(found, last, false);
                    }
                }
            }
        }
        return new Part(Arrays.copyOf(found, count), last, end == chunks.size());
    }

    /** Which chunk holds an id, or would. */
    private int place(long id) {
        int low = 0;
        int high = chunks.size() - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (chunks.get(middle).ids[0] <= id) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
