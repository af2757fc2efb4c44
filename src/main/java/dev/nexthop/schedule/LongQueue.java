package dev.nexthop.schedule;

import java.util.Arrays;

/** Numbers, first in, first out, eight octets each. */
final class LongQueue {
    private static final int LEAST = 16;

    private long[] ring = {};
    private int head;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(long number) {
        if (size == ring.length) {
            resize(Math.max(LEAST, ring.length * 2));
        }
        ring[head + size & ring.length - 1] = number;
        size++;
    }

    /** The first one; there must be one. */
    long first() {
        if (size == 0) {
            throw new IllegalStateException("the queue is empty");
        }
        return ring[head];
    }

    /** Takes out the first one; there must be one. */
    long poll() {
        long first = first();
        head = head + 1 & ring.length - 1;
        size--;
        if (ring.length > LEAST && size < ring.length / 8) {
            resize(ring.length / 2);
        }
        return first;
    }

    /** Takes out the first ones. */
    long[] poll(int most) {
        long[] taken = new long[Math.min(most, size)];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = poll();
        }
        return taken;
    }

    /** Drops those who came last. */
    void keep(int most) {
        size = Math.min(size, most);
    }

    private void resize(int length) {
        long[] next = Arrays.copyOfRange(ring, head, head + length);
        int tail = Math.max(0, head + size - ring.length); // what had gone round
        if (tail > 0) {
            System.arraycopy(ring, 0, next, ring.length - head, tail);
        }
        ring = next;
        head = 0;
    }
}
