package dev.nexthop.schedule;

import java.util.Arrays;

/** A map from a number that is not negative to a number, of 16 octets a slot: open addressing, linear probing. */
final class LongTable {
    private static final long FREE = -1;

    private long[] keys = empty(1_024);
    private long[] values = new long[1_024];
    private int size;

    int size() {
        return size;
    }

    /** The value of a key, or -1. */
    long get(long key) {
        int slot = find(key);
        return keys[slot] == key ? values[slot] : -1;
    }

    void put(long key, long value) {
        int slot = find(key);
        if (keys[slot] == key) {
            values[slot] = value;
            return;
        }
        keys[slot] = key;
        values[slot] = value;
        size++;
        if (size > keys.length * 3L / 5) {
            resize(keys.length * 2);
        }
    }

    void remove(long key) {
        int hole = find(key);
        if (keys[hole] != key) {
            return;
        }
        size--;
        int mask = keys.length - 1;
        for (int next = hole + 1 & mask; keys[next] != FREE; next = next + 1 & mask) {
            int home = home(keys[next]);
            if ((next - home & mask) >= (next - hole & mask)) {
                keys[hole] = keys[next];
                values[hole] = values[next];
                hole = next;
            }
        }
        keys[hole] = FREE;
        if (keys.length > 1_024 && size < keys.length / 8) {
            resize(keys.length / 2);
        }
    }

    private int find(long key) {
        int slot = home(key);
        while (keys[slot] != FREE && keys[slot] != key) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }

    /** The slot where a key belongs; the factor spreads ids that differ in their counter only. */
    private int home(long key) {
        return (int) (key * 0x9E37_79B9_7F4A_7C15L >>> 32) & keys.length - 1;
    }

    private void resize(int length) {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = empty(length);
        values = new long[length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int slot = find(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    private static long[] empty(int length) {
        long[] keys = new long[length];
        Arrays.fill(keys, FREE);
        return keys;
    }
}
