package dev.nexthop.schedule;

import dev.nexthop.mail.QueueId;
import java.time.Instant;
import java.util.Arrays;

/**
 * Which waiting message is due when: two numbers a message in a heap and two in a table, nothing else. A message has one
 * time at most; what the heap still holds of an older one is skipped when it comes up.
 */
final class DueIndex {
    /** No message is due ever. */
    static final long NEVER = Long.MAX_VALUE;

    private final LongTable times = new LongTable();
    private long[] due = new long[1_024];
    private long[] ids = new long[1_024];
    private int size;

    /** Milliseconds since 1970, rounded up, so that whoever wakes then is not early. */
    static long millis(Instant instant) {
        if (instant.getEpochSecond() >= NEVER / 1_000 - 1) {
            return NEVER;
        }
        long millis = Math.max(0, instant.toEpochMilli());
        return instant.getNano() % 1_000_000 == 0 ? millis : millis + 1;
    }

    /** Sets the time of a message, instead of an earlier one; never means that it leaves the index. */
    synchronized void put(QueueId id, long time) {
        if (time == NEVER) {
            times.remove(id.value());
            return;
        }
        if (times.get(id.value()) == time) {
            return;
        }
        times.put(id.value(), time);
        if (size > 2_048 && size > 2 * times.size()) {
            sweep();
        }
        push(time, id.value());
    }

    /** Sets the time of a message that has none, or a later one. */
    synchronized void hasten(QueueId id, long time) {
        long known = times.get(id.value());
        if (known < 0 || known > time) {
            put(id, time);
        }
    }

    /** Takes out the message that is due first, or null when none is due now. */
    synchronized @org.jspecify.annotations.Nullable QueueId poll(long now) {
        long next = next();
        if (next > now) {
            return null;
        }
        long id = ids[0];
        pop();
        times.remove(id);
        return new QueueId(id);
    }

    /** When the first message is due. */
    synchronized long next() {
        while (size > 0) {
            if (times.get(ids[0]) == due[0]) {
                return due[0];
            }
            pop();
        }
        return NEVER;
    }

    synchronized int size() {
        return times.size();
    }

    private void push(long time, long id) {
        if (size == due.length) {
            due = Arrays.copyOf(due, size + (size >> 1));
            ids = Arrays.copyOf(ids, size + (size >> 1));
        }
        int slot = size++;
        while (slot > 0) {
            int parent = slot - 1 >>> 1;
            if (!before(time, id, parent)) {
                break;
            }
            move(parent, slot);
            slot = parent;
        }
        due[slot] = time;
        ids[slot] = id;
    }

    private void pop() {
        size--;
        sink(0, due[size], ids[size]);
    }

    private void sink(int from, long time, long id) {
        int slot = from;
        while (true) {
            int child = 2 * slot + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && before(due[child + 1], ids[child + 1], child)) {
                child++;
            }
            if (before(time, id, child)) {
                break;
            }
            move(child, slot);
            slot = child;
        }
        due[slot] = time;
        ids[slot] = id;
    }

    /** Drops what is out of date. An entry may stand twice with the same time; it is found once, so that does no harm. */
    private void sweep() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (times.get(ids[i]) == due[i]) {
                due[kept] = due[i];
                ids[kept++] = ids[i];
            }
        }
        size = kept;
        for (int i = size / 2 - 1; i >= 0; i--) {
            sink(i, due[i], ids[i]);
        }
    }

    private boolean before(long time, long id, int slot) {
        return time < due[slot] || time == due[slot] && id < ids[slot];
    }

    private void move(int from, int to) {
        due[to] = due[from];
        ids[to] = ids[from];
    }
}
